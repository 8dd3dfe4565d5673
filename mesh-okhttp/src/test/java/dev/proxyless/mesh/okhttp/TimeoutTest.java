package dev.proxyless.mesh.okhttp;

import static dev.proxyless.mesh.okhttp.MeshRig.answer;
import static dev.proxyless.mesh.okhttp.MeshRig.get;
import static dev.proxyless.mesh.okhttp.MeshRig.never;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.telemetry.CallInfo;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Time-outs and cancellation over real sockets. */
class TimeoutTest {

  private static final String PREVIOUS_HOSTS =
      "retry_host_predicate: [{name: envoy.retry_host_predicates.previous_hosts}],"
          + " host_selection_retry_max_attempts: 5";

  /** Buffers of loopback grow to about 10 MB. */
  private static final int MORE_THAN_BUFFERS_HOLD = 32 << 20;

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
  void aTryThatTakesTooLongIsRetriedAndOnlyThatTryEnds() throws Exception {
    MockWebServer slow = rig.backend();
    MockWebServer good = rig.backend();
    slow.enqueue(never());
    slow.enqueue(never());
    good.enqueue(answer(200, "good"));
    good.enqueue(answer(200, "good"));
    rig.cluster("c", "", slow, good)
        .route(
            "cluster: c, retry_policy: {retry_on: reset, num_retries: 1, per_try_timeout: 1.5s, "
                + PREVIOUS_HOSTS
                + "}");
    OkHttpClient client = rig.client();
    for (int i = 0; i < 2; i++) {
      try (Response response = client.newCall(get()).execute()) {
        assertEquals("good", response.body().string());
      }
    }
    long timedOut = rig.counted("mesh.client.attempts", "result", "timeout");
    assertTrue(timedOut > 0, "the slow endpoint was tried");
    assertEquals(timedOut, rig.counted("mesh.client.attempts", "reason", "retry"));
    rig.assertNothingIsLeftOver();
  }

  @Test
  void theRoutesTimeoutEndsTheCallWith504() throws Exception {
    MockWebServer slow = rig.backend();
    slow.enqueue(never());
    rig.cluster("c", "", slow).route("cluster: c, timeout: 0.2s");
    try (Response response = rig.client().newCall(get()).execute()) {
      assertEquals(504, response.code());
      assertEquals("upstream request timeout", response.body().string());
      CallInfo info = MeshOkHttp.callInfo(response).orElseThrow();
      assertEquals("UT", info.flags().toString());
      assertTrue(info.explanation().contains("200 ms"), info.explanation());
    }
    rig.assertNothingIsLeftOver();
  }

