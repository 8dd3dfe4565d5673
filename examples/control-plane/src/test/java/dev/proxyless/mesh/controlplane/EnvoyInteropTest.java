package dev.proxyless.mesh.controlplane;

import static dev.proxyless.mesh.controlplane.AppsDirectory.SERVICE_A;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.Bootstrap;
import dev.proxyless.mesh.Bootstrap.CloudMap;
import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.okhttp.MeshOkHttp;
import dev.proxyless.mesh.telemetry.CallInfo;
import dev.proxyless.mesh.testing.Await;
import dev.proxyless.mesh.testing.FakeCloudMap;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real Envoy and this library as two clients of one control plane: the same documents, the same
 * servers, the same answers.
 */
@Tag("interop")
class EnvoyInteropTest {

  private static final int CALLS = 4_000;
  private static final String CLUSTER_B = "cds_egress_apps_serviceB_http_8000";

  @TempDir Path documents;
  @TempDir Path work;
  private final List<Backend> serviceB = new ArrayList<>();
  private final List<Backend> serviceB2 = new ArrayList<>();
  private final OkHttpClient plain = new OkHttpClient();
  private int envoyPort;
  private Serving serving;
  private Envoy envoy;
  private Mesh mesh;
  private OkHttpClient meshed;

  @BeforeEach
  void start() throws Exception {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      envoyPort = free.getLocalPort();
    }
    serving = new Serving(documents, envoyPort - 8_000);
    for (int i = 0; i < 3; i++) {
      serviceB.add(new Backend("serviceB"));
    }
    for (int i = 0; i < 2; i++) {
      serviceB2.add(new Backend("serviceBv2"));
    }
    serving.cloudMap.register("serviceb.apps.local", serviceB.stream().map(Backend::port).toList());
    serving.cloudMap.register(
        "servicebv2.apps.local", serviceB2.stream().map(Backend::port).toList());
    envoy = Envoy.of(work, SERVICE_A, serving.port());
    mesh =
        Mesh.builder()
            .bootstrap(
                Bootstrap.builder()
                    .nodeId(SERVICE_A)
                    .controlPlane("127.0.0.1", serving.port())
                    .cloudMap(
                        new CloudMap(
                            true,
                            Optional.of(serving.cloudMap.endpoint()),
                            Optional.of(FakeCloudMap.REGION),
                            Duration.ofMillis(100)))
                    .build())
            .build();
    assertTrue(mesh.awaitReady(Await.LIMIT));
    meshed = MeshOkHttp.install(mesh, new OkHttpClient.Builder()).build();
  }

  @AfterEach
  void stop() throws Exception {
    mesh.close();
    envoy.close();
    serving.close();
    serviceB.forEach(Backend::close);
    serviceB2.forEach(Backend::close);
  }

  @Test
  void bothSplitByTheWeightsOfTheRoute() throws Exception {
    assertShare(0.25, count(this::byEnvoy), "Envoy");
    assertShare(0.25, count(this::byMesh), "the library");

    serving.apps.split(10, 90);
    serving.events.await(Event.Changed.class, event -> true);
    Await.until(
        "Envoy's ACK of the new routes",
        () -> envoy.admin("/config_dump").contains("\"weight\": 90"),
        envoy::log);

    assertShare(0.9, count(this::byEnvoy), "Envoy");
    assertShare(0.9, count(this::byMesh), "the library");
    assertEquals(List.of(), serving.events.all(Event.Rejected.class));
  }

  @Test
  void bothRetryA503OnAnotherHost() throws Exception {
    serving.apps.split(100, 0);
    serving.events.await(Event.Changed.class, event -> true);
    Await.until(
        "Envoy's ACK of the new routes",
        () -> envoy.admin("/config_dump").contains("\"weight\": 100"),
        envoy::log);
    Await.until("the library's new routes", this::meshSendsAllToServiceB, mesh::report);
    Backend bad = serviceB.get(0);
    bad.answer(503);

    int badBefore = bad.requests();
    int attemptsBefore = attempts();
    Map<Integer, Integer> byEnvoy = statuses(this::byEnvoy, 200);
    int retriesOfEnvoy = (int) envoy.counter("cluster." + CLUSTER_B + ".upstream_rq_retry");
    int badByEnvoy = bad.requests() - badBefore;
    assertEquals(Map.of(200, 200), byEnvoy, "no failed call through Envoy");
    assertEquals(200 + retriesOfEnvoy, attempts() - attemptsBefore);

    attemptsBefore = attempts();
    badBefore = bad.requests();
    int retries = 0;
    for (int i = 0; i < 200; i++) {
      try (Response response = byMesh("serviceb.apps.local:8000")) {
        assertEquals(200, response.code(), "no failed call through the library");
        retries += MeshOkHttp.callInfo(response).map(CallInfo::attempts).orElseThrow() - 1;
      }
    }
    int badByMesh = bad.requests() - badBefore;
    assertEquals(200 + retries, attempts() - attemptsBefore);

    // Five errors in a row set the host aside, in both; until then each was retried.
    assertTrue(badByEnvoy >= 5, "Envoy has tried the bad host " + badByEnvoy + " times");
    assertTrue(badByMesh >= 5, "the library has tried the bad host " + badByMesh + " times");
    assertEquals(badByEnvoy, retriesOfEnvoy);
    assertEquals(badByMesh, retries);
  }

  @Test
  void bothAnswerAnUnknownHostWith404() throws Exception {
    try (Response response = byEnvoy("serviceC.apps.local:8000")) {
      assertEquals(404, response.code());
    }
    try (Response response = byMesh("serviceC.apps.local:8000")) {
      assertEquals(404, response.code());
    }
  }

  @Test
  void callsThroughEnvoyGoOnWhileAClusterChangesAndAnotherComes() throws Exception {
    serving.apps.replace(
        "create-virtual-node-serviceb.json",
        AppsDirectory.original("create-virtual-node-serviceb.json")
            .replace("\"maxServerErrors\": 5", "\"maxServerErrors\": 7"));
    long changed = System.nanoTime();
    while (!envoy
        .admin("/config_dump?resource=dynamic_active_clusters")
        .contains("\"consecutive_5xx\": 7")) {
      try (Response response = byEnvoy("serviceb.apps.local:8000")) {
        assertEquals(200, response.code());
      }
      assertTrue(
          System.nanoTime() - changed < Duration.ofSeconds(10).toNanos(),
          () -> "Envoy still waits for the endpoints of the changed cluster: " + envoy.log());
    }

    serving.cloudMap.register("servicec.apps.local", List.of(serviceB.get(0).port()));
    serving.apps.replace(
        "create-virtual-node-servicec.json",
        AppsDirectory.original("create-virtual-node-serviceb.json")
            .replace("\"serviceB\"", "\"serviceC\"")
            .replace("\"serviceb\"", "\"servicec\""));
    serving.apps.replace(
        "update-route.json",
        AppsDirectory.original("update-route.json")
            .replace("\"serviceB\", \"weight\"", "\"serviceC\", \"weight\""));
    while (envoy.counter("cluster.cds_egress_apps_serviceC_http_8000.upstream_rq_total") == 0) {
      try (Response response = byEnvoy("serviceb.apps.local:8000")) {
        assertEquals(200, response.code(), "the route leads to a cluster that is ready");
      }
    }
    Await.until(
        "the end of the old cluster",
        () -> !envoy.admin("/clusters").contains(CLUSTER_B + "::"),
        envoy::log);
    assertEquals(List.of(), serving.events.all(Event.Rejected.class));
  }

  @Test
  void envoyKeepsServingWithoutTheControlPlaneAndObeysItOnceItIsBack() throws Exception {
    serving.stop();
    assertEquals(Map.of(200, 100), statuses(this::byEnvoy, 100));
    serving.apps.split(0, 100);
    serving.restart();

    Await.until(
        "Envoy's obedience",
        () -> envoy.admin("/config_dump").contains("\"weight\": 100"),
        envoy::log);
    try (Response response = byEnvoy("serviceb.apps.local:8000")) {
      assertEquals("serviceBv2", response.body().string());
    }
  }

  /** Sends a request for a host, by one of the two. */
  private interface Way {
    Response call(String host) throws IOException;
  }

  private Response byEnvoy(String host) throws IOException {
    return plain
        .newCall(
            new Request.Builder()
                .url("http://127.0.0.1:" + envoyPort + "/")
                .header("Host", host)
                .build())
        .execute();
  }

  private Response byMesh(String host) throws IOException {
    return meshed.newCall(new Request.Builder().url("http://" + host + "/").build()).execute();
  }

  private boolean meshSendsAllToServiceB() throws IOException {
    int attemptsOfOther = serviceB2.stream().mapToInt(Backend::requests).sum();
    statuses(this::byMesh, 40);
    return serviceB2.stream().mapToInt(Backend::requests).sum() == attemptsOfOther;
  }

  private int attempts() {
    return serviceB.stream().mapToInt(Backend::requests).sum();
  }

  private static Map<String, Integer> count(Way way) throws IOException {
    Map<String, Integer> answers = new TreeMap<>();
    for (int i = 0; i < CALLS; i++) {
      try (Response response = way.call("serviceb.apps.local:8000")) {
        answers.merge(response.body().string(), 1, Integer::sum);
      }
    }
    return answers;
  }

  private static Map<Integer, Integer> statuses(Way way, int calls) throws IOException {
    Map<Integer, Integer> statuses = new TreeMap<>();
    for (int i = 0; i < calls; i++) {
      try (Response response = way.call("serviceb.apps.local:8000")) {
        statuses.merge(response.code(), 1, Integer::sum);
      }
    }
    return statuses;
  }

  /** Within four standard deviations of a binomial distribution. */
  private static void assertShare(double share, Map<String, Integer> answers, String who) {
    assertEquals(CALLS, answers.values().stream().mapToInt(Integer::intValue).sum());
    double bound = 4 * Math.sqrt(CALLS * share * (1 - share));
    int found = answers.getOrDefault("serviceBv2", 0);
    assertTrue(
        Math.abs(found - CALLS * share) <= bound,
        who + " sent " + found + " of " + CALLS + " to serviceBv2, not about " + CALLS * share);
  }
}
