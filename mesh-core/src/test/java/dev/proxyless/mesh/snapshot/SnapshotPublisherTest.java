package dev.proxyless.mesh.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.cluster.Endpoint;
import dev.proxyless.mesh.testing.LogLines;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SnapshotPublisherTest {

  private static final String OUTLIERS =
      """
      outlier_detection:
        consecutive_5xx: %d
        max_ejection_percent: 100
        interval: 1s
        base_ejection_time: 30s
      """;
  private static final Duration JUST_BEFORE = Duration.ofMillis(14_999);
  private static final Duration A_MOMENT = Duration.ofMillis(1);

  private final Publishing mesh = new Publishing();

  @AfterEach
  void end() {
    mesh.close();
  }

  /** One snapshot, with one cluster of the endpoints 1 and 2. */
  private void inForce(String more) {
    mesh.listener().routesTo("c").cluster("c", more).endpoints("c", 1, 2).update();
    assertEquals(List.of(1L), mesh.applied);
  }

  @Test
  void nothingIsInForceBeforeAllThatRoutesNeedIsThere() {
    mesh.listener().update();
    assertFalse(mesh.isReady(), "the routes have not come");
    assertEquals(List.of("route configuration r"), mesh.awaited());
    mesh.routesTo("c").update();
    assertFalse(mesh.isReady(), "the cluster has not");
    assertEquals(List.of("cluster c"), mesh.awaited());
    mesh.cluster("c", "").update();
    assertFalse(mesh.isReady(), "its endpoints have not");
    assertEquals(List.of("endpoints of cluster c"), mesh.awaited());
    mesh.endpoints("c", 1).update();

    assertTrue(mesh.isReady());
    assertEquals(List.of(), mesh.awaited());
    assertEquals(1, mesh.current().generation());
    assertEquals("c", mesh.routed());
    assertEquals(List.of("10.0.0.1:80"), mesh.names("c"));
  }

  @Test
  void anAnswerThatThereAreNoEndpointsIsAnAnswer() {
    mesh.listener().routesTo("c").cluster("c", "").endpoints("c").update();
    assertTrue(mesh.isReady());
    assertEquals(List.of(), mesh.names("c"));
  }

  @Test
  void aClusterThatNoRouteNamesIsNotWaitedFor() {
    mesh.listener().routesTo("c").cluster("c", "").cluster("unused", "").endpoints("c", 1).update();
    assertTrue(mesh.isReady());
  }

  @Test
  void routesThatDoNotComeWithin15SecondsAreTakenNotToExist() {
    mesh.listener().update();
    mesh.time.advance(JUST_BEFORE);
    assertFalse(mesh.isReady());
    try (LogLines log = new LogLines()) {
      mesh.time.advance(A_MOMENT);
      assertEquals(
          1, log.with("route configuration r did not come within 15 s").size(), "and it is told");
    }
    assertEquals("", mesh.routed());
  }

  @Test
  void aClusterThatDoesNotComeWithin15SecondsIsTakenNotToExist() {
    mesh.listener().routesTo("c").update();
    mesh.time.advance(JUST_BEFORE);
    assertFalse(mesh.isReady());
    try (LogLines log = new LogLines()) {
      mesh.time.advance(A_MOMENT);
      assertEquals(1, log.with("cluster c did not come within 15 s").size());
    }
    assertEquals("c", mesh.routed());
    assertEquals(Optional.empty(), mesh.target("c"));
  }

  @Test
  void endpointsThatDoNotComeWithin15SecondsMayComeLater() {
    mesh.listener().routesTo("c").cluster("c", "").update();
    mesh.time.advance(JUST_BEFORE);
    assertFalse(mesh.isReady());
    try (LogLines log = new LogLines()) {
      mesh.time.advance(A_MOMENT);
      assertEquals(1, log.with("endpoints of cluster c did not come within 15 s").size());
    }
    assertEquals(List.of(), mesh.names("c"));
    mesh.endpoints("c", 1).update();
    assertEquals(List.of("10.0.0.1:80"), mesh.names("c"));
    assertEquals(List.of(1L), mesh.applied, "endpoints need no snapshot");
  }

  @Test
  void eachMissingThingHas15SecondsOfItsOwn() {
    mesh.listener().update();
    mesh.time.advance(Duration.ofSeconds(14));
    mesh.routesTo("c").update();
    mesh.time.advance(Duration.ofSeconds(14));
    assertFalse(mesh.isReady(), "the cluster is missing since 14 s");
    mesh.time.advance(Duration.ofSeconds(1));
    assertTrue(mesh.isReady());
  }

  @Test
  void theSnapshotBeforeStaysInForceWithItsEndpointsUntilTheNewOneIsWhole() {
    inForce("");
    mesh.routesTo("d").withoutCluster("c").cluster("d", "").endpoints("c", 2, 3).update();

    assertEquals("c", mesh.routed(), "d has no endpoints yet");
    assertEquals(List.of("10.0.0.2:80", "10.0.0.3:80"), mesh.names("c"), "which go on changing");

    mesh.endpoints("d", 4).update();
    assertEquals("d", mesh.routed());
    assertEquals(Optional.empty(), mesh.target("c"));
    assertEquals(List.of(1L, 2L), mesh.applied);
  }

  @Test
  void aClusterThatRoutesStillNameIsRemovedAfter15Seconds() {
    inForce("");
    mesh.withoutCluster("c").update();
    mesh.time.advance(JUST_BEFORE);
    assertEquals(List.of("10.0.0.1:80", "10.0.0.2:80"), mesh.names("c"));
    mesh.time.advance(A_MOMENT);
    assertEquals(Optional.empty(), mesh.target("c"));
    assertEquals("c", mesh.routed(), "which is answered 503 NC");
  }

  @Test
  void whatWasTakenNotToExistDoesNotHoldUpTheNextChange() {
    mesh.listener().routesTo("missing").update();
    mesh.time.advance(Duration.ofSeconds(15));
    assertEquals("missing", mesh.routed());

    mesh.cluster("d", "").endpoints("d", 1).update();
    assertTrue(mesh.target("d").isPresent(), "at once");

    mesh.cluster("missing", "").endpoints("missing", 2).update();
    assertEquals(List.of("10.0.0.2:80"), mesh.names("missing"));
    mesh.withoutCluster("missing").update();
    assertTrue(mesh.target("missing").isPresent(), "what was there is missed anew");
    mesh.time.advance(Duration.ofSeconds(15));
    assertEquals(Optional.empty(), mesh.target("missing"));
  }

  @Test
  void theSameConfigurationIsNoNewSnapshot() {
    inForce("");
    MeshSnapshot before = mesh.current();
    mesh.update();
    assertSame(before, mesh.current());
  }

  @Test
  void whatDidNotChangeIsShared() {
    inForce("");
    MeshSnapshot before = mesh.current();
    Endpoint endpoint = mesh.live("c").get(0);
    var table = mesh.chain().table();

    mesh.cluster("d", "").endpoints("d", 9).update();

    assertNotSame(before, mesh.current());
    assertSame(table, mesh.chain().table(), "the routes' table");
    assertSame(before.cluster("c"), mesh.current().cluster("c"), "the cluster");
    assertSame(endpoint, mesh.live("c").get(0), "its endpoints");
  }

  @Test
  void changedRoutesHaveANewTableAndTheSameClusters() {
    inForce("");
    MeshSnapshot before = mesh.current();
    var table = mesh.chain().table();
    mesh.cluster("d", "").endpoints("d", 9).routesTo("d").update();
    assertNotSame(table, mesh.chain().table());
    assertSame(before.cluster("c"), mesh.current().cluster("c"));
  }

  @Test
  void anEjectedEndpointStaysEjectedThroughChangesOfItsCluster() {
    inForce(OUTLIERS.formatted(2));
    Endpoint first = mesh.live("c").get(0);
    first.begin();
    fail(first, 2);
    assertTrue(first.isEjected());

    mesh.cluster("c", OUTLIERS.formatted(3) + "connect_timeout: 2s\n").update();
    mesh.endpoints("c", 3, 1).update();

    assertEquals(List.of(1L, 2L), mesh.applied);
    assertEquals(List.of("10.0.0.3:80", "10.0.0.1:80"), mesh.names("c"));
    assertSame(first, mesh.live("c").get(1));
    assertTrue(first.isEjected());
    assertEquals(1, first.active());
  }

  private void fail(Endpoint endpoint, int times) {
    for (int i = 0; i < times; i++) {
      mesh.target("c").orElseThrow().upstream().report(endpoint, 500);
    }
  }

  @Test
  void aClustersNewVersionWaitsForItsSnapshot() {
    inForce(OUTLIERS.formatted(2));
    MeshSnapshot before = mesh.current();

    mesh.cluster("c", OUTLIERS.formatted(9)).routesTo("missing").update();

    assertSame(before, mesh.current());
    Endpoint first = mesh.live("c").get(0);
    fail(first, 2);
    assertTrue(first.isEjected(), "by the version in force");

    mesh.time.advance(Duration.ofSeconds(15));
    assertEquals("missing", mesh.routed());
    Endpoint second = mesh.live("c").get(1);
    fail(second, 8);
    assertFalse(second.isEjected());
    fail(second, 1);
    assertTrue(second.isEjected(), "by the new version");
  }

  @Test
  void aChangeThatIsTakenBackBeforeItWasWholeLeavesNothingBehind() {
    inForce(OUTLIERS.formatted(2));
    MeshSnapshot before = mesh.current();
    int timers = mesh.time.timers();

    mesh.cluster("c", OUTLIERS.formatted(9)).cluster("d", OUTLIERS.formatted(2)).routesTo("d");
    mesh.update();
    mesh.cluster("c", OUTLIERS.formatted(2)).withoutCluster("d").routesTo("c").update();
    mesh.time.advance(Duration.ofSeconds(16));

    assertSame(before, mesh.current());
    assertEquals(timers, mesh.time.timers(), "the cluster that never was has ended");
    Endpoint first = mesh.live("c").get(0);
    fail(first, 2);
    assertTrue(first.isEjected(), "errors are still counted");

    mesh.cluster("d", "").routesTo("d").update();
    mesh.time.advance(JUST_BEFORE);
    assertEquals("c", mesh.routed(), "the next time, d has 15 s again");
  }

  @Test
  void aCertificateThatCannotBeReadLeavesTheClusterAsItWas() {
    inForce("");
    try (LogLines log = new LogLines()) {
      mesh.cluster(
              "c",
              """
              connect_timeout: 2s
              transport_socket:
                name: envoy.transport_sockets.tls
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                  common_tls_context:
                    validation_context: {trusted_ca: {filename: /not/here/ca.pem}}
              """)
          .update();
      List<String> lines = log.with("cluster c: its TLS context cannot be used");
      assertEquals(1, lines.size(), lines::toString);
      assertTrue(lines.get(0).contains("/not/here/ca.pem"), lines::toString);
      assertTrue(lines.get(0).contains("the cluster stays as it was"), lines::toString);
    }
    assertNull(mesh.target("c").orElseThrow().tls());
    assertEquals(List.of("10.0.0.1:80", "10.0.0.2:80"), mesh.names("c"));
  }

  @Test
  void waitingEndsWithTheFirstSnapshot() throws Exception {
    mesh.listener().routesTo("c").cluster("c", "").update();
    mesh.time.schedule(Duration.ofSeconds(3), () -> mesh.endpoints("c", 1).update());

    assertSame(mesh.publisher.await(Duration.ofSeconds(10)), mesh.current());
    assertEquals(Duration.ofSeconds(3), mesh.time.elapsed());
  }

  @Test
  void waitingIsBounded() throws Exception {
    mesh.listener().update();

    assertNull(mesh.publisher.await(Duration.ofSeconds(10)));
    assertEquals(Duration.ofSeconds(10), mesh.time.elapsed());
  }

  @Test
  void endpointsThatAreLookedForHereAreWaitedForToo() {
    mesh.cluster("unused", "").dnsCluster("c", "127.0.0.1").listener().routesTo("c").update();
    assertEquals(List.of("127.0.0.1:80"), mesh.names("c"));
  }
}
