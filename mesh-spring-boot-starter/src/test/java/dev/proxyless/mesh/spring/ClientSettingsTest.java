package dev.proxyless.mesh.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import javax.net.SocketFactory;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Cookie;
import okhttp3.CookieJar;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.TlsVersion;
import org.junit.jupiter.api.Test;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpCookieHandling;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.SslStoreBundle;

class ClientSettingsTest {

  private static final HttpClientSettings NONE = HttpClientSettings.defaults();

  private static OkHttpClient applied(HttpClientSettings settings, OkHttpClient base) {
    OkHttpClient.Builder builder = base.newBuilder();
    ClientSettings.apply(settings, builder, base);
    return builder.build();
  }

  private static OkHttpClient applied(HttpClientSettings settings) {
    return applied(settings, new OkHttpClient());
  }

  @Test
  void whatIsNotSetStaysAsTheClientHasIt() {
    CookieJar cookies = new Cookies();
    OkHttpClient base =
        new OkHttpClient.Builder()
            .connectTimeout(Duration.ofSeconds(1))
            .readTimeout(Duration.ofSeconds(2))
            .followRedirects(false)
            .cookieJar(cookies)
            .build();

    OkHttpClient client = applied(NONE, base);

    assertEquals(1000, client.connectTimeoutMillis());
    assertEquals(2000, client.readTimeoutMillis());
    assertFalse(client.followRedirects());
    assertSame(cookies, client.cookieJar());
    assertSame(base.sslSocketFactory(), client.sslSocketFactory());
  }

  @Test
  void timeoutsAndRedirectsAreSet() {
    OkHttpClient client =
        applied(
            NONE.withTimeouts(Duration.ofSeconds(3), Duration.ofSeconds(4))
                .withRedirects(HttpRedirects.DONT_FOLLOW));

    assertEquals(3000, client.connectTimeoutMillis());
    assertEquals(4000, client.readTimeoutMillis());
    assertFalse(client.followRedirects());
    assertFalse(client.followSslRedirects());
    OkHttpClient refusing = new OkHttpClient.Builder().followRedirects(false).build();
    assertTrue(applied(NONE.withRedirects(HttpRedirects.FOLLOW), refusing).followRedirects());
    assertTrue(
        applied(NONE.withRedirects(HttpRedirects.FOLLOW_WHEN_POSSIBLE), refusing)
            .followRedirects());
  }

  @Test
  void cookiesNeedAJarOfTheApplication() {
    OkHttpClient withJar = new OkHttpClient.Builder().cookieJar(new Cookies()).build();

    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> applied(NONE.withCookieHandling(HttpCookieHandling.ENABLE)));

    assertTrue(String.valueOf(refused.getMessage()).contains("OkHttpClient bean"));
    assertSame(
        withJar.cookieJar(),
        applied(NONE.withCookieHandling(HttpCookieHandling.ENABLE), withJar).cookieJar());
    assertSame(
        CookieJar.NO_COOKIES,
        applied(NONE.withCookieHandling(HttpCookieHandling.ENABLE_WHEN_POSSIBLE)).cookieJar());
    assertSame(
        CookieJar.NO_COOKIES,
        applied(NONE.withCookieHandling(HttpCookieHandling.DISABLE), withJar).cookieJar());
  }

  @Test
  void anSslBundleBringsItsTrustAndItsOptions() {
    SslBundle bundle =
        SslBundle.of(
            SslStoreBundle.of(null, null, null),
            SslBundleKey.NONE,
            SslOptions.of(new String[] {"TLS_AES_128_GCM_SHA256"}, new String[] {"TLSv1.3"}));

    OkHttpClient client = applied(NONE.withSslBundle(bundle));

    assertEquals(List.of(TlsVersion.TLS_1_3), client.connectionSpecs().get(0).tlsVersions());
    assertEquals(1, client.connectionSpecs().get(0).cipherSuites().size());
    assertFalse(client.connectionSpecs().get(1).isTls());
    assertEquals(
        bundle.getManagers().getTrustManagers()[0].getClass(),
        client.x509TrustManager().getClass());
  }

  @Test
  void anAddressFilterHoldsForNamesAndForAddresses() throws IOException {
    try (MockWebServer server = new MockWebServer()) {
      server.start();
      server.enqueue(new MockResponse.Builder().build());
      OkHttpClient none = applied(NONE.withInetAddressFilter((InetAddress address) -> false));
      OkHttpClient all = applied(NONE.withInetAddressFilter((InetAddress address) -> true));

      for (String host : List.of("127.0.0.1", "localhost")) {
        HttpUrl url = server.url("/").newBuilder().host(host).build();
        IOException refused =
            assertThrows(
                IOException.class,
                () -> none.newCall(new Request.Builder().url(url).build()).execute().close());
        assertTrue(String.valueOf(refused).contains("InetAddressFilter"), refused::toString);
      }
      assertEquals(0, server.getRequestCount());
      try (Response response =
          all.newCall(new Request.Builder().url(server.url("/")).build()).execute()) {
        assertEquals(200, response.code());
      }
    }
  }

  @Test
  void anAddressFilterIsNotDroppedForASocketFactory() {
    OkHttpClient base = new OkHttpClient.Builder().socketFactory(new Sockets()).build();
    InetAddressFilter filter = address -> true;

    assertThrows(
        IllegalArgumentException.class, () -> applied(NONE.withInetAddressFilter(filter), base));
  }

  private static final class Cookies implements CookieJar {
    @Override
    public void saveFromResponse(HttpUrl url, List<Cookie> cookies) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<Cookie> loadForRequest(HttpUrl url) {
      return List.of();
    }
  }

  private static final class Sockets extends SocketFactory {
    @Override
    public Socket createSocket(String host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int fromPort) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) {
      throw new UnsupportedOperationException();
    }
  }
}
