package dev.proxyless.mesh.okhttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.Arrays;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Call;
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
    Call call = rig.client().newCall(MeshRig.get());
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
    IOException failure = assertThrows(IOException.class, call::execute);
    canceller.join();
    assertEquals("Canceled", failure.getMessage());
    assertEquals(0, backend.getRequestCount());
    rig.assertNothingIsLeftOver();
  }

  private static boolean isDelayed(Thread caller) {
    return Arrays.stream(caller.getStackTrace())
        .anyMatch(
            frame ->
                frame.getClassName().equals(OuterCall.class.getName())
                    && frame.getMethodName().equals("await"));
  }
}
