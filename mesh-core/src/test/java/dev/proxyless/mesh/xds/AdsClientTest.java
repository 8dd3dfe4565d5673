package dev.proxyless.mesh.xds;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.testing.Await;
import dev.proxyless.mesh.testing.OwnThreads;
import dev.proxyless.mesh.testing.TcpRelay;
import dev.proxyless.mesh.testing.TestControlPlane;
import dev.proxyless.mesh.testing.TestControlPlane.AdsStream;
import dev.proxyless.mesh.testing.TestControlPlane.Request;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The stream to a control plane, over real sockets. */
@Timeout(60)
final class AdsClientTest {

  private final TestControlPlane server = new TestControlPlane();
  private final AdsHarness client = new AdsHarness(server.port());

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void whatIsSentWholeIsSubscribedToFirstAndTheRestByName() throws Exception {
    AdsStream stream = server.awaitStream();
    assertRequest("CDS version= nonce= names=[]", stream);
    assertRequest("LDS version= nonce= names=[]", stream);
    stream.send(ResourceType.CLUSTER, "1", "c1", eds("b"), eds("a"));
    assertRequest("CDS version=1 nonce=c1 names=[]", stream);
    assertRequest("EDS version= nonce= names=[a, b]", stream);
    stream.send(ResourceType.LISTENER, "1", "l1", listener("l", "r"));
    assertRequest("LDS version=1 nonce=l1 names=[]", stream);
    assertRequest("RDS version= nonce= names=[r]", stream);
    stream.send(ResourceType.ROUTE_CONFIGURATION, "1", "r1", routes("r"));
    assertRequest("RDS version=1 nonce=r1 names=[r]", stream);
    stream.send(ResourceType.CLUSTER_LOAD_ASSIGNMENT, "1", "e1", assignment("a"), assignment("b"));
    assertRequest("EDS version=1 nonce=e1 names=[a, b]", stream);
    client.await(found -> found.assignments().keySet().equals(Set.of("a", "b")));
    assertEquals(Set.of("r"), client.configuration().routes().keySet());
    assertEquals(0, stream.pendingRequests());
  }

  @Test
  void aChangeOfInterestCarriesVersionAndNonce() throws Exception {
    AdsStream stream = subscribed("a", "b");
    stream.send(ResourceType.CLUSTER_LOAD_ASSIGNMENT, "7", "e7", assignment("a"), assignment("b"));
    assertRequest("EDS version=7 nonce=e7 names=[a, b]", stream);
    stream.send(ResourceType.CLUSTER, "2", "c2", eds("b"), eds("c"));
    assertRequest("CDS version=2 nonce=c2 names=[]", stream);
    assertRequest("EDS version=7 nonce=e7 names=[b, c]", stream);
    assertEquals(Set.of("b"), client.configuration().assignments().keySet());
    stream.send(ResourceType.CLUSTER, "3", "c3");
    assertRequest("CDS version=3 nonce=c3 names=[]", stream);
    assertRequest("EDS version=7 nonce=e7 names=[]", stream);
    assertEquals(Set.of(), client.configuration().assignments().keySet());
  }

  @Test
  void aBadResourceIsRefusedByItsFieldAndTheGoodOnesAreTaken() throws Exception {
    AdsStream stream = subscribed("a");
    stream.send(
        ResourceType.CLUSTER,
        "2",
        "c2",
        eds("a"),
        Decoding.bytes(
            ResourceType.CLUSTER,
            "{name: bad, outlier_detection: {interval: 0s}, type:" + " ORIGINAL_DST}"),
        Decoding.bytes(ResourceType.CLUSTER, "{name: worse, type: STRICT_DNS}"),
        eds("b"));
    assertRequest(
        "CDS version=1 nonce=c2 names=[] error=node mesh/apps/virtualNode/a: bad:"
            + " outlier_detection.interval: is 0; right would be more than 0; worse:"
            + " load_assignment: is required",
        stream);
    assertRequest("EDS version= nonce= names=[a, b]", stream);
    assertEquals(Set.of("a", "b"), client.configuration().clusters().keySet());
    assertEquals(
        List.of("connected", "CDS bad refused", "CDS worse refused"),
        List.of(client.awaitEvent(), client.awaitEvent(), client.awaitEvent()));
    stream.send(ResourceType.CLUSTER, "3", "c3", eds("a"));
    assertRequest("CDS version=3 nonce=c3 names=[]", stream);
  }

