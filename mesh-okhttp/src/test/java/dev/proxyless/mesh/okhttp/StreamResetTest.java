package dev.proxyless.mesh.okhttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.proxyless.mesh.telemetry.CallInfo;
import dev.proxyless.mesh.telemetry.CallListener;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams of HTTP/2 that the server resets, alone on their connection. */
class StreamResetTest {

  private static final String HTTP2 =
      "typed_extension_protocol_options:\n"
          + "  envoy.extensions.upstreams.http.v3.HttpProtocolOptions:\n"
          + "    '@type':"
          + " type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions\n"
          + "    explicit_http_config: {http2_protocol_options: {}}";

  private MeshRig rig;
  private MockWebServer backend;

  @BeforeEach
  void start() throws IOException {
    rig = new MeshRig();
    backend = new MockWebServer();
    backend.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
    backend.start();
    rig.closeLater(backend);
    rig.cluster("c", HTTP2, backend).route("cluster: c");
  }

  @AfterEach
  void stop() throws IOException {
    rig.close();
  }

  private static MockResponse reset(int code) {
    return new MockResponse.Builder().onRequestStart(new SocketEffect.CloseStream(code)).build();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 503, UR, remote_reset",
    "1, 502, UPE, protocol_error",
    "2, 503, UR, remote_reset",
    "7, 503, UR, remote_refused_stream_reset",
    "8, 503, UR, remote_reset",
    "10, 503, UR, remote_error_with_CONNECT_request",
    "11, 503, UR, remote_reset"
  })
  void theCodeOfAResetSaysHowTheTryEnded(int code, int status, String flags, String reason)
      throws Exception {
    backend.enqueue(reset(code));
    try (Response response = rig.client().newCall(MeshRig.get()).execute()) {
      assertEquals(status, response.code());
      CallInfo info = MeshOkHttp.callInfo(response).orElseThrow();
      assertEquals(flags, info.flags().toString());
      assertEquals("upstream_reset_before_response_started{" + reason + "}", info.details());
    }
    rig.assertNothingIsLeftOver();
  }

  /** OkHttp gives a connection up whose streams were refused twice. */
  @Test
  void streamsThatAreRefusedOneAfterTheOtherAreEachRetried() throws Exception {
    rig.route(
        "cluster: c, retry_policy: {retry_on: refused-stream, num_retries: 3, retry_back_off:"
            + " {base_interval: 0.001s}}");
    backend.enqueue(reset(7));
    backend.enqueue(reset(7));
    backend.enqueue(reset(7));
    backend.enqueue(new MockResponse.Builder().body("at last").build());
    try (Response response = rig.client().newCall(MeshRig.get()).execute()) {
      assertEquals("at last", response.body().string());
    }
    assertEquals(4, backend.getRequestCount());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void aConnectionThatEndsWithinABodyIsNoResetOfItsStream() throws Exception {
    backend.enqueue(
        new MockResponse.Builder()
            .body("half of it")
            .onResponseBody(new SocketEffect.CloseSocket())
            .build());
    AtomicReference<CallInfo> end = new AtomicReference<>();
    Request request =
        MeshOkHttp.watched(
            MeshRig.get(),
            new CallListener() {
              @Override
              public void ended(CallInfo info, int status, Duration duration) {
                end.set(info);
              }
            });
    try (Response response = rig.client().newCall(request).execute()) {
      assertThrows(IOException.class, () -> response.body().string());
    }
    assertEquals("UC", end.get().flags().toString());
    assertEquals(
        "upstream_reset_after_response_started{connection_termination}", end.get().details());
    rig.assertNothingIsLeftOver();
  }
}
