package dev.proxyless.mesh.spring;

import java.time.Duration;
import java.util.List;
import javax.net.SocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import okhttp3.ConnectionSpec;
import okhttp3.CookieJar;
import okhttp3.OkHttpClient;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpCookieHandling;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslOptions;

/** Tells OkHttp what Boot's settings for HTTP clients say. */
final class ClientSettings {

  private ClientSettings() {}

  static void apply(HttpClientSettings settings, OkHttpClient.Builder builder, OkHttpClient base) {
    Duration connectTimeout = settings.connectTimeout();
    if (connectTimeout != null) {
      builder.connectTimeout(connectTimeout);
    }
    Duration readTimeout = settings.readTimeout();
    if (readTimeout != null) {
      builder.readTimeout(readTimeout);
    }
    HttpRedirects redirects = settings.redirects();
    if (redirects != null) {
      boolean follow = redirects != HttpRedirects.DONT_FOLLOW;
      builder.followRedirects(follow).followSslRedirects(follow);
    }
    HttpCookieHandling cookies = settings.cookieHandling();
    if (cookies != null) {
      cookies(cookies, builder, base);
    }
    SslBundle bundle = settings.sslBundle();
    if (bundle != null) {
      tls(bundle, builder);
    }
    InetAddressFilter filter = settings.inetAddressFilter();
    if (filter != null) {
      filter(filter, builder, base);
    }
  }

  private static void cookies(
      HttpCookieHandling handling, OkHttpClient.Builder builder, OkHttpClient base) {
    if (handling == HttpCookieHandling.DISABLE) {
      builder.cookieJar(CookieJar.NO_COOKIES);
    } else if (handling == HttpCookieHandling.ENABLE && base.cookieJar() == CookieJar.NO_COOKIES) {
      throw new IllegalArgumentException(
          "cookie handling is ENABLE and OkHttp has no cookie jar of its own; define an OkHttpClient"
              + " bean that has a CookieJar, or set ENABLE_WHEN_POSSIBLE");
    }
  }

  private static void tls(SslBundle bundle, OkHttpClient.Builder builder) {
    builder.sslSocketFactory(bundle.createSslContext().getSocketFactory(), trustManager(bundle));
    SslOptions options = bundle.getOptions();
    String[] ciphers = options.getCiphers();
    String[] protocols = options.getEnabledProtocols();
    if (ciphers == null && protocols == null) {
      return;
    }
    ConnectionSpec.Builder spec = new ConnectionSpec.Builder(ConnectionSpec.MODERN_TLS);
    if (ciphers != null) {
      spec.cipherSuites(ciphers);
    }
    if (protocols != null) {
      spec.tlsVersions(protocols);
    }
    builder.connectionSpecs(List.of(spec.build(), ConnectionSpec.CLEARTEXT));
  }

  private static X509TrustManager trustManager(SslBundle bundle) {
    for (TrustManager each : bundle.getManagers().getTrustManagers()) {
      if (each instanceof X509TrustManager found) {
        return found;
      }
    }
    throw new IllegalArgumentException(
        "the SSL bundle " + bundle + " has no trust manager for X.509 certificates");
  }

  private static void filter(
      InetAddressFilter filter, OkHttpClient.Builder builder, OkHttpClient base) {
    if (base.socketFactory() != SocketFactory.getDefault()) {
      throw new IllegalArgumentException(
          "an InetAddressFilter cannot be held with the OkHttpClient bean, whose socket factory is its"
              + " own; filter there, and remove the InetAddressFilter");
    }
    builder.socketFactory(new FilteredSockets(filter));
  }
}
