package dev.proxyless.mesh.xds;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import io.envoyproxy.controlplane.cache.v3.SimpleCache;
import io.envoyproxy.controlplane.cache.v3.Snapshot;
import io.envoyproxy.controlplane.server.DiscoveryServerCallbacks;
import io.envoyproxy.controlplane.server.V3DiscoveryServer;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.config.listener.v3.ApiListener;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.okhttp.OkHttpServerBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The stream to a control plane of others' making: java-control-plane, over real sockets. */
@Timeout(60)
final class JavaControlPlaneTest {

  private final SimpleCache<String> cache = new SimpleCache<>(Node::getId);
  private final BlockingQueue<DiscoveryRequest> refusals = new LinkedBlockingQueue<>();
  private Server server;
  private AdsHarness client;

  @BeforeEach
  void start() throws Exception {
    server =
        OkHttpServerBuilder.forPort(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                InsecureServerCredentials.create())
            .addService(
                new V3DiscoveryServer(new Refusals(), cache).getAggregatedDiscoveryServiceImpl())
            .build()
            .start();
    client = new AdsHarness(server.getPort());
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    server.shutdownNow();
    assertTrue(server.awaitTermination(20, TimeUnit.SECONDS));
  }

  @Test
  void aSnapshotArrivesWholeAndIsFollowed() throws Exception {
    cache.setSnapshot(AdsHarness.NODE_ID, snapshot("1", "a", "b"));
    client.await(
        found ->
            found.clusters().keySet().equals(Set.of("a", "b"))
                && found.assignments().keySet().equals(Set.of("a", "b"))
                && found.listeners().keySet().equals(Set.of("l"))
                && found.routes().keySet().equals(Set.of("r")));
    cache.setSnapshot(AdsHarness.NODE_ID, snapshot("2", "b", "c"));
    client.await(
        found ->
            found.clusters().keySet().equals(Set.of("b", "c"))
                && found.assignments().keySet().equals(Set.of("b", "c")));
    assertEquals(0, refusals.size());
    assertEquals(
        Set.of("2"), Set.copyOf(client.statuses().stream().map(ResourceStatus::version).toList()));
  }

  /** What was removed and comes back is asked for again, and answered again. */
  @Test
  void aClusterThatComesBackHasItsEndpointsAgain() throws Exception {
    cache.setSnapshot(AdsHarness.NODE_ID, snapshot("1", "a"));
    client.await(found -> found.assignments().containsKey("a"));
    cache.setSnapshot(AdsHarness.NODE_ID, snapshot("2", "b"));
    client.await(found -> found.assignments().keySet().equals(Set.of("b")));
    cache.setSnapshot(AdsHarness.NODE_ID, snapshot("3", "a", "b"));
    client.await(found -> found.assignments().keySet().equals(Set.of("a", "b")));
  }

  @Test
  void anEmptySnapshotEmptiesTheMesh() throws Exception {
    cache.setSnapshot(AdsHarness.NODE_ID, snapshot("1", "a"));
    client.await(found -> found.assignments().containsKey("a"));
    cache.setSnapshot(AdsHarness.NODE_ID, Snapshot.createEmpty("2"));
    client.await(
        found ->
            found.clusters().isEmpty()
                && found.listeners().isEmpty()
                && found.assignments().isEmpty()
                && found.routes().isEmpty());
  }

  @Test
  void aRefusalReachesTheServerAndTheNextSnapshotMendsIt() throws Exception {
    cache.setSnapshot(AdsHarness.NODE_ID, snapshot("1", "a"));
    client.await(found -> found.assignments().containsKey("a"));
    Cluster bad =
        cluster("b").toBuilder().setConnectTimeout(Duration.newBuilder().setSeconds(-1)).build();
    cache.setSnapshot(
        AdsHarness.NODE_ID,
        Snapshot.create(
            List.of(cluster("a"), bad),
            List.of(assignment("a"), assignment("b")),
            List.of(listener()),
            List.of(routes()),
            List.of(),
            "2"));
    DiscoveryRequest refusal = refusals.poll(20, TimeUnit.SECONDS);
    assertEquals(
        "node mesh/apps/virtualNode/a: b: connect_timeout: is PT-1S; right would be a duration of 0"
            + " or more",
        refusal == null ? "none" : refusal.getErrorDetail().getMessage());
    cache.setSnapshot(AdsHarness.NODE_ID, snapshot("3", "a", "b"));
    client.await(found -> found.assignments().keySet().equals(Set.of("a", "b")));
  }

  private static Snapshot snapshot(String version, String... clusters) {
    List<Cluster> all = new ArrayList<>();
    List<ClusterLoadAssignment> assignments = new ArrayList<>();
    for (String name : clusters) {
      all.add(cluster(name));
      assignments.add(assignment(name));
    }
    return Snapshot.create(
        all, assignments, List.of(listener()), List.of(routes()), List.of(), version);
  }

  private static Cluster cluster(String name) {
    return Cluster.newBuilder()
        .setName(name)
        .setType(Cluster.DiscoveryType.EDS)
        .setEdsClusterConfig(Cluster.EdsClusterConfig.newBuilder().setEdsConfig(ads()))
        .build();
  }

  private static ClusterLoadAssignment assignment(String name) {
    SocketAddress address =
        SocketAddress.newBuilder().setAddress("10.0.0.1").setPortValue(80).build();
    return ClusterLoadAssignment.newBuilder()
        .setClusterName(name)
        .addEndpoints(
            LocalityLbEndpoints.newBuilder()
                .addLbEndpoints(
                    LbEndpoint.newBuilder()
                        .setEndpoint(
                            Endpoint.newBuilder()
                                .setAddress(Address.newBuilder().setSocketAddress(address)))))
        .build();
  }

  private static Listener listener() {
    HttpConnectionManager manager =
        HttpConnectionManager.newBuilder()
            .setRds(Rds.newBuilder().setRouteConfigName("r").setConfigSource(ads()))
            .build();
    return Listener.newBuilder()
        .setName("l")
        .setApiListener(ApiListener.newBuilder().setApiListener(Any.pack(manager)))
        .build();
  }

  private static RouteConfiguration routes() {
    return RouteConfiguration.newBuilder()
        .setName("r")
        .addVirtualHosts(VirtualHost.newBuilder().setName("v").addDomains("*"))
        .build();
  }

  private static ConfigSource ads() {
    return ConfigSource.newBuilder().setAds(AggregatedConfigSource.getDefaultInstance()).build();
  }

  private final class Refusals implements DiscoveryServerCallbacks {
    @Override
    public void onV3StreamRequest(long streamId, DiscoveryRequest request) {
      if (request.hasErrorDetail()) {
        refusals.add(request);
      }
    }

    @Override
    public void onV3StreamDeltaRequest(long streamId, DeltaDiscoveryRequest request) {
      throw new AssertionError("delta was not asked for");
    }
  }
}
