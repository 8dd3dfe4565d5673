package dev.proxyless.mesh.xds;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.model.EndpointAssignment.Health;
import dev.proxyless.mesh.model.Locality;
import dev.proxyless.mesh.proto.Findings;
import dev.proxyless.mesh.testing.Seeds;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AssignmentReaderTest {

  private final Decoding decoding = new Decoding(new RealChecks());

  @Test
  void endpointsBecomeColumns() {
    EndpointAssignment assignment =
        decoding.assignment(
            """
            cluster_name: c
            endpoints:
            - locality: {region: r, zone: z, sub_zone: s}
              priority: 3
              lb_endpoints:
              - endpoint:
                  hostname: a.local
                  address: {socket_address: {address: 10.0.0.1, port_value: 8080}}
                health_status: DRAINING
            - lb_endpoints:
              - endpoint: {address: {socket_address: {address: "2001:db8::1", port_value: 1}}}
            """);
    assertEquals(
        new EndpointAssignment.Builder()
            .add("10.0.0.1", 8080, "a.local", Health.DRAINING, 3, new Locality("r", "z", "s"))
            .add("2001:db8::1", 1, "", Health.UNKNOWN, 0, Locality.UNKNOWN)
            .build(),
        assignment);
    assertSame(Locality.UNKNOWN, assignment.locality(1));
  }

  @Test
  void theNameIsTheClusters() {
    assertEquals(
        "c", decoding.decode(ResourceType.CLUSTER_LOAD_ASSIGNMENT, "{cluster_name: c}").name());
    assertEquals(0, decoding.assignment("{cluster_name: c}").size());
  }

  @ParameterizedTest
  @EnumSource(value = HealthStatus.class, mode = EnumSource.Mode.EXCLUDE, names = "UNRECOGNIZED")
  void healthIsNamedAsInTheApi(HealthStatus status) {
    assertEquals(
        Health.valueOf(status.name()),
        decoding.assignment(endpoint("10.0.0.1", 1, "health_status: " + status.name())).health(0));
  }

  /** Whatever the order of the fields and the number of endpoints, no row loses its cells. */
  @Test
  void randomAssignmentsAreReadAsTheOfficialClassesWroteThem() {
    Seeds.each(
        50,
        random -> {
          ClusterLoadAssignment.Builder official =
              ClusterLoadAssignment.newBuilder().setClusterName("c");
          EndpointAssignment.Builder expected = new EndpointAssignment.Builder();
          for (int i = random.nextInt(4); i > 0; i--) {
            LocalityLbEndpoints.Builder group = LocalityLbEndpoints.newBuilder();
            Locality locality = new Locality("r" + random.nextInt(3), "", "");
            group.getLocalityBuilder().setRegion(locality.region());
            group.setPriority(random.nextInt(128));
            for (int j = random.nextInt(30); j > 0; j--) {
              String address = "10.0." + random.nextInt(256) + "." + random.nextInt(256);
              int port = 1 + random.nextInt(65_535);
              HealthStatus health = HealthStatus.forNumber(random.nextInt(6));
              group.addLbEndpoints(
                  LbEndpoint.newBuilder()
                      .setHealthStatus(health)
                      .setEndpoint(
                          Endpoint.newBuilder()
                              .setHostname("h" + j)
                              .setAddress(
                                  Address.newBuilder()
                                      .setSocketAddress(
                                          SocketAddress.newBuilder()
                                              .setAddress(address)
                                              .setPortValue(port)))));
              expected.add(
                  address,
                  port,
                  "h" + j,
                  Health.valueOf(health.name()),
                  group.getPriority(),
                  locality);
            }
            official.addEndpoints(group);
          }
          EndpointAssignment read =
              new AssignmentReader(new Findings(), false).read(official.build().toByteArray(), "");
          assertEquals(expected.build(), read);
        });
  }

  /** On the wire, a group's priority and locality may stand behind its endpoints. */
  @Test
  void whatStandsBehindTheEndpointsCountsForThem() {
    byte[] first =
        LocalityLbEndpoints.newBuilder()
            .addLbEndpoints(
                LbEndpoint.newBuilder()
                    .setEndpoint(
                        Endpoint.newBuilder()
                            .setAddress(
                                Address.newBuilder()
                                    .setSocketAddress(
                                        SocketAddress.newBuilder()
                                            .setAddress("10.0.0.1")
                                            .setPortValue(1)))))
            .build()
            .toByteArray();
    LocalityLbEndpoints.Builder second = LocalityLbEndpoints.newBuilder().setPriority(2);
    second.getLocalityBuilder().setZone("z");
    byte[] rest = second.build().toByteArray();
    byte[] bytes = new byte[2 + first.length + rest.length];
    bytes[0] = 2 << 3 | 2;
    bytes[1] = (byte) (first.length + rest.length);
    System.arraycopy(first, 0, bytes, 2, first.length);
    System.arraycopy(rest, 0, bytes, 2 + first.length, rest.length);
    EndpointAssignment read = new AssignmentReader(new Findings(), false).read(bytes, "");
    assertEquals(2, read.priority(0));
    assertEquals(new Locality("", "z", ""), read.locality(0));
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}                                              | cluster_name: is required",
        "{cluster_name: c, endpoints: [{priority: 128}]} | endpoints[0].priority: is 128; right would"
            + " be 0 to 127",
        "{cluster_name: c, endpoints: [{}, {load_balancer_endpoints: {}}]} |"
            + " endpoints[1].load_balancer_endpoints: is not supported, and the resource would mean"
            + " something else without it",
        "{cluster_name: c, endpoints: [{lb_endpoints: [{endpoint_name: e}]}]} |"
            + " endpoints[0].lb_endpoints[0].endpoint_name: is not supported, and the resource would"
            + " mean something else without it",
        "{cluster_name: c, endpoints: [{lb_endpoints: [{endpoint: {address: {pipe: {path: /s}}}}]}]}"
            + " | endpoints[0].lb_endpoints[0].endpoint.address.pipe: is not supported, and the"
            + " resource would mean something else without it",
        "{cluster_name: c, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address:"
            + " {address: 10.0.0.1, named_port: http}}}}]}]} |"
            + " endpoints[0].lb_endpoints[0].endpoint.address.socket_address.named_port: is not"
            + " supported, and the resource would mean something else without it",
      })
  void anAssignmentThatCannotBeUsedIsRefused(String yaml, String message) {
    decoding.assertRefused(ResourceType.CLUSTER_LOAD_ASSIGNMENT, yaml, message);
  }

  @Test
  void aPortIsAPort() {
    decoding.assertRefused(
        ResourceType.CLUSTER_LOAD_ASSIGNMENT,
        endpoint("10.0.0.1", 65_536, ""),
        "endpoints[0].lb_endpoints[0].endpoint.address.socket_address.port_value: is 65536; right"
            + " would be 1 to 65535");
    decoding.assertRefused(
        ResourceType.CLUSTER_LOAD_ASSIGNMENT,
        endpoint("10.0.0.1", 0, ""),
        "endpoints[0].lb_endpoints[0].endpoint.address.socket_address: has address \"10.0.0.1\" and"
            + " port 0; right would be an IP address and a port from 1 to 65535");
  }

  @Test
  void healthThatNobodyKnowsIsRefused() {
    decoding.assertRefused(
        ResourceType.CLUSTER_LOAD_ASSIGNMENT,
        endpoint("10.0.0.1", 1, "health_status: 6"),
        "endpoints[0].lb_endpoints[0].health_status: is 6, which is unknown; right would be one of"
            + " UNKNOWN, HEALTHY, UNHEALTHY, DRAINING, TIMEOUT, DEGRADED");
  }

  /** A field that stands at every endpoint is told once. */
  @Test
  void whatDoesNotActIsReportedOnce() {
    String weighted =
        "{load_balancing_weight: 2, endpoint: {address: {socket_address: {address: 10.0.0.1,"
            + " port_value: 1}}}}";
    byte[] bytes =
        Decoding.bytes(
            ResourceType.CLUSTER_LOAD_ASSIGNMENT,
            "{cluster_name: c, policy: {}, endpoints: [{priority: 1, lb_endpoints: ["
                + (weighted + ", ").repeat(9)
                + weighted
                + "]}]}");
    assertEquals(
        List.of(
            "endpoints[0].priority: takes traffic only when no endpoint of a lower number is"
                + " healthy; load is not spread by degrees",
            "endpoints[0].lb_endpoints[0].load_balancing_weight: is not supported; it changes"
                + " nothing",
            "policy: is not supported; it changes nothing"),
        new Decoder(new RealChecks())
            .decode(ResourceType.CLUSTER_LOAD_ASSIGNMENT, bytes).findings().reported().stream()
                .map(Object::toString)
                .toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10.0.0.1", "0.0.0.0", "255.255.255.255", "::1", "2001:db8::1", "::ffff:1.2.3.4"})
  void addresses(String text) {
    assertTrue(IpAddresses.isAddress(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "a",
        "localhost",
        "a.local",
        "10.0.0",
        "10.0.0.1.",
        ".10.0.0.1",
        "10.0.0.256",
        "10.0.0.01",
        "10.0.0.1.1",
        "10..0.1",
        "2130706433",
        "0x7f.0.0.1",
        "-1.0.0.0",
        ":",
        "1:2",
        "10.0.0.1:80",
        "g::1",
        "[::1]",
        "a.local:80",
        "::1%nosuch"
      })
  void whatIsNoAddressIsNotLookedUp(String text) {
    assertFalse(IpAddresses.isAddress(text));
  }

  private static String endpoint(String address, int port, String more) {
    return "{cluster_name: c, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address:"
        + " {address: "
        + address
        + ", port_value: "
        + port
        + "}}}"
        + (more.isEmpty() ? "" : ", " + more)
        + "}]}]}";
  }
}
