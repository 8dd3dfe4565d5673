package dev.proxyless.mesh.okhttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.telemetry.AttemptInfo;
import dev.proxyless.mesh.telemetry.CallInfo;
import dev.proxyless.mesh.telemetry.CallListener;
import dev.proxyless.mesh.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import mockwebserver3.MockWebServer;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A reused connection that dies under a request, without a retry condition that matches. */
class StaleConnectionTest {

  private static final Duration IDLE = Duration.ofSeconds(1);

  private final AdvancingTime time = new AdvancingTime();
  private final List<AttemptInfo> attempts = new CopyOnWriteArrayList<>();
  private MeshRig rig;

  @BeforeEach
  void start() throws IOException {
    rig = new MeshRig().time(time);
  }

  @AfterEach
  void stop() throws IOException {
    rig.close();
  }

  /**
   * A server whose first connection answers one request, reads a second and closes with these bytes
   * of an answer. All other connections answer everything.
   */
  private RawServer server(String lastBytes) throws IOException {
    RawServer server =
        new RawServer(
            peer -> {
              peer.readHead();
              peer.answer(200, "first");
              peer.readHead();
              if (peer.number() == 1) {
                peer.write(lastBytes);
              } else {
                peer.answer(200, "again");
              }
            });
    rig.closeLater(server);
    return server;
  }

  private OkHttpClient client(RawServer server, String route) throws Exception {
    return client(server, "", route);
  }

  private OkHttpClient client(RawServer server, String cluster, String route) throws Exception {
    rig.cluster("c", cluster).endpoints("c", server.port()).route(route);
    return rig.client();
  }

  private static void warm(OkHttpClient client) throws IOException {
    try (Response response = client.newCall(MeshRig.get()).execute()) {
      assertEquals("first", response.body().string());
    }
  }

  /** A client whose connection has idled for so long that it may have died. */
  private OkHttpClient idling(OkHttpClient client) throws IOException {
    warm(client);
    time.advance(IDLE);
    return client;
  }

  /** The same, of a client whose route says no more than its cluster. */
  private OkHttpClient idling(RawServer server) throws Exception {
    return idling(client(server, "cluster: c"));
  }

  private Response call(OkHttpClient client, Request request) throws IOException {
    CallListener listener =
        new CallListener() {
          @Override
          public void attempt(AttemptInfo attempt) {
            attempts.add(attempt);
          }
        };
    return client.newCall(MeshOkHttp.watched(request, listener)).execute();
  }

  private static Request request(String method, RequestBody body) {
    return new Request.Builder().url(MeshRig.URL).method(method, body).build();
  }

  @Test
  void aGetIsSentOnceMoreOnAFreshConnectionAndSaysSo() throws Exception {
    RawServer server = server("");
    OkHttpClient client = idling(server);
    try (Response response = call(client, MeshRig.get())) {
      assertEquals(200, response.code());
      assertEquals("first", response.body().string());
      CallInfo info = MeshOkHttp.callInfo(response).orElseThrow();
      assertEquals(2, info.attempts());
      assertEquals("-", info.flags().toString());
    }
    assertEquals(2, server.accepted());
    assertEquals(3, server.heads().size());
    assertEquals(2, attempts.size());
    assertEquals("connection termination", attempts.get(0).reset());
    assertTrue(attempts.get(0).next().contains("fresh connection"), attempts.get(0).next());
    assertEquals(1, rig.counted("mesh.client.attempts", "reason", "retry"));
    rig.assertNothingIsLeftOver();
  }

  @Test
  void headAndOptionsAreSentOnceMoreAsWell() throws Exception {
    RawServer server =
        new RawServer(
            peer -> {
              peer.readHead();
              peer.answer(200, "");
              peer.readHead();
            });
    rig.closeLater(server);
    OkHttpClient client = client(server, "cluster: c");
    client.newCall(request("HEAD", null)).execute().close();
    for (String method : List.of("HEAD", "OPTIONS")) {
      time.advance(IDLE);
      try (Response response = call(client, request(method, null))) {
        assertEquals(200, response.code(), method);
        assertEquals(2, MeshOkHttp.callInfo(response).orElseThrow().attempts(), method);
      }
    }
    assertEquals(3, server.accepted());
  }

  private void assertGivenUp(Response response, RawServer server) {
    assertGivenUp(response, server, 503, "UC");
  }

  private void assertGivenUp(Response response, RawServer server, int status, String flag) {
    try (response) {
      assertEquals(status, response.code());
      CallInfo info = MeshOkHttp.callInfo(response).orElseThrow();
      assertEquals(flag, info.flags().toString());
      assertEquals(1, info.attempts());
      assertEquals(2, server.heads().size(), "nothing was sent again");
    }
    rig.assertNothingIsLeftOver();
  }

  @Test
  void aConnectionThatWasUsedUntilJustNowIsNotStale() throws Exception {
    RawServer server = server("");
    OkHttpClient client = client(server, "cluster: c");
    time.stop();
    warm(client);
    assertGivenUp(call(client, MeshRig.get()), server);
  }

  @Test
  void afterTheFirstByteOfAResponseNothingIsSentAgain() throws Exception {
    RawServer server = server("H");
    OkHttpClient client = idling(server);
    assertGivenUp(call(client, MeshRig.get()), server, 502, "UPE");
  }

  @Test
  void aResponseThatOnlyPromisedToComeIsAResponse() throws Exception {
    RawServer server = server("HTTP/1.1 103 Early Hints\r\n\r\n");
    OkHttpClient client = idling(server);
    assertGivenUp(call(client, MeshRig.get()), server);
  }

