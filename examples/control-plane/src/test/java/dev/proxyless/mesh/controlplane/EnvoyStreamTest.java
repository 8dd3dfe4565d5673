package dev.proxyless.mesh.controlplane;

import static dev.proxyless.mesh.controlplane.AdsTestClient.CDS;
import static dev.proxyless.mesh.controlplane.AdsTestClient.EDS;
import static dev.proxyless.mesh.controlplane.AdsTestClient.LDS;
import static dev.proxyless.mesh.controlplane.AdsTestClient.RDS;
import static dev.proxyless.mesh.controlplane.AppsDirectory.SERVICE_A;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.testing.Await;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster.ClusterWeight;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client that speaks as Envoy does is sent, message by message. */
class EnvoyStreamTest {

  private static final String CLUSTER_B = "cds_egress_apps_serviceB_http_8000";
  private static final String CLUSTER_B2 = "cds_egress_apps_serviceBv2_http_8000";
  private static final String CLUSTER_C = "cds_egress_apps_serviceC_http_8000";
  private static final String ROUTES = "rds_egress_http_8000";

  @TempDir Path directory;
  private Serving serving;

  @BeforeEach
  void serve() throws Exception {
    serving = new Serving(directory);
    serving.cloudMap.register("serviceb.apps.local", List.of(9001, 9002, 9003));
    serving.cloudMap.register("servicebv2.apps.local", List.of(9004));
    serving.cloudMap.registerUnhealthy("servicebv2.apps.local", 9005);
  }

  @AfterEach
  void stop() {
    serving.close();
  }

  @Test
  void envoyGetsLoopbackListenersAndTheEndpointsOfCloudMap() throws Exception {
    try (AdsTestClient envoy = AdsTestClient.envoy(serving.port(), SERVICE_A)) {
      envoy.subscribe(CDS);
      DiscoveryResponse clusters = envoy.nextAcked(CDS);
      assertEquals(
          List.of(CLUSTER_B, CLUSTER_B2),
          AdsTestClient.unpack(clusters, Cluster.class).stream().map(Cluster::getName).toList());

      envoy.subscribe(EDS, CLUSTER_B, CLUSTER_B2);
      List<ClusterLoadAssignment> assignments = awaitAssignments(envoy, 2);
      assertEquals(CLUSTER_B, assignments.get(0).getClusterName());
      assertEquals(List.of(9001, 9002, 9003), ports(assignments.get(0)));
      assertEquals(List.of(9004, 9005), ports(assignments.get(1)));
      assertEquals(
          List.of(HealthStatus.HEALTHY, HealthStatus.UNHEALTHY),
          assignments.get(1).getEndpoints(0).getLbEndpointsList().stream()
              .map(LbEndpoint::getHealthStatus)
              .toList());
      assertEquals("eu-west-1a", assignments.get(0).getEndpoints(0).getLocality().getZone());

      envoy.subscribe(LDS);
      Listener listener = AdsTestClient.unpack(envoy.nextAcked(LDS), Listener.class).get(0);
      SocketAddress address = listener.getAddress().getSocketAddress();
      assertEquals("127.0.0.1", address.getAddress());
      assertEquals(28_000, address.getPortValue());

      envoy.subscribe(RDS, ROUTES);
      assertEquals(List.of(75, 25), weights(envoy.nextAcked(RDS, ROUTES)));
      envoy.expectNothing();
    }
    serving.events.await(
        Event.Disconnected.class, event -> event.who().node().id().equals(SERVICE_A));
  }

  @Test
  void onlyWhatChangedIsSentAgain() throws Exception {
    try (AdsTestClient envoy = connected()) {
      serving.apps.split(10, 90);

      assertEquals(List.of(10, 90), weights(envoy.nextAcked(RDS, ROUTES)));
      envoy.expectNothing();
    }
    Event.Changed changed = serving.events.await(Event.Changed.class, event -> true);
    assertEquals(
        List.of(new Event.NodeChange(SERVICE_A, List.of("RDS " + ROUTES), 1)), changed.nodes());
  }

