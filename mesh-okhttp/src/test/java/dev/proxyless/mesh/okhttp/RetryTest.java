package dev.proxyless.mesh.okhttp;

import static dev.proxyless.mesh.okhttp.MeshRig.answer;
import static dev.proxyless.mesh.okhttp.MeshRig.closesAfterRequest;
import static dev.proxyless.mesh.okhttp.MeshRig.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.RetryOptions;
import dev.proxyless.mesh.telemetry.CallInfo;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.EventListener;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tries over real sockets: which are made again, where and when not. */
class RetryTest {

  private static final String PREVIOUS_HOSTS =
      "retry_host_predicate: [{name: envoy.retry_host_predicates.previous_hosts}],"
          + " host_selection_retry_max_attempts: 5";

  private MeshRig rig;

  @BeforeEach
  void start() throws IOException {
    rig = new MeshRig();
  }

  @AfterEach
  void stop() throws Exception {
    rig.close();
  }

  @Test
  void aFailedTryIsRetriedOnAnotherEndpoint() throws Exception {
    MockWebServer bad = rig.backend();
    MockWebServer good = rig.backend();
    for (int i = 0; i < 8; i++) {
      bad.enqueue(answer(503, "bad"));
      good.enqueue(answer(200, "good"));
    }
    rig.cluster("c", "", bad, good)
        .route("cluster: c, retry_policy: {retry_on: 5xx, num_retries: 1, " + PREVIOUS_HOSTS + "}");
    OkHttpClient client = rig.client();
    for (int i = 0; i < 8; i++) {
      try (Response response = client.newCall(get()).execute()) {
        assertEquals("good", response.body().string());
      }
    }
    assertEquals(8, good.getRequestCount());
    assertTrue(bad.getRequestCount() > 0, "the bad endpoint was tried");
    assertEquals(bad.getRequestCount(), rig.counted("mesh.client.attempts", "reason", "retry"));
    rig.assertNothingIsLeftOver();
  }

  @Test
  void whenRetriesRunOutTheLastResponseIsGivenWithUrx() throws Exception {
    MockWebServer backend = rig.backend();
    backend.enqueue(answer(503, "one"));
    backend.enqueue(answer(503, "two"));
    rig.cluster("c", "", backend).route("cluster: c, retry_policy: {retry_on: 5xx}");
    try (Response response = rig.client().newCall(get()).execute()) {
      assertEquals(503, response.code());
      assertEquals("two", response.body().string());
      CallInfo info = MeshOkHttp.callInfo(response).orElseThrow();
      assertEquals("URX", info.flags().toString());
      assertEquals(2, info.attempts());
    }
    rig.assertNothingIsLeftOver();
  }

  @Test
  void aRefusedConnectionIsAConnectFailure() throws Exception {
    MockWebServer gone = rig.backend();
    MockWebServer good = rig.backend();
    good.enqueue(answer(200, "good"));
    good.enqueue(answer(200, "good"));
    rig.cluster("c", "", gone, good)
        .route(
            "cluster: c, retry_policy: {retry_on: connect-failure, num_retries: 1, "
                + PREVIOUS_HOSTS
                + "}");
    OkHttpClient client = rig.client();
    gone.close();
    for (int i = 0; i < 2; i++) {
      try (Response response = client.newCall(get()).execute()) {
        assertEquals("good", response.body().string());
      }
    }
    long refused = rig.counted("mesh.client.attempts", "result", "connect");
    assertTrue(refused > 0, "the refused endpoint was tried");
    assertEquals(refused, rig.counted("mesh.client.attempts", "reason", "retry"));
    rig.assertNothingIsLeftOver();
  }

  @Test
  void withoutRetriesARefusedConnectionIsEnvoysLocalReply() throws Exception {
    MockWebServer gone = rig.backend();
    rig.cluster("c", "", gone).route("cluster: c");
    OkHttpClient client = rig.client();
    gone.close();
    try (Response response = client.newCall(get()).execute()) {
      assertEquals(503, response.code());
      assertEquals(
          "upstream connect error or disconnect/reset before headers. reset reason: remote"
              + " connection failure",
          response.body().string());
      CallInfo info = MeshOkHttp.callInfo(response).orElseThrow();
      assertEquals("UF", info.flags().toString());
      assertEquals(
          "upstream_reset_before_response_started{remote_connection_failure}", info.details());
      assertTrue(info.explanation().contains("127.0.0.1:" + gone.getPort()), info.explanation());
    }
    rig.assertNothingIsLeftOver();
  }

  @Test
  void aPostIsSentOnceWhereNoPolicyAsksForMore() throws Exception {
    MockWebServer backend = rig.backend();
    backend.enqueue(answer(200, "warm"));
    backend.enqueue(closesAfterRequest());
    backend.enqueue(answer(200, "must not be reached"));
    rig.cluster("c", "", backend).route("cluster: c");
    OkHttpClient client = rig.client();
    try (Response warm = client.newCall(get()).execute()) {
      assertEquals("warm", warm.body().string());
    }
    Request post =
        new Request.Builder()
            .url(MeshRig.URL)
            .post(RequestBody.create("pay", MediaType.get("text/plain")))
            .build();
    try (Response response = client.newCall(post).execute()) {
      assertEquals(503, response.code());
      assertEquals("UC", MeshOkHttp.callInfo(response).orElseThrow().flags().toString());
    }
    assertEquals(2, backend.getRequestCount(), "the request that warmed up, and one POST");
    rig.assertNothingIsLeftOver();
  }

