package dev.proxyless.mesh.okhttp;

import static dev.proxyless.mesh.okhttp.MeshRig.get;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.proxyless.mesh.telemetry.CallInfo;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Heads of responses that OkHttp would take and Envoy does not. */
class BrokenHeadTest {

  private MeshRig rig;

  @BeforeEach
  void start() throws IOException {
    rig = new MeshRig();
  }

  @AfterEach
  void stop() throws IOException {
    rig.close();
  }

  private RawServer server(RawServer.Behaviour behaviour) throws IOException {
    return rig.raw(behaviour, 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "content-length: -2",
        "content-length: +2",
        "content-length: two",
        "content-length:",
        "content-length: 2, 2",
        "content-length: 99999999999999999999999",
        "content-length: 2\r\ncontent-length: 2",
        "content-length: 2\r\ncontent-length: 3",
        "content-length: 2\r\ntransfer-encoding: chunked",
        "transfer-encoding: gzip, chunked",
        "transfer-encoding: chunked\r\ntransfer-encoding: chunked",
        "no colon\r\ncontent-length: 2",
        ": no name\r\ncontent-length: 2",
        "x-a : blank before the colon\r\ncontent-length: 2",
        "x a: blank in the name\r\ncontent-length: 2",
        "x(a): brackets\r\ncontent-length: 2",
        "x-a: control \u0001\r\ncontent-length: 2",
        "x-a: nul \u0000\r\ncontent-length: 2"
      })
  void aHeadThatCanBeReadInTwoWaysIsAProtocolError(String lines) throws Exception {
    RawServer server =
        server(
            peer -> {
              peer.readHead();
              peer.write("HTTP/1.1 200 OK\r\n" + lines + "\r\n\r\nab");
            });
    try (Response response = rig.client().newCall(get()).execute()) {
      assertEquals(502, response.code());
      CallInfo info = MeshOkHttp.callInfo(response).orElseThrow();
      assertEquals("UPE", info.flags().toString());
      assertEquals("upstream_reset_before_response_started{protocol_error}", info.details());
    }
    assertEquals(1, server.accepted());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void aBrokenHeadIsRetriedAsAResetIsOnAFreshConnection() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    RawServer server =
        server(
            peer -> {
              while (true) {
                peer.readHead();
                if (requests.incrementAndGet() == 1) {
                  peer.write("HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\n");
                } else {
                  peer.answer(200, "hello");
                }
              }
            });
    rig.route("cluster: c, retry_policy: {retry_on: reset}");
    OkHttpClient.Builder watched =
        new OkHttpClient.Builder().addNetworkInterceptor(chain -> chain.proceed(chain.request()));
    for (OkHttpClient client : List.of(rig.client(), rig.client(watched))) {
      requests.set(0);
      try (Response response = client.newCall(get()).execute()) {
        assertEquals("hello", response.body().string());
      }
    }
    assertEquals(4, server.accepted());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void headersKeepTheirOrderWhateverIsHiddenFromOkHttp() throws Exception {
    server(
        peer -> {
          peer.readHead();
          peer.write(
              "HTTP/1.1 503 No\r\nX-A: 1\r\nRetry-After: 0\r\nX-B: 2\r\nContent-Length: 2\r\n\r\nno");
        });
    try (Response response = rig.client().newCall(get()).execute()) {
      assertEquals(
          "X-A: 1\nRetry-After: 0\nX-B: 2\nContent-Length: 2\n", response.headers().toString());
      assertEquals("no", response.body().string());
    }
    rig.assertNothingIsLeftOver();
  }
}
