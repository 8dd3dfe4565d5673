package dev.proxyless.mesh.okhttp;

import static dev.proxyless.mesh.okhttp.MeshRig.answer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Cache;
import okhttp3.CacheControl;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The application's cache stands above the mesh and knows the caller's URLs. */
class CacheTest {

  private static final Request GET = new Request.Builder().url(MeshRig.URL + "page").build();

  @TempDir Path directory;

  private final List<String> events = new CopyOnWriteArrayList<>();
  private MeshRig rig;
  private MockWebServer backend;
  private Cache cache;
  private OkHttpClient client;

  @BeforeEach
  void start() throws Exception {
    rig = new MeshRig();
    backend = rig.backend();
    rig.cluster("c", "", backend)
        .route("cluster: c, prefix_rewrite: /inside/, retry_policy: {retry_on: 5xx}");
    cache = new Cache(directory.toFile(), 1 << 20);
    EventListener listener =
        new EventListener() {
          @Override
          public void cacheHit(Call call, Response response) {
            events.add("hit");
          }

          @Override
          public void cacheMiss(Call call) {
            events.add("miss");
          }

          @Override
          public void cacheConditionalHit(Call call, Response cached) {
            events.add("conditional");
          }

          @Override
          public void satisfactionFailure(Call call, Response response) {
            events.add("unsatisfied");
          }
        };
    client = rig.client(new OkHttpClient.Builder().cache(cache).eventListener(listener));
  }

  @AfterEach
  void stop() throws IOException {
    rig.close();
    cache.close();
  }

  private static MockResponse fresh(String body) {
    return new MockResponse.Builder()
        .addHeader("Cache-Control", "max-age=60")
        .addHeader("ETag", "v1")
        .body(body)
        .build();
  }

  private String body(Request request) throws IOException {
    try (Response response = client.newCall(request).execute()) {
      return response.body().string();
    }
  }

  private List<String> urls() throws IOException {
    List<String> urls = new ArrayList<>();
    cache.urls().forEachRemaining(urls::add);
    return urls;
  }

  @Test
  void aFreshResponseIsGivenWithoutAskingTheMesh() throws Exception {
    backend.enqueue(fresh("one"));
    assertEquals("one", body(GET));
    assertEquals(List.of(GET.url().toString()), urls(), "stored under the caller's URL");
    try (Response response = client.newCall(GET).execute()) {
      assertEquals("one", response.body().string());
      assertNotNull(response.cacheResponse());
      assertNull(response.networkResponse());
      assertEquals(GET.url(), response.request().url());
      assertNull(response.request().header("Cache-Control"));
      assertEquals(true, MeshOkHttp.callInfo(response).isEmpty(), "it was no call of the mesh");
    }
    assertEquals(1, backend.getRequestCount());
    assertEquals(1, rig.counted("mesh.client.attempts"));
    assertEquals(List.of("miss", "hit"), events);
    rig.assertNothingIsLeftOver();
  }

  @Test
  void aStaleResponseIsValidatedThroughTheMesh() throws Exception {
    backend.enqueue(
        new MockResponse.Builder()
            .addHeader("Cache-Control", "max-age=0")
            .addHeader("ETag", "v1")
            .body("one")
            .build());
    backend.enqueue(new MockResponse.Builder().code(304).build());
    assertEquals("one", body(GET));
    assertEquals("one", body(GET));
    backend.takeRequest();
    assertEquals("v1", backend.takeRequest().getHeaders().get("If-None-Match"));
    assertEquals(List.of("miss", "conditional", "hit"), events);
    rig.assertNothingIsLeftOver();
  }

  @Test
  void whatMayComeFromTheCacheAloneFailsNoEndpoint() throws Exception {
    Request alone = GET.newBuilder().cacheControl(CacheControl.FORCE_CACHE).build();
    try (Response response = client.newCall(alone).execute()) {
      assertEquals(504, response.code());
    }
    assertEquals(0, backend.getRequestCount());
    assertEquals(0, rig.counted("mesh.client.attempts"));
    assertEquals(List.of("unsatisfied"), events);
  }

  @Test
  void aDiscardedTryIsNotStored() throws Exception {
    backend.enqueue(
        new MockResponse.Builder()
            .code(501)
            .addHeader("Cache-Control", "max-age=60")
            .body("no")
            .build());
    backend.enqueue(
        new MockResponse.Builder().addHeader("Cache-Control", "no-store").body("yes").build());
    assertEquals("yes", body(GET));
    assertEquals(List.of(), urls());
  }

  @Test
  void aChangeForgetsWhatWasStoredUnderTheCallersUrl() throws Exception {
    backend.enqueue(fresh("one"));
    backend.enqueue(answer(200, "changed"));
    backend.enqueue(fresh("two"));
    assertEquals("one", body(GET));
    assertEquals("changed", body(GET.newBuilder().post(RequestBody.EMPTY).build()));
    assertEquals(List.of(), urls());
    assertEquals("two", body(GET));
  }
}
