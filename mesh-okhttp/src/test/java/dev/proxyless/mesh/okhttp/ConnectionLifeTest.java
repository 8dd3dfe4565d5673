package dev.proxyless.mesh.okhttp;

import static dev.proxyless.mesh.okhttp.MeshRig.answer;
import static dev.proxyless.mesh.okhttp.MeshRig.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import mockwebserver3.MockWebServer;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When connections end: with their endpoint, its health, their settings, their age. */
class ConnectionLifeTest {

  private final AdvancingTime time = new AdvancingTime();
  private MeshRig rig;

  @BeforeEach
  void start() throws IOException {
    rig = new MeshRig().time(time);
  }

  @AfterEach
  void stop() throws IOException {
    rig.close();
  }

  private RawServer server(int status) throws IOException {
    RawServer server =
        new RawServer(
            peer -> {
              while (true) {
                peer.readHead();
                peer.answer(status, "ok");
              }
            });
    rig.closeLater(server);
    return server;
  }

  private static void call(OkHttpClient client) throws IOException {
    try (Response response = client.newCall(get()).execute()) {
      assertEquals("ok", response.body().string());
    }
  }

  private static void awaitClosed(RawServer server) throws Exception {
    Await.until("its connections closed", () -> server.connections() == 0, server::connections);
  }

  @Test
  void anIdleConnectionEndsWithItsEndpoint() throws Exception {
    RawServer server = server(200);
    rig.cluster("c", "").endpoints("c", server.port()).route("cluster: c");
    call(rig.client());
    assertEquals(1, server.connections());
    rig.endpoints("c").pushOnly();
    awaitClosed(server);
  }

  @Test
  void aBusyConnectionOfAnEndpointThatLeftEndsWithItsCall() throws Exception {
    CountDownLatch mayEnd = new CountDownLatch(1);
    RawServer server =
        new RawServer(
            peer -> {
              peer.readHead();
              peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
              try {
                assertTrue(mayEnd.await(20, TimeUnit.SECONDS));
              } catch (InterruptedException ended) {
                throw new IOException(ended);
              }
              peer.write("k");
              peer.awaitClose();
            });
    rig.closeLater(server);
    rig.cluster("c", "").endpoints("c", server.port()).route("cluster: c");
    try (Response response = rig.client().newCall(get()).execute()) {
      rig.endpoints("c").pushOnly();
      Await.until(
          "the endpoint left",
          () -> !rig.cluster("c").orElseThrow().toString().contains("127.0.0.1"),
          () -> rig.cluster("c"));
      mayEnd.countDown();
      assertEquals("ok", response.body().string(), "the call was not cut");
    }
    awaitClosed(server);
    rig.assertNothingIsLeftOver();
  }

  @Test
  void theConnectionsOfAnEjectedEndpointEnd() throws Exception {
    RawServer server = server(500);
    rig.cluster("c", "outlier_detection: {consecutive_5xx: 1, max_ejection_percent: 100}")
        .endpoints("c", server.port())
        .route("cluster: c");
    call(rig.client());
    rig.awaitEjection();
    awaitClosed(server);
  }

  @Test
  void theConnectionsBeforeAChangeOfSettingsEnd() throws Exception {
    RawServer server = server(200);
    rig.cluster("c", "").endpoints("c", server.port()).route("cluster: c");
    OkHttpClient client = rig.client();
    call(client);
    rig.connectTimeout("2s").cluster("c", "").endpoints("c", server.port()).push();
    call(client);
    assertEquals(2, server.accepted());
    Await.until("one is left", () -> server.connections() == 1, server::connections);
  }

  private static final MeshOkHttp.Options A_MINUTE =
      MeshOkHttp.Options.DEFAULT.withMaxConnectionAge(Duration.ofMinutes(1));

  private OkHttpClient client(RawServer server, MeshOkHttp.Options options, String common)
      throws InterruptedException {
    rig.options(options);
    rig.cluster("c", "common_http_protocol_options: {" + common + "}");
    return rig.endpoints("c", server.port()).route("cluster: c").client();
  }

