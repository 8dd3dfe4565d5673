package dev.proxyless.mesh.okhttp;

import static dev.proxyless.mesh.okhttp.MeshRig.answer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Cookie;
import okhttp3.CookieJar;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The application's cookies belong to the caller's URL, whatever a route makes of it. */
class CookieTest {

  private MeshRig rig;
  private MockWebServer backend;
  private final Jar jar = new Jar();

  /** Keeps everything, and writes down what it is asked. */
  private static final class Jar implements CookieJar {
    private final List<Cookie> kept = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();

    @Override
    public synchronized List<Cookie> loadForRequest(HttpUrl url) {
      asked.add("load " + url);
      return kept.stream().filter(each -> each.matches(url)).toList();
    }

    @Override
    public synchronized void saveFromResponse(HttpUrl url, List<Cookie> cookies) {
      asked.add("save " + url);
      kept.addAll(cookies);
    }
  }

  @BeforeEach
  void start() throws IOException {
    rig = new MeshRig();
    backend = rig.backend();
    rig.cluster("c", "", backend)
        .route("cluster: c, prefix_rewrite: /inside/, retry_policy: {retry_on: 5xx}");
  }

  @AfterEach
  void stop() throws IOException {
    rig.close();
  }

  private Response call(OkHttpClient client) throws IOException {
    return client.newCall(new Request.Builder().url(MeshRig.URL + "shop").build()).execute();
  }

  private OkHttpClient client() throws InterruptedException {
    return rig.client(new OkHttpClient.Builder().cookieJar(jar));
  }

  @Test
  void aCookieForTheCallersPathIsSentBackThere() throws Exception {
    backend.enqueue(
        new MockResponse.Builder().addHeader("Set-Cookie", "cart=7; Path=/shop").build());
    backend.enqueue(answer(200, ""));
    OkHttpClient client = client();
    call(client).close();
    try (Response response = call(client)) {
      assertNull(response.request().header("Cookie"), "the caller set none");
    }
    String url = MeshRig.URL + "shop";
    assertEquals(List.of("load " + url, "save " + url, "load " + url), jar.asked);
    assertNull(backend.takeRequest().getHeaders().get("Cookie"));
    assertEquals("cart=7", backend.takeRequest().getHeaders().get("Cookie"));
  }

  @Test
  void everyTryHasTheCookiesAndADiscardedOneSetsNone() throws Exception {
    jar.kept.add(new Cookie.Builder().name("a").value("1").domain("s.local").build());
    jar.kept.add(new Cookie.Builder().name("b").value("2").domain("s.local").build());
    backend.enqueue(new MockResponse.Builder().code(503).addHeader("Set-Cookie", "c=3").build());
    backend.enqueue(answer(200, ""));
    call(client()).close();
    assertEquals("a=1; b=2", backend.takeRequest().getHeaders().get("Cookie"));
    assertEquals("a=1; b=2", backend.takeRequest().getHeaders().get("Cookie"));
    assertEquals(2, jar.kept.size());
  }

  @Test
  void routesMatchTheJarsCookies() throws Exception {
    MockWebServer canary = rig.backend();
    canary.enqueue(answer(200, "canary"));
    rig.cluster("canary", "", canary)
        .routes(
            """
            - name: canary
              match:
                prefix: /
                headers: [{name: cookie, string_match: {contains: canary=yes}}]
              route: {cluster: canary}
            - name: all
              match: {prefix: /}
              route: {cluster: c}
            """);
    jar.kept.add(new Cookie.Builder().name("canary").value("yes").domain("s.local").build());
    try (Response response = call(client())) {
      assertEquals("canary", response.body().string());
    }
  }
}
