package dev.proxyless.mesh.okhttp;

import static dev.proxyless.mesh.okhttp.MeshRig.answer;
import static dev.proxyless.mesh.okhttp.MeshRig.get;
import static dev.proxyless.mesh.okhttp.MeshRig.never;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockWebServer;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of endpoints: set aside, full, removed. */
class EndpointTest {

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
  void anEndpointThatFailsAgainAndAgainIsSetAside() throws Exception {
    MockWebServer bad = rig.backend();
    MockWebServer good = rig.backend();
    for (int i = 0; i < 20; i++) {
      bad.enqueue(answer(500, ""));
      good.enqueue(answer(200, ""));
    }
    rig.cluster(
            "c",
            "outlier_detection: {consecutive_5xx: 2, max_ejection_percent: 50, interval: 60s}",
            bad,
            good)
        .route("cluster: c");
    OkHttpClient client = rig.client();
    for (int i = 0; i < 4; i++) {
      client.newCall(get()).execute().close();
    }
    assertEquals(2, bad.getRequestCount());
    rig.awaitEjection();
    for (int i = 0; i < 6; i++) {
      try (Response response = client.newCall(get()).execute()) {
        assertEquals(200, response.code());
      }
    }
    assertEquals(2, bad.getRequestCount(), "no more after the ejection");
  }

  @Test
  void aClusterWithoutRoomAnswersOverflowAndBlamesNobody() throws Exception {
    MockWebServer backend = rig.backend();
    backend.enqueue(never());
    rig.cluster("c", "circuit_breakers: {thresholds: [{max_requests: 1}]}", backend)
        .route("cluster: c");
    OkHttpClient client = rig.client();
    Call first = client.newCall(get());
    CountDownLatch ended = new CountDownLatch(1);
    Thread holder =
        new Thread(
            () -> {
              assertThrows(IOException.class, () -> first.execute().close());
              ended.countDown();
            });
    holder.start();
    backend.takeRequest();
    try (Response response = client.newCall(get()).execute()) {
      assertEquals(503, response.code());
      assertEquals("true", response.header("x-envoy-overloaded"));
      assertEquals("UO", MeshOkHttp.callInfo(response).orElseThrow().flags().toString());
    }
    first.cancel();
    assertTrue(ended.await(20, TimeUnit.SECONDS), "the first call ended");
    assertEquals(1, backend.getRequestCount());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void anEndpointThatIsRemovedLosesItsConnections() throws Exception {
    MockWebServer a = rig.backend();
    MockWebServer b = rig.backend();
    a.enqueue(answer(200, "a"));
    a.enqueue(answer(200, "a"));
    b.enqueue(answer(200, "b"));
    rig.cluster("c", "", a).route("cluster: c");
    OkHttpClient client = rig.client();
    client.newCall(get()).execute().close();
    assertEquals(0, a.takeRequest().getConnectionIndex());
    rig.endpoints("c", b.getPort()).pushOnly();
    awaitEndpoint(b.getPort());
    try (Response response = client.newCall(get()).execute()) {
      assertEquals("b", response.body().string());
    }
    rig.endpoints("c", a.getPort()).pushOnly();
    awaitEndpoint(a.getPort());
    client.newCall(get()).execute().close();
    assertNotEquals(0, a.takeRequest().getConnectionIndex(), "a new connection");
  }

  private void awaitEndpoint(int port) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!String.valueOf(rig.cluster("c")).contains("127.0.0.1:" + port)) {
      assertTrue(System.nanoTime() < deadline, "the endpoint came");
      Thread.onSpinWait();
    }
  }
}