  private static boolean saysClose(RawServer server, int request) {
    return server.heads().get(request).contains("Connection: close");
  }

  /** The application's word, the cluster's, and the shorter of two. */
  static Stream<Arguments> agesOfAMinute() {
    return Stream.of(
        Arguments.of(A_MINUTE, "max_connection_duration: 0s"),
        Arguments.of(MeshOkHttp.Options.DEFAULT, "max_connection_duration: 60s"),
        Arguments.of(A_MINUTE, "max_connection_duration: 90s"),
        Arguments.of(
            A_MINUTE.withMaxConnectionAge(Duration.ofHours(1)), "max_connection_duration: 60s"));
  }

  @ParameterizedTest
  @MethodSource("agesOfAMinute")
  void anOldConnectionTakesOneLastRequestAndSaysSo(MeshOkHttp.Options options, String common)
      throws Exception {
    RawServer server = server(200);
    OkHttpClient client = client(server, options, common);
    time.stop();
    call(client);
    time.advance(Duration.ofSeconds(59));
    call(client);
    assertFalse(saysClose(server, 1), server.heads().get(1));
    time.advance(Duration.ofSeconds(1));
    call(client);
    assertTrue(saysClose(server, 2), server.heads().get(2));
    awaitClosed(server);
    call(client);
    assertEquals(2, server.accepted());
  }

  @Test
  void aConnectionTakesNoMoreRequestsThanItsClusterSays() throws Exception {
    RawServer server = server(200);
    OkHttpClient client =
        client(server, MeshOkHttp.Options.DEFAULT, "max_requests_per_connection: 2");
    for (int i = 0; i < 4; i++) {
      call(client);
      assertEquals(i % 2 == 1, saysClose(server, i), server.heads().get(i));
    }
    assertEquals(2, server.accepted());
    awaitClosed(server);
  }

  static Stream<Arguments> idleTimesOfAMoment() {
    MeshOkHttp.Options moment = MeshOkHttp.Options.DEFAULT.withIdleTime(Duration.ofMillis(1));
    return Stream.of(
        Arguments.of(MeshOkHttp.Options.DEFAULT, "idle_timeout: 0.001s"),
        Arguments.of(moment, "idle_timeout: 300s"),
        Arguments.of(moment, "idle_timeout: 0s"));
  }

  @ParameterizedTest
  @MethodSource("idleTimesOfAMoment")
  void anIdleConnectionEndsAfterTheShorterTime(MeshOkHttp.Options options, String common)
      throws Exception {
    RawServer server = server(200);
    call(client(server, options, common));
    awaitClosed(server);
  }

  @ParameterizedTest
  @ValueSource(strings = {"max_connection_duration: 60s", "max_requests_per_connection: 3"})
  void anOldConnectionOfHttp2TakesNoNewStream(String common) throws Exception {
    MockWebServer backend = new MockWebServer();
    backend.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
    for (int i = 0; i < 4; i++) {
      backend.enqueue(answer(200, "ok"));
    }
    backend.start();
    rig.closeLater(backend);
    String settings = "http2_protocol_options: {}\ncommon_http_protocol_options: {" + common + "}";
    rig.cluster("c", settings, backend).route("cluster: c");
    OkHttpClient client = rig.client();
    call(client);
    call(client);
    time.advance(Duration.ofMinutes(1));
    call(client);
    call(client);
    assertEquals(0, backend.takeRequest().getConnectionIndex());
    assertEquals(0, backend.takeRequest().getConnectionIndex());
    assertEquals(0, backend.takeRequest().getConnectionIndex());
    assertEquals(1, backend.takeRequest().getConnectionIndex());
  }

  @Test
  void closingTheMeshEndsAllConnections() throws Exception {
    RawServer server = server(200);
    rig.cluster("c", "").endpoints("c", server.port()).route("cluster: c");
    call(rig.client());
    rig.mesh().close();
    awaitClosed(server);
  }
}