  @Test
  void aVersionStandsForTheContent() throws Exception {
    String before;
    try (AdsTestClient envoy = connected()) {
      serving.apps.split(10, 90);
      String moved = envoy.nextAcked(RDS, ROUTES).getVersionInfo();
      serving.apps.split(75, 25);
      before = envoy.nextAcked(RDS, ROUTES).getVersionInfo();
      assertNotEquals(moved, before);
    }
    serving.restart();
    try (AdsTestClient envoy = AdsTestClient.envoy(serving.port(), SERVICE_A)) {
      envoy.subscribe(RDS, ROUTES);
      assertEquals(before, envoy.next(RDS).getVersionInfo());
    }
  }

  @Test
  void aFileThatIsTouchedChangesNothing() throws Exception {
    try (AdsTestClient envoy = connected()) {
      serving.apps.replace("update-route.json", AppsDirectory.original("update-route.json"));
      envoy.expectNothing();
      serving.apps.split(50, 50);
      assertEquals(List.of(50, 50), weights(envoy.nextAcked(RDS, ROUTES)));
    }
    serving.events.await(Event.Changed.class, event -> true);
    assertEquals(1, serving.events.all(Event.Changed.class).size());
  }

  @Test
  void aRefusedResponseIsNotSentAgainUntilItChanges() throws Exception {
    try (AdsTestClient envoy = connected()) {
      serving.apps.split(10, 90);
      DiscoveryResponse response = envoy.next(RDS);
      envoy.nack(response, "before", "weights do not please", ROUTES);
      envoy.expectNothing();

      serving.apps.split(20, 80);
      assertEquals(List.of(20, 80), weights(envoy.nextAcked(RDS, ROUTES)));
    }
    Event.Rejected rejected = serving.events.await(Event.Rejected.class, event -> true);
    assertEquals("weights do not please", rejected.reason());
    assertEquals("RDS", rejected.type().shortName());
  }

  @Test
  void clustersComeBeforeTheRoutesThatNeedThemAndGoAfterThem() throws Exception {
    serving.cloudMap.register("servicec.apps.local", List.of(9006));
    serving.apps.replace(
        "create-virtual-node-servicec.json",
        AppsDirectory.original("create-virtual-node-serviceb.json")
            .replace("\"serviceB\"", "\"serviceC\"")
            .replace("\"serviceb\"", "\"servicec\""));
    try (AdsTestClient envoy = connected()) {
      serving.apps.replace(
          "update-route.json",
          AppsDirectory.original("update-route.json").replace("\"serviceBv2\"", "\"serviceC\""));

      DiscoveryResponse more = envoy.next(CDS);
      assertEquals(
          List.of(CLUSTER_B, CLUSTER_B2, CLUSTER_C),
          AdsTestClient.unpack(more, Cluster.class).stream().map(Cluster::getName).toList(),
          "the old cluster stays while routes lead to it");
      envoy.nextAcked(EDS, CLUSTER_B, CLUSTER_B2);
      envoy.expectNothing(); // the routes wait until the clusters are taken
      envoy.ack(more);

      envoy.nextAcked(RDS, ROUTES);
      DiscoveryResponse fewer = envoy.nextAcked(CDS);
      assertEquals(
          List.of(CLUSTER_B, CLUSTER_C),
          AdsTestClient.unpack(fewer, Cluster.class).stream().map(Cluster::getName).toList());
    }
  }

  @Test
  void endpointsAreSentAgainForAClusterThatChanged() throws Exception {
    try (AdsTestClient envoy = connected()) {
      serving.apps.replace(
          "create-virtual-node-serviceb.json",
          AppsDirectory.original("create-virtual-node-serviceb.json")
              .replace("\"maxServerErrors\": 5", "\"maxServerErrors\": 7"));

      envoy.nextAcked(CDS);
      assertEquals(
          2,
          envoy.nextAcked(EDS, CLUSTER_B, CLUSTER_B2).getResourcesCount(),
          "Envoy makes the cluster anew and waits for them");
      envoy.expectNothing();
    }
  }