  @Test
  void aPostIsNotSentAgain() throws Exception {
    RawServer server = server("");
    OkHttpClient client = idling(server);
    Request post = request("POST", RequestBody.create("", MediaType.get("text/plain")));
    assertGivenUp(call(client, post), server);
  }

  @Test
  void aBodyThatCanBeWrittenOnceIsNotSentAgain() throws Exception {
    RawServer server = server("");
    OkHttpClient client = idling(server);
    RequestBody once =
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
            sink.writeUtf8("x");
          }
        };
    assertGivenUp(call(client, request("OPTIONS", once)), server);
  }

  @Test
  void anOptionSwitchesItOff() throws Exception {
    RawServer server = server("");
    rig.options(MeshOkHttp.Options.DEFAULT.withResendsOnDeadConnection(false));
    OkHttpClient client = idling(server);
    assertGivenUp(call(client, MeshRig.get()), server);
  }

  @Test
  void aRetryPolicyThatMatchesGoesFirst() throws Exception {
    RawServer server = server("");
    OkHttpClient client = idling(client(server, "cluster: c, retry_policy: {retry_on: reset}"));
    try (Response response = call(client, MeshRig.get())) {
      assertEquals(200, response.code());
    }
    assertTrue(attempts.get(0).next().startsWith("retried by reset after"), attempts.get(0).next());
    assertEquals(2, server.accepted());
  }

  @Test
  void aPolicyWithoutRetriesLeftForbidsIt() throws Exception {
    RawServer server = server("");
    OkHttpClient client =
        idling(client(server, "cluster: c, retry_policy: {retry_on: reset, num_retries: 0}"));
    try (Response response = call(client, MeshRig.get())) {
      assertEquals(503, response.code());
      assertEquals(1, MeshOkHttp.callInfo(response).orElseThrow().attempts());
    }
  }

  @Test
  void itCountsAsARetryOfTheCluster() throws Exception {
    RawServer server = server("");
    OkHttpClient client =
        idling(client(server, "circuit_breakers: {thresholds: [{max_retries: 0}]}", "cluster: c"));
    try (Response response = call(client, MeshRig.get())) {
      assertEquals(503, response.code());
    }
    assertEquals(2, server.heads().size());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void itHappensOnce() throws Exception {
    RawServer server =
        new RawServer(
            peer -> {
              peer.readHead();
              if (peer.number() == 1) {
                peer.answer(200, "first");
                peer.readHead();
              }
            });
    rig.closeLater(server);
    OkHttpClient client = idling(server);
    try (Response response = call(client, MeshRig.get())) {
      assertEquals(503, response.code());
      assertEquals(2, MeshOkHttp.callInfo(response).orElseThrow().attempts());
    }
    assertEquals(3, server.heads().size());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void theEndpointIsNotBlamed() throws Exception {
    RawServer server = server("");
    OkHttpClient client =
        idling(
            client(
                server,
                "outlier_detection: {consecutive_5xx: 1, max_ejection_percent: 100}",
                "cluster: c"));
    call(client, MeshRig.get()).close();
    assertEquals(2, attempts.size());
    assertEquals(0, rig.counted("mesh.outlier.ejections"));
  }

  @Test
  void theOtherIdleConnectionsOfTheEndpointAreGivenUp() throws Exception {
    RawServer server =
        new RawServer(
            peer -> {
              peer.readHead();
              peer.answer(200, "first");
              peer.readHead();
              if (peer.number() > 2) {
                peer.answer(200, "again");
              }
            });
    rig.closeLater(server);
    OkHttpClient client = client(server, "cluster: c");
    try (Response one = client.newCall(MeshRig.get()).execute();
        Response two = client.newCall(MeshRig.get()).execute()) {
      assertEquals("first", one.body().string());
      assertEquals("first", two.body().string());
    }
    assertEquals(2, server.accepted());
    time.advance(IDLE);
    try (Response response = call(client, MeshRig.get())) {
      assertEquals("first", response.body().string(), "from a third connection");
    }
    Await.until("the two old ones closed", () -> server.connections() == 1, server::connections);
  }

  @Test
  void aStreamOnADeadConnectionOfHttp2IsOpenedOnceMoreOnAFreshOne() throws Exception {
    MockWebServer backend = new MockWebServer();
    backend.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
    backend.enqueue(MeshRig.answer(200, "first"));
    backend.enqueue(MeshRig.closesAfterRequest());
    backend.enqueue(MeshRig.answer(200, "again"));
    backend.start();
    rig.closeLater(backend);
    rig.cluster("c", "http2_protocol_options: {}", backend).route("cluster: c");
    OkHttpClient client = idling(rig.client());
    try (Response response = call(client, MeshRig.get())) {
      assertEquals("again", response.body().string());
      assertEquals(2, MeshOkHttp.callInfo(response).orElseThrow().attempts());
    }
    rig.assertNothingIsLeftOver();
  }

  @Test
  void theIdleTimeOfThePoolIsAnOption() throws Exception {
    RawServer server =
        new RawServer(
            peer -> {
              peer.readHead();
              peer.answer(200, "first");
              peer.awaitClose();
            });
    rig.closeLater(server);
    rig.options(MeshOkHttp.Options.DEFAULT.withIdleTime(Duration.ofMillis(1)));
    warm(client(server, "cluster: c"));
    Await.until("the idle one closed", () -> server.connections() == 0, server::connections);
  }
}
