package dev.proxyless.mesh.xds;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.model.Cluster;
import dev.proxyless.mesh.model.Cluster.Discovery;
import dev.proxyless.mesh.telemetry.MeshListener;
import dev.proxyless.mesh.telemetry.MeshMeters;
import dev.proxyless.mesh.telemetry.MeshTracing;
import dev.proxyless.mesh.telemetry.Telemetry;
import dev.proxyless.mesh.xds.ResourceStatus.State;
import dev.proxyless.mesh.xds.XdsResource.Bytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ResourceStoreTest {

  private static final String NO_ADDRESS =
      "load_assignment.endpoints[0].lb_endpoints[0].endpoint.address.socket_address: has address \"\""
          + " and port 0; right would be an IP address and a port from 1 to 65535";

  private final List<String> refused = new ArrayList<>();
  private final Telemetry telemetry =
      new Telemetry(
          MeshMeters.NONE,
          MeshTracing.NONE,
          new MeshListener() {
            @Override
            public void configurationRejected(String type, String name, String reason) {
              refused.add(type + " " + name + " " + reason);
            }
          });
  private final ResourceStore store =
      new ResourceStore(
          new Decoder(new RealChecks()),
          discovery -> discovery instanceof Discovery.Eds,
          telemetry);

  @Test
  void whatIsAcceptedIsInForceUnderItsName() {
    assertEquals(List.of(), clusters("1", eds("a"), eds("b")));
    assertEquals(Set.of("a", "b"), store.configuration().clusters().keySet());
    assertStatuses("CLUSTER a 1 ACKED", "CLUSTER b 1 ACKED");
  }

  @Test
  void goodResourcesOfAResponseAreAppliedThoughAnotherIsRefused() {
    assertEquals(List.of("bad: " + NO_ADDRESS), clusters("1", eds("a"), broken("bad"), eds("b")));
    assertEquals(Set.of("a", "b"), store.configuration().clusters().keySet());
    assertEquals(List.of("CDS bad " + NO_ADDRESS), refused);
    assertStatuses("CLUSTER a 1 ACKED", "CLUSTER b 1 ACKED", "CLUSTER bad  NACKED " + NO_ADDRESS);
  }

  @Test
  void aRefusedResourceLeavesTheOneBeforeInForce() {
    clusters("1", eds("a"));
    Cluster before = cluster("a");
    assertEquals(List.of("a: " + NO_ADDRESS), clusters("2", broken("a")));
    assertSame(before, cluster("a"));
    assertStatuses("CLUSTER a 1 NACKED " + NO_ADDRESS);
  }

  @Test
  void aGoodResourceEndsARefusal() {
    clusters("1", eds("a"));
    clusters("2", broken("a"));
    assertEquals(List.of(), clusters("3", eds("a")));
    assertStatuses("CLUSTER a 3 ACKED");
  }

  @Test
  void theSameBytesAreRefusedAgainAndToldOnce() {
    clusters("1", broken("a"));
    assertEquals(List.of("a: " + NO_ADDRESS), clusters("2", broken("a")));
    assertEquals(1, refused.size());
  }

  @Test
  void unchangedBytesAreNotDecodedAgain() {
    clusters("1", eds("a"), eds("b"));
    Cluster before = cluster("a");
    clusters("2", eds("a"), eds("b", "connect_timeout: 1s"));
    assertSame(before, cluster("a"));
    assertEquals(Duration.ofSeconds(1), cluster("b").connections().connectTimeout());
    assertStatuses("CLUSTER a 2 ACKED", "CLUSTER b 2 ACKED");
  }

  @Test
  void whatACompleteResponseLacksIsRemoved() {
    clusters("1", eds("a"), eds("b"));
    clusters("2", eds("b"));
    assertEquals(Set.of("b"), store.configuration().clusters().keySet());
    clusters("3");
    assertEquals(Set.of(), store.configuration().clusters().keySet());
  }

  @Test
  void whatAnyOtherResponseLacksStays() {
    clusters("1", eds("a"), eds("b"));
    assignments("1", "a", "b");
    assignments("2", "b");
    assertEquals(Set.of("a", "b"), store.configuration().assignments().keySet());
    assertStatuses(
        "CLUSTER a 1 ACKED",
        "CLUSTER b 1 ACKED",
        "CLUSTER_LOAD_ASSIGNMENT a 1 ACKED",
        "CLUSTER_LOAD_ASSIGNMENT b 2 ACKED");
  }

  /** What is so broken that it cannot tell its name might be any of those that seem to be gone. */
  @Test
  void aResourceWithoutNameThatIsRefusedRemovesNothing() {
    clusters("1", eds("a"));
    List<String> errors =
        store.apply(
            ResourceType.CLUSTER,
            List.of(new XdsResource(ResourceType.CLUSTER, "", new Bytes(new byte[] {0x0a, 5}))),
            "2",
            true);
    assertEquals(List.of("a resource: malformed protobuf: ends within a value"), errors);
    assertEquals(Set.of("a"), store.configuration().clusters().keySet());
    clusters("3");
    assertEquals(Set.of(), store.configuration().clusters().keySet());
  }

  @Test
  void aNameThatStandsTwiceIsRefusedAndTheFirstCounts() {
    assertEquals(
        List.of("a: stands twice in one response"),
        clusters("1", eds("a"), eds("a", "connect_timeout: 1s")));
    assertEquals(Duration.ofSeconds(5), cluster("a").connections().connectTimeout());
    assertEquals(List.of("a: stands twice in one response"), clusters("2", eds("a"), eds("a")));
  }

  @Test
  void aResourceThatCallsItselfOtherwiseIsRefused() {
    XdsResource resource =
        new XdsResource(
            ResourceType.CLUSTER, "a", new Bytes(Decoding.bytes(ResourceType.CLUSTER, eds("b"))));
    assertEquals(
        List.of("a: calls itself \"b\""),
        store.apply(ResourceType.CLUSTER, List.of(resource), "1", true));
    assertEquals(Set.of(), store.configuration().clusters().keySet());
  }

  @Test
  void assignmentsAreWantedByTheServiceNamesOfClusters() {
    clusters(
        "1",
        eds("a"),
        "{name: b, type: EDS, eds_cluster_config: {service_name: s}}",
        "{name: c, type: ORIGINAL_DST}",
        cloudMap("d"));
    assertEquals(Set.of("a", "s"), store.wanted(ResourceType.CLUSTER_LOAD_ASSIGNMENT));
    ResourceStore withoutCloudMap =
        new ResourceStore(new Decoder(new RealChecks()), discovery -> true, Telemetry.NONE);
    withoutCloudMap.apply(
        ResourceType.CLUSTER, List.of(resource(ResourceType.CLUSTER, cloudMap("d"))), "1", true);
    assertEquals(Set.of("d"), withoutCloudMap.wanted(ResourceType.CLUSTER_LOAD_ASSIGNMENT));
  }

  @Test
  void routesAreWantedByTheNamesInListeners() {
    listeners(
        "1",
        listener("l", "r1", "r2"),
        "{name: api, api_listener: {api_listener: {"
            + Decoding.HTTP_CONNECTION_MANAGER
            + ", rds: {route_config_name: r3}}}}",
        "{name: inline, api_listener: {api_listener: {"
            + Decoding.HTTP_CONNECTION_MANAGER
            + ", route_config: {name: r4}}}}");
    assertEquals(Set.of("r1", "r2", "r3"), store.wanted(ResourceType.ROUTE_CONFIGURATION));
    assertEquals(Set.of(), store.wanted(ResourceType.LISTENER));
    assertStatuses(
        "LISTENER api 1 ACKED",
        "LISTENER inline 1 ACKED",
        "LISTENER l 1 ACKED",
        "ROUTE_CONFIGURATION r1  REQUESTED",
        "ROUTE_CONFIGURATION r2  REQUESTED",
        "ROUTE_CONFIGURATION r3  REQUESTED");
  }

  @Test
  void whatIsNoLongerWantedIsForgotten() {
    clusters("1", eds("a"), eds("b"));
    assignments("1", "a", "b");
    clusters("2", eds("b"));
    store.retainWanted(ResourceType.CLUSTER_LOAD_ASSIGNMENT);
    assertEquals(Set.of("b"), store.configuration().assignments().keySet());
    store.retainWanted(ResourceType.CLUSTER);
    assertEquals(Set.of("b"), store.configuration().clusters().keySet());
  }

  @Test
  void aStoreHasBegunOnceListenersAndClustersWereTold() {
    assertFalse(store.isBegun());
    clusters("1");
    assertFalse(store.isBegun());
    listeners("1");
    assertTrue(store.isBegun());
  }

  @Test
  void whatDoesNotActIsToldOnceForEachField() {
    clusters(
        "1",
        eds(
            "a",
            "lb_policy: RANDOM",
            "health_checks: [{tcp_health_check: {}}]",
            "alt_stat_name: s"));
    assertEquals(
        List.of(
            "health_checks: is not supported; it changes nothing",
            "lb_policy: RANDOM is not supported; ROUND_ROBIN is used"),
        store.statuses().get(0).unsupported());
    listeners(
        "1",
        "{name: l, filter_chains: [{use_proxy_proto: true}, {use_proxy_proto: true}, {use_proxy_proto:"
            + " true}]}");
    assertEquals(
        List.of(
            "filter_chains[0].use_proxy_proto: is not supported; it changes nothing (and 2 more)"),
        store.statuses().stream()
            .filter(status -> status.type() == ResourceType.LISTENER)
            .findFirst()
            .orElseThrow()
            .unsupported());
  }

  private Cluster cluster(String name) {
    return Objects.requireNonNull(store.configuration().clusters().get(name), name);
  }

  private void assertStatuses(String... expected) {
    assertEquals(
        List.of(expected),
        store.statuses().stream()
            .filter(status -> status.state() != State.REQUESTED || !isAssignment(status))
            .map(
                status ->
                    status.type()
                        + " "
                        + status.name()
                        + " "
                        + status.version()
                        + " "
                        + status.state()
                        + (status.error().isEmpty() ? "" : " " + status.error()))
            .toList());
  }

  private static boolean isAssignment(ResourceStatus status) {
    return status.type() == ResourceType.CLUSTER_LOAD_ASSIGNMENT;
  }

  private List<String> clusters(String version, String... yaml) {
    return apply(ResourceType.CLUSTER, version, yaml);
  }

  private List<String> listeners(String version, String... yaml) {
    return apply(ResourceType.LISTENER, version, yaml);
  }

  private void assignments(String version, String... names) {
    List<XdsResource> resources = new ArrayList<>();
    for (String name : names) {
      resources.add(resource(ResourceType.CLUSTER_LOAD_ASSIGNMENT, "{cluster_name: " + name + "}"));
    }
    assertEquals(
        List.of(), store.apply(ResourceType.CLUSTER_LOAD_ASSIGNMENT, resources, version, false));
  }

  private List<String> apply(ResourceType type, String version, String... yaml) {
    List<XdsResource> resources = new ArrayList<>();
    for (String each : yaml) {
      resources.add(resource(type, each));
    }
    return store.apply(type, resources, version, type.isWildcard());
  }

  private static XdsResource resource(ResourceType type, String yaml) {
    byte[] bytes = Decoding.bytes(type, yaml);
    return new XdsResource(type, ResourceNames.of(bytes), new Bytes(bytes));
  }

  private static String eds(String name, String... more) {
    return "{name: "
        + name
        + ", type: EDS, eds_cluster_config: {}"
        + (more.length == 0 ? "" : ", " + String.join(", ", more))
        + "}";
  }

  private static String broken(String name) {
    return "{name: " + name + ", load_assignment: {endpoints: [{lb_endpoints: [{}]}]}}";
  }

  private static String cloudMap(String name) {
    return eds(
        name,
        "metadata: {filter_metadata: {dev.proxyless.cloud_map: {namespace_name: n, service_name: s}}}");
  }

  private static String listener(String name, String route, String defaultRoute) {
    return "{name: "
        + name
        + ", filter_chains: ["
        + chain(route)
        + "], default_filter_chain: "
        + chain(defaultRoute)
        + "}";
  }

  private static String chain(String route) {
    return "{filters: [{name: hcm, typed_config: {"
        + Decoding.HTTP_CONNECTION_MANAGER
        + ", rds: {route_config_name: "
        + route
        + "}}}]}";
  }
}