  @Test
  void endpointsFollowCloudMap() throws Exception {
    try (AdsTestClient envoy = connected()) {
      serving.cloudMap.register("serviceb.apps.local", List.of(9001));

      ClusterLoadAssignment first =
          AdsTestClient.unpack(
                  envoy.nextAcked(EDS, CLUSTER_B, CLUSTER_B2), ClusterLoadAssignment.class)
              .get(0);
      assertEquals(List.of(9001), ports(first));
      envoy.expectNothing();
    }
  }

  @Test
  void cloudMapIsNotAskedBeforeSomebodyWantsIt() throws Exception {
    try (AdsTestClient envoy = AdsTestClient.envoy(serving.port(), SERVICE_A)) {
      envoy.subscribe(CDS);
      envoy.nextAcked(CDS);
      envoy.expectNothing();
      assertEquals(0, serving.cloudMap.requests());
    }
  }

  @Test
  void deltaIsRefusedWithWhatToUse() throws Exception {
    ManagedChannel channel =
        OkHttpChannelBuilder.forAddress("127.0.0.1", serving.port()).usePlaintext().build();
    try {
      CompletableFuture<Throwable> ended = new CompletableFuture<>();
      AggregatedDiscoveryServiceGrpc.newStub(channel)
          .deltaAggregatedResources(
              new StreamObserver<DeltaDiscoveryResponse>() {
                @Override
                public void onNext(DeltaDiscoveryResponse response) {}

                @Override
                public void onError(Throwable failure) {
                  ended.complete(failure);
                }

                @Override
                public void onCompleted() {}
              });
      Status status =
          Status.fromThrowable(ended.get(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS));
      assertEquals(Status.Code.UNIMPLEMENTED, status.getCode());
      assertTrue(
          String.valueOf(status.getDescription()).contains("api_type: GRPC"), status::toString);
    } finally {
      channel.shutdownNow();
    }
  }

  /** An Envoy that has taken all that there is. */
  private AdsTestClient connected() throws Exception {
    AdsTestClient envoy = AdsTestClient.envoy(serving.port(), SERVICE_A);
    envoy.subscribe(CDS);
    envoy.nextAcked(CDS);
    envoy.subscribe(EDS, CLUSTER_B, CLUSTER_B2);
    awaitAssignments(envoy, 2);
    envoy.subscribe(LDS);
    envoy.nextAcked(LDS);
    envoy.subscribe(RDS, ROUTES);
    envoy.nextAcked(RDS, ROUTES);
    serving.events.clear();
    return envoy;
  }

  /** Services answer one after the other, so that assignments may come in two responses. */
  private static List<ClusterLoadAssignment> awaitAssignments(AdsTestClient envoy, int count)
      throws InterruptedException {
    while (true) {
      DiscoveryResponse response = envoy.nextAcked(EDS, CLUSTER_B, CLUSTER_B2);
      if (response.getResourcesCount() == count) {
        return AdsTestClient.unpack(response, ClusterLoadAssignment.class);
      }
    }
  }

  private static List<Integer> ports(ClusterLoadAssignment assignment) {
    return assignment.getEndpointsList().stream()
        .flatMap(locality -> locality.getLbEndpointsList().stream())
        .map(each -> each.getEndpoint().getAddress().getSocketAddress().getPortValue())
        .toList();
  }

  private static List<Integer> weights(DiscoveryResponse response) {
    return AdsTestClient.unpack(response, RouteConfiguration.class)
        .get(0)
        .getVirtualHosts(0)
        .getRoutes(0)
        .getRoute()
        .getWeightedClusters()
        .getClustersList()
        .stream()
        .map(ClusterWeight::getWeight)
        .map(weight -> weight.getValue())
        .toList();
  }
}