  @Test
  void aResourceOfAnotherTypeRefusesTheWholeResponse() throws Exception {
    AdsStream stream = subscribed("a");
    stream.send(
        ResourceType.CLUSTER.typeUrl(), ResourceType.LISTENER.typeUrl(), "2", "c2", eds("b"));
    assertRequest(
        "CDS version=1 nonce=c2 names=[] error=node mesh/apps/virtualNode/a: resources[0]: is a"
            + " type.googleapis.com/envoy.config.listener.v3.Listener in a response of"
            + " type.googleapis.com/envoy.config.cluster.v3.Cluster",
        stream);
    assertEquals(Set.of("a"), client.configuration().clusters().keySet());
  }

  @Test
  void absenceRemovesClustersAndListenersAlone() throws Exception {
    AdsStream stream = subscribed("a", "b");
    stream.send(ResourceType.CLUSTER_LOAD_ASSIGNMENT, "1", "e1", assignment("a"), assignment("b"));
    stream.send(ResourceType.CLUSTER_LOAD_ASSIGNMENT, "2", "e2", assignment("b"));
    stream.send(ResourceType.LISTENER, "1", "l1", listener("l", "r"));
    stream.send(ResourceType.ROUTE_CONFIGURATION, "1", "r1", routes("r"));
    stream.send(ResourceType.ROUTE_CONFIGURATION, "2", "r2");
    client.await(found -> found.routes().containsKey("r"));
    assertEquals(Set.of("a", "b"), client.configuration().assignments().keySet());
    stream.send(ResourceType.LISTENER, "2", "l2");
    stream.send(ResourceType.CLUSTER, "2", "c2", eds("a"));
    client.await(found -> found.listeners().isEmpty() && found.clusters().size() == 1);
    assertEquals(Set.of("a"), client.configuration().assignments().keySet());
    assertEquals(Set.of(), client.configuration().routes().keySet());
  }

  @Test
  void whatWasNotAskedForIsAcknowledgedAndNotTaken() throws Exception {
    AdsStream stream = subscribed("a");
    stream.send(ResourceType.CLUSTER_LOAD_ASSIGNMENT, "1", "e1", assignment("a"), assignment("z"));
    assertRequest("EDS version=1 nonce=e1 names=[a]", stream);
    assertEquals(Set.of("a"), client.configuration().assignments().keySet());
    assertEquals(2, client.statuses().size(), client.statuses()::toString);
  }

  @Test
  void responsesThatCannotBeTakenDoNotStopTheStream() throws Exception {
    AdsStream stream = subscribed("a");
    stream.send("type.googleapis.com/envoy.service.runtime.v3.Runtime", "any/thing", "1", "x");
    stream.send(ResourceType.ROUTE_CONFIGURATION, "1", "nobody asked", routes("r"));
    stream.sendBytes(new byte[] {0x0a, 5});
    stream.sendBytes(new byte[0]);
    stream.send(ResourceType.CLUSTER, "2", "c2", eds("a"));
    assertRequest("CDS version=2 nonce=c2 names=[]", stream);
    assertEquals(Set.of(), client.configuration().routes().keySet());
  }

  @Test
  void aResponseThatComesTwiceIsAnsweredTwice() throws Exception {
    AdsStream stream = subscribed("a");
    stream.send(ResourceType.CLUSTER, "2", "c2", eds("a"));
    stream.send(ResourceType.CLUSTER, "2", "c2", eds("a"));
    stream.send(ResourceType.CLUSTER, "1", "c3", eds("a"));
    assertRequest("CDS version=2 nonce=c2 names=[]", stream);
    assertRequest("CDS version=2 nonce=c2 names=[]", stream);
    assertRequest("CDS version=1 nonce=c3 names=[]", stream);
  }