  @Test
  void a503WithRetryAfterZeroIsSentOnceAndKeepsItsHeader() throws Exception {
    MockWebServer backend = rig.backend();
    backend.enqueue(
        new MockResponse.Builder().code(503).addHeader("Retry-After", "0").body("later").build());
    backend.enqueue(answer(200, "must not be reached"));
    rig.cluster("c", "", backend).route("cluster: c");
    try (Response response = rig.client().newCall(get()).execute()) {
      assertEquals(503, response.code());
      assertEquals("0", response.header("Retry-After"));
      assertNull(response.header("Mesh-Hidden-Retry-After"));
      assertEquals("later", response.body().string());
    }
    assertEquals(1, backend.getRequestCount());
  }

  @Test
  void aOneShotBodyIsNotSentTwice() throws Exception {
    MockWebServer backend = rig.backend();
    backend.enqueue(answer(503, "no"));
    backend.enqueue(answer(200, "must not be reached"));
    rig.cluster("c", "", backend).route("cluster: c, retry_policy: {retry_on: 5xx}");
    AtomicInteger written = new AtomicInteger();
    RequestBody oneShot =
        new RequestBody() {
          @Override
          public MediaType contentType() {
            return MediaType.get("text/plain");
          }

          @Override
          public boolean isOneShot() {
            return true;
          }

          @Override
          public void writeTo(BufferedSink sink) throws IOException {
            written.incrementAndGet();
            sink.writeUtf8("once");
          }
        };
    Request request = new Request.Builder().url(MeshRig.URL).post(oneShot).build();
    try (Response response = rig.client().newCall(request).execute()) {
      assertEquals(503, response.code());
      assertEquals("no", response.body().string());
    }
    assertEquals(1, written.get());
    assertEquals(1, backend.getRequestCount());
  }

  @Test
  void applicationInterceptorsRunOnceAndNetworkInterceptorsForEachTry() throws Exception {
    MockWebServer backend = rig.backend();
    backend.enqueue(answer(503, ""));
    backend.enqueue(answer(200, "ok"));
    rig.cluster("c", "", backend).route("cluster: c, retry_policy: {retry_on: 5xx}");
    AtomicInteger application = new AtomicInteger();
    AtomicInteger network = new AtomicInteger();
    AtomicInteger started = new AtomicInteger();
    AtomicInteger tries = new AtomicInteger();
    OkHttpClient client =
        rig.client(
            new OkHttpClient.Builder()
                .addInterceptor(
                    chain -> {
                      application.incrementAndGet();
                      return chain.proceed(chain.request());
                    })
                .addNetworkInterceptor(
                    chain -> {
                      network.incrementAndGet();
                      return chain.proceed(chain.request());
                    })
                .eventListener(
                    new EventListener() {
                      @Override
                      public void callStart(Call call) {
                        started.incrementAndGet();
                      }

                      @Override
                      public void requestHeadersEnd(Call call, Request request) {
                        assertEquals(MeshRig.URL, call.request().url().toString());
                        tries.incrementAndGet();
                      }
                    }));
    try (Response response = client.newCall(get()).execute()) {
      assertEquals("ok", response.body().string());
    }
    assertEquals(1, application.get());
    assertEquals(2, network.get());
    assertEquals(1, started.get());
    assertEquals(2, tries.get());
  }

  @Test
  void codeCanSetTheRetryPolicyOfItsOwnCalls() throws Exception {
    MockWebServer backend = rig.backend();
    backend.enqueue(answer(503, ""));
    backend.enqueue(answer(200, "ok"));
    backend.enqueue(answer(503, "again"));
    rig.cluster("c", "", backend).route("cluster: c");
    OkHttpClient client = rig.client();
    RetryOptions options = RetryOptions.builder().retryOn("5xx").numRetries(1).build();
    AtomicInteger ran = new AtomicInteger();
    String body =
        rig.mesh()
            .withRetry(
                options,
                () -> {
                  ran.incrementAndGet();
                  try (Response response = client.newCall(get()).execute()) {
                    return response.body().string();
                  }
                });
    assertEquals("ok", body);
    assertEquals(1, ran.get());
    try (Response response = client.newCall(get()).execute()) {
      assertEquals("again", response.body().string());
    }
  }

  @Test
  void anEnqueuedCallTakesItsRetryPolicyAlong() throws Exception {
    MockWebServer backend = rig.backend();
    backend.enqueue(answer(503, ""));
    backend.enqueue(answer(200, "ok"));
    rig.cluster("c", "", backend).route("cluster: c");
    OkHttpClient client = rig.client();
    CountDownLatch done = new CountDownLatch(1);
    AtomicReference<String> body = new AtomicReference<>("");
    rig.mesh()
        .withRetry(
            RetryOptions.builder().retryOn("5xx").build(),
            () -> {
              client
                  .newCall(get())
                  .enqueue(
                      new Callback() {
                        @Override
                        public void onFailure(Call call, IOException failure) {
                          done.countDown();
                        }

                        @Override
                        public void onResponse(Call call, Response response) throws IOException {
                          body.set(response.body().string());
                          done.countDown();
                        }
                      });
              return "";
            });
    assertTrue(done.await(20, TimeUnit.SECONDS), "the call ended");
    assertEquals("ok", body.get());
  }
}