  /** A server that reads nothing, so that no more can be sent than buffers hold. */
  private int deafPort() throws IOException {
    CountDownLatch end = new CountDownLatch(1);
    RawServer deaf =
        new RawServer(
            peer -> {
              try {
                end.await();
              } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
              }
            });
    rig.closeLater(
        () -> {
          end.countDown();
          deaf.close();
        });
    return deaf.port();
  }

  private static Request withHeadThatFitsNoBuffer() {
    return get().newBuilder().header("x-long", "x".repeat(MORE_THAN_BUFFERS_HOLD)).build();
  }

  @Test
  void theRoutesTimeoutEndsAHeadThatNobodyReads() throws Exception {
    rig.cluster("c", "").endpoints("c", deafPort()).route("cluster: c, timeout: 0.5s");
    try (Response response = rig.client().newCall(withHeadThatFitsNoBuffer()).execute()) {
      assertEquals(504, response.code());
      assertEquals("UT", MeshOkHttp.callInfo(response).orElseThrow().flags().toString());
    }
    rig.assertNothingIsLeftOver();
  }

  @Test
  @Timeout(60)
  void theClientsWriteTimeoutEndsAHeadThatNobodyReadsWhereNothingElseWould() throws Exception {
    rig.cluster("c", "").endpoints("c", deafPort()).route("cluster: c, timeout: 0s");
    OkHttpClient client =
        rig.client(new OkHttpClient.Builder().writeTimeout(Duration.ofMillis(300)));
    try (Response response = client.newCall(withHeadThatFitsNoBuffer()).execute()) {
      assertEquals(503, response.code());
      assertEquals("LR", MeshOkHttp.callInfo(response).orElseThrow().flags().toString());
    }
    rig.assertNothingIsLeftOver();
  }

  @Test
  void theClientsWriteTimeoutEndsABodyThatNobodyReads() throws Exception {
    rig.cluster("c", "").endpoints("c", deafPort()).route("cluster: c");
    OkHttpClient client =
        rig.client(new OkHttpClient.Builder().writeTimeout(Duration.ofMillis(300)));
    Request request =
        get().newBuilder().post(RequestBody.create(new byte[MORE_THAN_BUFFERS_HOLD], null)).build();
    try (Response response = client.newCall(request).execute()) {
      assertEquals(503, response.code());
      assertEquals("LR", MeshOkHttp.callInfo(response).orElseThrow().flags().toString());
    }
    rig.assertNothingIsLeftOver();
  }

  @Test
  void theRoutesTimeoutEndsABodyThatDrips() throws Exception {
    MockWebServer drip = rig.backend();
    drip.enqueue(
        new MockResponse.Builder()
            .body("x".repeat(100))
            .throttleBody(1, 50, TimeUnit.MILLISECONDS)
            .build());
    rig.cluster("c", "", drip).route("cluster: c, timeout: 1.5s");
    try (Response response = rig.client().newCall(get()).execute()) {
      assertEquals(200, response.code());
      assertThrows(IOException.class, () -> response.body().string());
    }
    rig.assertNothingIsLeftOver();
  }

  @Test
  void theClientsOwnCallTimeoutIsAnExceptionAsWithoutTheMesh() throws Exception {
    MockWebServer slow = rig.backend();
    slow.enqueue(never());
    rig.cluster("c", "", slow).route("cluster: c");
    OkHttpClient client =
        rig.client(new OkHttpClient.Builder().callTimeout(Duration.ofMillis(200)));
    IOException failure =
        assertThrows(IOException.class, () -> client.newCall(get()).execute().close());
    assertEquals("timeout", failure.getMessage());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void cancellingEndsATryAndBlamesNoEndpoint() throws Exception {
    MockWebServer slow = rig.backend();
    slow.enqueue(never());
    rig.cluster("c", "outlier_detection: {consecutive_5xx: 1, max_ejection_percent: 100}", slow)
        .route("cluster: c");
    Call call = rig.client().newCall(get());
    AtomicReference<IOException> failure = new AtomicReference<>();
    CountDownLatch ended = new CountDownLatch(1);
    call.enqueue(
        new Callback() {
          @Override
          public void onFailure(Call failed, IOException reason) {
            failure.set(reason);
            ended.countDown();
          }

          @Override
          public void onResponse(Call answered, Response response) {
            response.close();
            ended.countDown();
          }
        });
    slow.takeRequest();
    call.cancel();
    assertTrue(ended.await(20, TimeUnit.SECONDS), "the call ended");
    assertEquals("Canceled", String.valueOf(failure.get().getMessage()));
    assertEquals(0, rig.counted("mesh.outlier.ejections"));
    rig.assertNothingIsLeftOver();
  }

  @Test
  void cancellingEndsTheWaitForARetry() throws Exception {
    MockWebServer backend = rig.backend();
    backend.enqueue(answer(503, ""));
    rig.cluster("c", "", backend)
        .route(
            "cluster: c, timeout: 60s, retry_policy: {retry_on: 5xx, num_retries: 20, retry_back_off:"
                + " {base_interval: 30s, max_interval: 30s}}");
    Call call = rig.client().newCall(get());
    CountDownLatch answered = new CountDownLatch(1);
    call.addEventListener(
        new EventListener() {
          @Override
          public void responseHeadersEnd(Call each, Response response) {
            answered.countDown();
          }
        });
    AtomicReference<IOException> failure = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                call.execute().close();
              } catch (IOException reason) {
                failure.set(reason);
              }
            });
    caller.start();
    assertTrue(answered.await(20, TimeUnit.SECONDS), "the first try was answered");
    call.cancel();
    caller.join(20_000);
    assertEquals("Canceled", String.valueOf(failure.get().getMessage()));
    rig.assertNothingIsLeftOver();
  }
}