  /** More than gRPC's default of 4 MiB. */
  @Test
  void aLargeAssignmentIsTaken() throws Exception {
    AdsStream stream = subscribed("a");
    LocalityLbEndpoints.Builder group = LocalityLbEndpoints.newBuilder();
    for (int i = 0; i < 100_000; i++) {
      SocketAddress address =
          SocketAddress.newBuilder()
              .setAddress("10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255))
              .setPortValue(8080)
              .build();
      group.addLbEndpoints(
          LbEndpoint.newBuilder()
              .setEndpoint(
                  Endpoint.newBuilder()
                      .setHostname("instance-" + i + ".service.local")
                      .setAddress(Address.newBuilder().setSocketAddress(address))));
    }
    byte[] large =
        ClusterLoadAssignment.newBuilder()
            .setClusterName("a")
            .addEndpoints(group)
            .build()
            .toByteArray();
    assertTrue(large.length > 4 << 20, "only " + large.length + " bytes");
    stream.send(ResourceType.CLUSTER_LOAD_ASSIGNMENT, "1", "e1", large);
    assertRequest("EDS version=1 nonce=e1 names=[a]", stream);
    EndpointAssignment assignment = client.configuration().assignments().get("a");
    assertEquals(100_000, assignment == null ? 0 : assignment.size());
  }

  @Test
  void aNewStreamKeepsVersionsAndForgetsNonces() throws Exception {
    AdsStream first = subscribed("a");
    first.send(ResourceType.LISTENER, "5", "l5", listener("l", "r"));
    first.send(ResourceType.CLUSTER_LOAD_ASSIGNMENT, "6", "e6", assignment("a"));
    client.await(found -> found.assignments().containsKey("a"));
    first.end(Status.UNAVAILABLE.withDescription("going down"));
    AdsStream second = server.awaitStream();
    assertRequest("CDS version=1 nonce= names=[]", second);
    assertRequest("EDS version=6 nonce= names=[a]", second);
    assertRequest("LDS version=5 nonce= names=[]", second);
    assertRequest("RDS version= nonce= names=[r]", second);
    assertEquals(Set.of("a"), client.configuration().clusters().keySet());
    second.send(ResourceType.CLUSTER, "2", "c1", eds("a"), eds("b"));
    assertRequest("CDS version=2 nonce=c1 names=[]", second);
    assertRequest("EDS version=6 nonce= names=[a, b]", second);
    assertEquals(
        List.of("connected", "disconnected", "connected"),
        List.of(client.awaitEvent(), client.awaitEvent(), client.awaitEvent()));
  }

  @Test
  void aStreamThatEndsWellIsOpenedAgainToo() throws Exception {
    subscribed("a").end(Status.OK);
    assertRequest("CDS version=1 nonce= names=[]", server.awaitStream());
  }

  @Test
  void theBackOffGrowsWithoutAnAnswerAndIsResetByOne() throws Exception {
    for (int i = 0; i < 9; i++) {
      server.awaitStream().end(Status.PERMISSION_DENIED);
    }
    client.awaitDelays(9);
    assertEquals(
        List.of(250L, 500L, 1_000L, 2_000L, 4_000L, 8_000L, 15_000L, 15_000L, 15_000L),
        client.delays.subList(0, 9).stream().map(Duration::toMillis).toList());
    AdsStream stream = server.awaitStream();
    stream.send(ResourceType.CLUSTER, "1", "c1");
    assertEquals("connected", client.awaitEvent());
    stream.end(Status.UNAVAILABLE);
    client.awaitDelays(10);
    assertEquals(Duration.ofMillis(250), client.delays.get(9));
  }

  /** From half of the interval to the whole of it. */
  @Test
  void theBackOffIsJittered() throws Exception {
    client.random(250);
    server.awaitStream().end(Status.UNAVAILABLE);
    client.awaitDelays(1);
    client.random(500);
    server.awaitStream().end(Status.UNAVAILABLE);
    client.awaitDelays(2);
    client.random(-1);
    server.awaitStream().end(Status.UNAVAILABLE);
    client.awaitDelays(3);
    assertEquals(Duration.ofMillis(500), client.delays.get(0));
    assertEquals(Duration.ofSeconds(1), client.delays.get(1));
    long third = client.delays.get(2).toMillis();
    assertTrue(third >= 1_000 && third <= 2_000, "waited " + third + " ms");
  }

  @Test
  void configurationOutlivesTheServerAndFollowsItsReturn() throws Exception {
    subscribed("a");
    server.stop();
    assertEquals("connected", client.awaitEvent());
    assertEquals("disconnected", client.awaitEvent());
    int delays = client.delays.size();
    client.awaitDelays(delays + 3);
    assertEquals(Set.of("a"), client.configuration().clusters().keySet());
    server.start();
    AdsStream stream = server.awaitStream();
    assertRequest("CDS version=1 nonce= names=[]", stream);
    stream.send(ResourceType.CLUSTER, "2", "c1", eds("b"));
    client.await(found -> found.clusters().keySet().equals(Set.of("b")));
    assertEquals("connected", client.awaitEvent());
  }

  /** A server that drains lets the stream go on; the next one is another's. */
  @Test
  void aServerThatGoesAwayEndsNothingBeforeItsTime() throws Exception {
    AdsStream stream = subscribed("a");
    server.goAway();
    stream.send(ResourceType.CLUSTER, "2", "c2", eds("b"));
    assertRequest("CDS version=2 nonce=c2 names=[]", stream);
    stream.end(Status.UNAVAILABLE);
    server.stop();
    server.start();
    assertRequest("CDS version=2 nonce= names=[]", server.awaitStream());
    assertEquals(Set.of("b"), client.configuration().clusters().keySet());
  }

  @Test
  void aConnectionThatIsResetIsMadeAgain() throws Exception {
    try (TcpRelay relay = new TcpRelay(server.port());
        AdsHarness relayed = new AdsHarness(relay.port())) {
      AdsStream own = server.awaitStream();
      AdsStream other = server.awaitStream();
      for (AdsStream stream : List.of(own, other)) {
        stream.send(ResourceType.CLUSTER, "1", "c1", eds("a"));
      }
      relayed.await(found -> found.clusters().containsKey("a"));
      relay.cut();
      AdsStream again = server.awaitStream();
      assertRequest("CDS version=1 nonce= names=[]", again);
      assertEquals(Set.of("a"), relayed.configuration().clusters().keySet());
    }
  }

  @Test
  void closingLeavesNoThreadAndNoSocket() throws Exception {
    AdsStream first = server.awaitStream();
    client.close();
    first.awaitEnd();
    List<String> left =
        OwnThreads.leftBy(
            () -> {
              AdsHarness another = new AdsHarness(server.port());
              AdsStream stream = server.awaitStream();
              stream.send(ResourceType.CLUSTER, "1", "c1", eds("a"));
              another.await(found -> found.clusters().containsKey("a"));
              assertTrue(Thread.currentThread().getThreadGroup().activeCount() > 1);
              another.close();
              stream.awaitEnd();
              return null;
            });
    assertEquals(List.of(), left);
    Await.until("the end of connections", () -> server.connections() == 0, server::connections);
  }

  /** A stream on which these EDS clusters were sent, and the requests of that awaited. */
  private AdsStream subscribed(String... clusters) throws InterruptedException {
    AdsStream stream = server.awaitStream();
    assertRequest("CDS version= nonce= names=[]", stream);
    assertRequest("LDS version= nonce= names=[]", stream);
    byte[][] resources = new byte[clusters.length][];
    for (int i = 0; i < clusters.length; i++) {
      resources[i] = eds(clusters[i]);
    }
    stream.send(ResourceType.CLUSTER, "1", "c1", resources);
    assertRequest("CDS version=1 nonce=c1 names=[]", stream);
    assertRequest("EDS version= nonce= names=" + List.of(clusters), stream);
    return stream;
  }

  private static void assertRequest(String expected, AdsStream stream) throws InterruptedException {
    Request request = stream.awaitRequest();
    assertEquals(expected, request.toString());
    assertEquals(Optional.of(AdsHarness.NODE_ID), request.nodeId());
  }

  private static byte[] eds(String name) {
    return Decoding.bytes(
        ResourceType.CLUSTER, "{name: " + name + ", type: EDS, eds_cluster_config: {}}");
  }

  private static byte[] assignment(String name) {
    return Decoding.bytes(ResourceType.CLUSTER_LOAD_ASSIGNMENT, "{cluster_name: " + name + "}");
  }

  private static byte[] routes(String name) {
    return Decoding.bytes(ResourceType.ROUTE_CONFIGURATION, "{name: " + name + "}");
  }

  private static byte[] listener(String name, String route) {
    return Decoding.bytes(
        ResourceType.LISTENER,
        "{name: "
            + name
            + ", api_listener: {api_listener: {"
            + Decoding.HTTP_CONNECTION_MANAGER
            + ", rds: {route_config_name: "
            + route
            + "}}}}");
  }
}
