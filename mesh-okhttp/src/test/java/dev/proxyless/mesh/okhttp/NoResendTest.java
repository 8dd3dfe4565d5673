package dev.proxyless.mesh.okhttp;

import static dev.proxyless.mesh.okhttp.MeshRig.answer;
import static dev.proxyless.mesh.okhttp.MeshRig.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** OkHttp sends nothing again below the mesh, whatever the response invites it to. */
class NoResendTest {

  private MeshRig rig;
  private MockWebServer backend;

  @BeforeEach
  void start() throws IOException {
    rig = new MeshRig();
    backend = rig.backend();
    rig.cluster("c", "", backend).route("cluster: c");
  }

  @AfterEach
  void stop() throws IOException {
    rig.close();
  }

  @Test
  void statusesThatOkHttpActsUponReachTheCallerAsTheyCame() throws Exception {
    OkHttpClient client = rig.client();
    for (int status : List.of(401, 407, 408, 421, 503)) {
      backend.enqueue(
          new MockResponse.Builder()
              .code(status)
              .addHeader("Retry-After", "0")
              .body("as it came")
              .build());
      try (Response response = client.newCall(get()).execute()) {
        assertEquals(status, response.code());
        assertEquals("0", response.header("Retry-After"));
        assertEquals("as it came", response.body().string());
        assertNull(response.priorResponse());
      }
    }
    assertEquals(5, backend.getRequestCount());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void aRetryPolicySeesWhatIsHiddenFromOkHttp() throws Exception {
    rig.route(
        "cluster: c, retry_policy: {retry_on: retriable-status-codes, retriable_status_codes: [421]}");
    backend.enqueue(answer(421, ""));
    backend.enqueue(answer(200, "ok"));
    try (Response response = rig.client().newCall(get()).execute()) {
      assertEquals("ok", response.body().string());
    }
    assertEquals(2, backend.getRequestCount());
  }

  @Test
  void networkInterceptorsSeeWhatIsHiddenFromOkHttp() throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    OkHttpClient client =
        rig.client(
            new OkHttpClient.Builder()
                .addNetworkInterceptor(
                    chain -> {
                      Response response = chain.proceed(chain.request());
                      seen.add(response.code() + " " + response.header("Retry-After"));
                      return response;
                    }));
    backend.enqueue(new MockResponse.Builder().code(503).addHeader("Retry-After", "0").build());
    backend.enqueue(new MockResponse.Builder().code(421).build());
    client.newCall(get()).execute().close();
    client.newCall(get()).execute().close();
    assertEquals(List.of("503 0", "421 null"), seen);
  }

  @Test
  void aDemandForCredentialsIsAnsweredAboveTheMeshForTheCallersUrl() throws Exception {
    rig.route("cluster: c, prefix_rewrite: /inside/");
    backend.enqueue(answer(401, ""));
    backend.enqueue(answer(200, "in"));
    List<String> asked = new CopyOnWriteArrayList<>();
    OkHttpClient client =
        rig.client(
            new OkHttpClient.Builder()
                .authenticator(
                    (route, response) -> {
                      asked.add(response.request().url().toString());
                      return response.request().newBuilder().header("Authorization", "me").build();
                    }));
    Request request = get().newBuilder().url(MeshRig.URL + "door").build();
    try (Response response = client.newCall(request).execute()) {
      assertEquals("in", response.body().string());
      assertEquals(401, response.priorResponse().code());
      assertEquals(request.url(), response.request().url());
    }
    assertEquals(List.of(MeshRig.URL + "door"), asked);
    assertNull(backend.takeRequest().getHeaders().get("Authorization"));
    assertEquals("me", backend.takeRequest().getHeaders().get("Authorization"));
    assertEquals(2, rig.counted("mesh.client.attempts", "reason", "first"), "two calls");
  }

  @Test
  void anAuthenticatorThatGivesUpByTheResponsesPastIsHeard() throws Exception {
    for (int i = 0; i < 3; i++) {
      backend.enqueue(answer(401, ""));
    }
    OkHttpClient client =
        rig.client(
            new OkHttpClient.Builder()
                .authenticator(
                    (route, response) ->
                        response.priorResponse() == null ? response.request() : null));
    try (Response response = client.newCall(get()).execute()) {
      assertEquals(401, response.code());
    }
    assertEquals(2, backend.getRequestCount());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void whatIsNoCallOfTheMeshIsAskedForCredentialsOnce() throws Exception {
    MockWebServer outside = rig.backend();
    outside.enqueue(answer(401, ""));
    List<String> asked = new CopyOnWriteArrayList<>();
    OkHttpClient client =
        rig.client(
            new OkHttpClient.Builder()
                .authenticator(
                    (route, response) -> {
                      asked.add(response.request().url().toString());
                      return null;
                    }));
    Request request = new Request.Builder().url(outside.url("/")).build();
    try (Response response = client.newCall(request).execute()) {
      assertEquals(401, response.code());
    }
    assertEquals(List.of(outside.url("/").toString()), asked);
  }
}
