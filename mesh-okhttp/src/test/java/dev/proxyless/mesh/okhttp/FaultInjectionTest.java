package dev.proxyless.mesh.okhttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Call;
import okhttp3.Headers;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Faults that configuration injects, as the caller meets them. */
final class FaultInjectionTest {

  private static final String ALWAYS = "percentage: {numerator: 100}";

  private MeshRig rig;
  private MockWebServer backend;

  @BeforeEach
  void begin() throws IOException {
    rig = new MeshRig();
    backend = rig.backend();
    rig.cluster("c", "", backend).route("cluster: c, timeout: 5s");
  }

  @AfterEach
  void end() throws IOException {
    rig.close();
  }

  private static String flags(Response response) {
    return MeshOkHttp.callInfo(response).orElseThrow().flags().toString();
  }

  @Test
  void anAbortIsAnsweredHere() throws Exception {
    rig.fault("abort: {http_status: 418, " + ALWAYS + "}");
    try (Response response = rig.client().newCall(MeshRig.get()).execute()) {
      assertEquals(418, response.code());
      assertEquals("fault filter abort", response.body().string());
      assertEquals("FI", flags(response));
    }
    assertEquals(0, backend.getRequestCount());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void aDelayedRequestIsSentAfterAll() throws Exception {
    backend.enqueue(new MockResponse.Builder().body("ok").build());
    rig.fault("delay: {fixed_delay: 0.05s, " + ALWAYS + "}");
    try (Response response = rig.client().newCall(MeshRig.get()).execute()) {
      assertEquals("ok", response.body().string());
      assertEquals("DI", flags(response));
    }
    rig.assertNothingIsLeftOver();
  }

  @Test
  void aHeaderAsksForAFaultWhereConfigurationLetsIt() throws Exception {
    backend.enqueue(new MockResponse.Builder().body("ok").build());
    rig.fault(
        "abort: {header_abort: {}, " + ALWAYS + "}, delay: {header_delay: {}, " + ALWAYS + "}");
    OkHttpClient client = rig.client();
    try (Response response =
        client
            .newCall(
                MeshRig.get()
                    .newBuilder()
                    .header("x-envoy-fault-abort-request", "503")
                    .header("x-envoy-fault-delay-request", "5")
                    .build())
            .execute()) {
      assertEquals(503, response.code());
      assertEquals("DI,FI", flags(response));
    }
    try (Response response = client.newCall(MeshRig.get()).execute()) {
      assertEquals(200, response.code());
    }
    rig.assertNothingIsLeftOver();
  }

  private static String limit(int kib) {
    return "response_rate_limit: {fixed_limit: {limit_kbps: " + kib + "}, " + ALWAYS + "}";
  }

  @Test
  void aResponseComesAsSlowlyAsConfigured() throws Exception {
    AdvancingTime time = new AdvancingTime();
    rig.time(time).fault(limit(16));
    String body = "0123456789abcdef".repeat(64 * 64);
    backend.enqueue(new MockResponse.Builder().body(body).build());
    OkHttpClient client = rig.client();
    time.skipWaits();
    long begun = time.nanoTime();
    try (Response response = client.newCall(MeshRig.get()).execute()) {
      assertEquals(body.length(), response.body().contentLength());
      assertEquals(body, response.body().string());
      assertEquals("-", flags(response));
    }
    Duration took = Duration.ofNanos(time.nanoTime() - begun);
    Duration least = Duration.ofSeconds(4).minus(Duration.ofSeconds(1).dividedBy(16));
    assertTrue(took.compareTo(least) >= 0, "64 KiB at 16 KiB a second took " + took);
    rig.assertNothingIsLeftOver();
  }

  @Test
  void trailersComeAfterASlowBody() throws Exception {
    rig.fault(limit(1024));
    backend.enqueue(
        new MockResponse.Builder()
            .chunkedBody("ok", 1)
            .trailers(Headers.of("x-end", "whole"))
            .build());
    try (Response response = rig.client().newCall(MeshRig.get()).execute()) {
      assertEquals("ok", response.body().string());
      assertEquals("whole", response.trailers().get("x-end"));
    }
    rig.assertNothingIsLeftOver();
  }

  @Test
  void cancellingEndsAResponseThatIsSlowedDown() throws Exception {
    rig.fault("response_rate_limit: {header_limit: {}, " + ALWAYS + "}");
    backend.enqueue(new MockResponse.Builder().body("x".repeat(100_000)).build());
    Call call =
        rig.client()
            .newCall(
                MeshRig.get()
                    .newBuilder()
                    .header("x-envoy-fault-throughput-response", "1")
                    .build());
    try (Response response = call.execute()) {
      cancelOnceDelayed(call);
      assertThrows(IOException.class, () -> response.body().string());
    }
    rig.assertNothingIsLeftOver();
  }

  private static final String OF_MOVED =
      "headers: [{name: ':path', string_match: {prefix: /moved}}]";

  private OkHttpClient redirected(String fault) throws Exception {
    rig.route("cluster: c, timeout: 5s, internal_redirect_policy: {}").fault(fault);
    backend.enqueue(
        new MockResponse.Builder()
            .code(302)
            .setHeader("location", MeshRig.URL + "moved")
            .body("moved")
            .build());
    backend.enqueue(new MockResponse.Builder().body("ok").build());
    return rig.client();
  }

  @Test
  void aRedirectThatIsFollowedMayBeAborted() throws Exception {
    OkHttpClient client = redirected("abort: {http_status: 418, " + ALWAYS + "}, " + OF_MOVED);
    try (Response response = client.newCall(MeshRig.get()).execute()) {
      assertEquals(418, response.code());
      assertEquals("FI", flags(response));
    }
    assertEquals(1, backend.getRequestCount());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void aRedirectThatIsFollowedMayBeDelayed() throws Exception {
    OkHttpClient client = redirected("delay: {fixed_delay: 0.05s, " + ALWAYS + "}, " + OF_MOVED);
    try (Response response = client.newCall(MeshRig.get()).execute()) {
      assertEquals("ok", response.body().string());
      assertEquals("DI", flags(response));
    }
    rig.assertNothingIsLeftOver();
  }

  @Test
  void cancellingEndsTheDelayOfARedirectThatIsFollowed() throws Exception {
    redirected("delay: {fixed_delay: 3600s, " + ALWAYS + "}, " + OF_MOVED);
    assertCancelled(1);
  }

  @Test
  void cancellingEndsTheDelayBeforeARedirectIsAborted() throws Exception {
    redirected(
        "delay: {fixed_delay: 3600s, "
            + ALWAYS
            + "}, abort: {http_status: 503, "
            + ALWAYS
            + "}, "
            + OF_MOVED);
    assertCancelled(1);
  }

  @Test
  void cancellingEndsADelayBeforeACall() throws Exception {
    assertCancelledIn("delay: {fixed_delay: 3600s, " + ALWAYS + "}");
  }

  @Test
  void cancellingEndsADelayBeforeAnAbort() throws Exception {
    assertCancelledIn(
        "delay: {fixed_delay: 3600s, " + ALWAYS + "}, abort: {http_status: 503, " + ALWAYS + "}");
  }

  private void assertCancelledIn(String fault) throws Exception {
    rig.fault(fault);
    assertCancelled(0);
  }

  private void assertCancelled(int sent) throws Exception {
    Call call = rig.client().newCall(MeshRig.get());
    Thread canceller = cancelOnceDelayed(call);
    IOException failure = assertThrows(IOException.class, call::execute);
    canceller.join();
    assertEquals("Canceled", failure.getMessage());
    assertEquals(sent, backend.getRequestCount());
    rig.assertNothingIsLeftOver();
  }

  private static Thread cancelOnceDelayed(Call call) {
    Thread caller = Thread.currentThread();
    Thread canceller =
        new Thread(
            () -> {
              while (!isDelayed(caller)) {
                Thread.onSpinWait();
              }
              call.cancel();
            });
    canceller.start();
    return canceller;
  }

  private static boolean isDelayed(Thread caller) {
    return Arrays.stream(caller.getStackTrace())
        .anyMatch(
            frame ->
                frame.getClassName().equals(OuterCall.class.getName())
                    && frame.getMethodName().equals("await"));
  }
}
