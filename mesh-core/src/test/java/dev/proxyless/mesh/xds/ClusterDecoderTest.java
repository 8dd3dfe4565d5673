package dev.proxyless.mesh.xds;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.proxyless.mesh.model.Cluster;
import dev.proxyless.mesh.model.Cluster.CircuitBreakers;
import dev.proxyless.mesh.model.Cluster.Connections;
import dev.proxyless.mesh.model.Cluster.Discovery;
import dev.proxyless.mesh.model.Cluster.HostAndPort;
import dev.proxyless.mesh.model.Cluster.IpPreference;
import dev.proxyless.mesh.model.Cluster.Protocol;
import dev.proxyless.mesh.model.Cluster.RetryBudget;
import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.model.OutlierDetection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ClusterDecoderTest {

  private static final String EDS =
      "name: c, type: EDS, eds_cluster_config: {eds_config: {ads: {}}}";
  private static final String HTTP_OPTIONS =
      "typed_extension_protocol_options:"
          + " {envoy.extensions.upstreams.http.v3.HttpProtocolOptions: {\"@type\":"
          + " type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions, ";

  private final Decoding decoding = new Decoding(new RealChecks());

  @Test
  void protocolOptionsOfAnotherTypeAreRefused() {
    decoding.assertRefused(
        ResourceType.CLUSTER,
        "{"
            + EDS
            + ", typed_extension_protocol_options: {"
            + "envoy.extensions.upstreams.http.v3.HttpProtocolOptions: {\"@type\":"
            + " type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}}",
        "typed_extension_protocol_options[\"envoy.extensions.upstreams.http.v3.HttpProtocolOptions\"]:"
            + " is a envoy.extensions.filters.http.router.v3.Router; right would be a"
            + " envoy.extensions.upstreams.http.v3.HttpProtocolOptions");
  }

  @Test
  void aClusterOfTheLeastFieldsHasEnvoysDefaults() {
    assertEquals(
        new Cluster(
            "c",
            new Discovery.Eds("c"),
            new Connections(Duration.ofSeconds(5), Duration.ofHours(1), Duration.ZERO, 0),
            Protocol.HTTP1,
            Optional.empty(),
            Optional.empty(),
            new CircuitBreakers(1024, 3, Optional.empty()),
            new CircuitBreakers(1024, 3, Optional.empty()),
            Duration.ZERO,
            50),
        decoding.cluster("{" + EDS + "}"));
  }

  @Test
  void discoveryTypes() {
    assertEquals(
        new Discovery.Eds("s"),
        discovery("type: EDS, eds_cluster_config: {service_name: s, eds_config: {self: {}}}"));
    assertEquals(new Discovery.OriginalDst(), discovery("type: ORIGINAL_DST"));
    assertEquals(
        new Discovery.Static(new EndpointAssignment.Builder().add("10.0.0.1", 80).build()),
        discovery(assigned("10.0.0.1")));
    assertEquals(
        new Discovery.Dns(
            List.of(new HostAndPort("a.local", 80), new HostAndPort("b.local", 80)),
            false,
            Duration.ofSeconds(5),
            IpPreference.IPV6_PREFERRED),
        discovery("type: STRICT_DNS, " + assigned("a.local.", "b.local")));
    assertEquals(
        new Discovery.Dns(
            List.of(new HostAndPort("a.local", 80)),
            true,
            Duration.ofSeconds(30),
            IpPreference.IPV4_ONLY),
        discovery(
            "type: LOGICAL_DNS, dns_lookup_family: V4_ONLY, dns_refresh_rate: 30s, "
                + assigned("a.local")));
  }

  @ParameterizedTest
  @CsvSource({
    "AUTO, IPV6_PREFERRED",
    "V4_ONLY, IPV4_ONLY",
    "V6_ONLY, IPV6_ONLY",
    "V4_PREFERRED, IPV4_PREFERRED",
    "ALL, IPV4_PREFERRED"
  })
  void dnsLookupFamilies(String family, IpPreference preference) {
    Discovery discovery =
        discovery("type: STRICT_DNS, dns_lookup_family: " + family + ", " + assigned("a"));
    assertEquals(preference, ((Discovery.Dns) discovery).family());
  }

  @Test
  void metadataOfCloudMap() {
    assertEquals(
        new Discovery.CloudMap(
            "c", "apps.local", "b", Map.of("VERSION", "2"), 8080, IpPreference.IPV6_ONLY),
        cloudMap(
            "namespace_name: apps.local, service_name: b, attributes: {VERSION: '2'}, port: 8080,"
                + " ip_preference: IPV6_ONLY"));
    assertEquals(
        new Discovery.CloudMap("c", "apps.local", "b", Map.of(), 0, IpPreference.IPV4_PREFERRED),
        cloudMap("namespace_name: apps.local, service_name: b"));
    assertEquals(
        new Discovery.Eds("c"), discovery(EDS + ", metadata: {filter_metadata: {envoy.lb: {}}}"));
  }

  @Test
  void protocols() {
    assertEquals(Protocol.HTTP2, protocol("http2_protocol_options: {}"));
    assertEquals(
        Protocol.HTTP1,
        protocol(HTTP_OPTIONS + "explicit_http_config: {http_protocol_options: {}}}}"));
    assertEquals(
        Protocol.HTTP2,
        protocol(HTTP_OPTIONS + "explicit_http_config: {http2_protocol_options: {}}}}"));
    assertEquals(Protocol.AUTO, protocol(HTTP_OPTIONS + "auto_config: {}}}"));
    assertEquals(Protocol.HTTP1, protocol(HTTP_OPTIONS + "use_downstream_protocol_config: {}}}"));
  }

  @Test
  void circuitBreakersOfTheDefaultPriorityCount() {
    assertEquals(new CircuitBreakers(0, 3, Optional.empty()), breakers("[{max_requests: 0}]"));
    assertEquals(
        new CircuitBreakers(4_294_967_295L, 7, Optional.empty()),
        breakers("[{priority: DEFAULT, max_requests: 4294967295, max_retries: 7}]"));
    assertEquals(CircuitBreakers.DEFAULT, breakers("[{priority: HIGH, max_requests: 5}]"));
    assertEquals(
        new CircuitBreakers(1, 3, Optional.empty()),
        breakers("[{max_requests: 1}, {max_requests: 2}]"));
    assertEquals(
        new CircuitBreakers(1024, 3, Optional.of(new RetryBudget(20, 3))),
        breakers("[{retry_budget: {}}]"));
    assertEquals(
        new CircuitBreakers(1024, 3, Optional.of(new RetryBudget(12.5, 0))),
        breakers("[{retry_budget: {budget_percent: {value: 12.5}, min_retry_concurrency: 0}}]"));
  }

  @Test
  void anEmptyOutlierDetectionHasEnvoysDefaults() {
    assertEquals(
        new OutlierDetection(
            5,
            100,
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(300),
            Duration.ZERO,
            10,
            false),
        outliers("{}"));
  }

  @Test
  void everythingThatOutlierDetectionCanSayIsRead() {
    assertEquals(
        new OutlierDetection(
            0,
            50,
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(3),
            Duration.ofSeconds(4),
            100,
            true),
        outliers(
            "{consecutive_5xx: 0, enforcing_consecutive_5xx: 50, interval: 1s, base_ejection_time:"
                + " 2s, max_ejection_time: 3s, max_ejection_time_jitter: 4s, max_ejection_percent:"
                + " 100, always_eject_one_host: true}"));
  }

  /** The longest ejection is the base where that is beyond the default of 300 s. */
  @Test
  void aLongBaseRaisesTheLongestEjection() {
    assertEquals(Duration.ofMinutes(15), outliers("{base_ejection_time: 900s}").maxEjectionTime());
  }

  @Test
  void otherFieldsThatAct() {
    assertEquals(Duration.ofMillis(250), connections("connect_timeout: 0.25s").connectTimeout());
    assertEquals(Duration.ofSeconds(5), connections("connect_timeout: 0s").connectTimeout());
    assertEquals(0, panicThreshold("{}"));
    assertEquals(12.5, panicThreshold("{value: 12.5}"));
  }

  private Connections connections(String more) {
    return decoding.cluster("{" + EDS + ", " + more + "}").connections();
  }

  private static final String BOUNDS =
      "common_http_protocol_options: {idle_timeout: 2s, max_connection_duration: 3s,"
          + " max_requests_per_connection: 4, max_stream_duration: 5s}";

  @ParameterizedTest
  @ValueSource(strings = {BOUNDS, HTTP_OPTIONS + BOUNDS + "}}"})
  void whatBoundsConnectionsStandsInEitherPlace(String options) {
    assertEquals(
        new Connections(Duration.ofSeconds(5), Duration.ofSeconds(2), Duration.ofSeconds(3), 4),
        connections(options));
    Cluster cluster = decoding.cluster("{" + EDS + ", " + options + "}");
    assertEquals(Duration.ofSeconds(5), cluster.maxStreamDuration());
  }

  @Test
  void theOlderPlaceDoesNotCountBesideTheNewer() {
    assertEquals(Connections.DEFAULT, connections(BOUNDS + ", " + HTTP_OPTIONS + "}}"));
  }

  @Test
  void theOldestPlaceOfMaxRequestsCountsWhereNoOtherSaysSo() {
    assertEquals(9, connections(HTTP_OPTIONS + "}}, max_requests_per_connection: 9").maxRequests());
  }

  @Test
  void zeroIsNoBound() {
    assertEquals(
        new Connections(Duration.ofSeconds(5), Duration.ZERO, Duration.ZERO, 0),
        connections(
            "common_http_protocol_options: {idle_timeout: 0s, max_connection_duration: 0s,"
                + " max_requests_per_connection: 0}"));
  }

  @Test
  void aStaticClusterMayHaveNoEndpoints() {
    Cluster cluster = decoding.cluster("{name: c}");

    assertEquals(new Cluster.Discovery.Static(EndpointAssignment.EMPTY), cluster.discovery());
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "type: EDS, eds_cluster_config: {}                       | name: is required",
        "name: c, type: STRICT_DNS                               | load_assignment: is required",
        "name: c, type: EDS                                      | eds_cluster_config: is required",
        "name: c, type: EDS, eds_cluster_config: {eds_config: {path_config_source: {path: /e}}} |"
            + " eds_cluster_config.eds_config.path_config_source: is not supported, and the resource"
            + " would mean something else without it",
        "name: c, cluster_type: {name: envoy.clusters.aggregate} | cluster_type: is not supported,"
            + " and the resource would mean something else without it",
        "name: c, transport_socket_matches: [{name: m}]          | transport_socket_matches: is not"
            + " supported, and the resource would mean something else without it",
        "name: c, type: STRICT_DNS, load_assignment: {}          | load_assignment: has 0 endpoints;"
            + " right would be one or more",
        "name: c, type: LOGICAL_DNS, load_assignment: {}         | load_assignment: has 0 endpoints;"
            + " right would be exactly one",
        "name: c, type: EDS, eds_cluster_config: {}, connect_timeout: -1s | connect_timeout: is"
            + " PT-1S; right would be a duration of 0 or more",
        "name: c, type: EDS, eds_cluster_config: {}, common_http_protocol_options: {idle_timeout:"
            + " -1s} | common_http_protocol_options.idle_timeout: is PT-1S; right would be a"
            + " duration of 0 or more",
        "name: c, type: EDS, eds_cluster_config: {}, common_http_protocol_options:"
            + " {max_connection_duration: -1s} | common_http_protocol_options"
            + ".max_connection_duration: is PT-1S; right would be a duration of 0 or more",
        "name: c, type: EDS, eds_cluster_config: {}, max_requests_per_connection: 1,"
            + " common_http_protocol_options: {max_requests_per_connection: 1} |"
            + " max_requests_per_connection: excludes"
            + " common_http_protocol_options.max_requests_per_connection, which is set too",
        "name: c, type: EDS, eds_cluster_config: {}, common_lb_config: {healthy_panic_threshold:"
            + " {value: 101}} | common_lb_config.healthy_panic_threshold.value: is 101.0; right"
            + " would be a number from 0 to 100",
        "name: c, type: EDS, eds_cluster_config: {}, common_lb_config: {healthy_panic_threshold:"
            + " {value: 'NaN'}} | common_lb_config.healthy_panic_threshold.value: is NaN; right"
            + " would be a number from 0 to 100",
        "name: c, type: EDS, eds_cluster_config: {}, outlier_detection: {interval: 0s} |"
            + " outlier_detection.interval: is 0; right would be more than 0",
        "name: c, type: EDS, eds_cluster_config: {}, outlier_detection: {base_ejection_time: 2s,"
            + " max_ejection_time: 1s} | outlier_detection.max_ejection_time: is PT1S, less than"
            + " base_ejection_time",
        "name: c, type: EDS, eds_cluster_config: {}, outlier_detection: {max_ejection_percent: 101} |"
            + " outlier_detection.max_ejection_percent: is 101; right would be a number from 0 to"
            + " 100",
        "name: c, type: EDS, eds_cluster_config: {}, outlier_detection: {enforcing_consecutive_5xx:"
            + " 101} | outlier_detection.enforcing_consecutive_5xx: is 101; right would be a number"
            + " from 0 to 100",
      })
  void aClusterThatCannotBeUsedIsRefused(String yaml, String message) {
    decoding.assertRefused(ResourceType.CLUSTER, "{" + yaml + "}", message);
  }

  @Test
  void dnsIsNotAskedWithoutPause() {
    decoding.assertRefused(
        ResourceType.CLUSTER,
        "{name: c, type: STRICT_DNS, dns_refresh_rate: 0.000999999s, " + assigned("a") + "}",
        "dns_refresh_rate: is PT0.000999999S; right would be 1 ms or more");
  }

  @Test
  void twoHostsAreTooManyForOneLogicalHost() {
    decoding.assertRefused(
        ResourceType.CLUSTER,
        "{name: c, type: LOGICAL_DNS, " + assigned("a", "b") + "}",
        "load_assignment: has 2 endpoints; right would be exactly one");
  }

  @Test
  void endpointsOfAStaticClusterAreNamedByTheirPathInTheCluster() {
    decoding.assertRefused(
        ResourceType.CLUSTER,
        "{name: c, " + assigned("10.0.0.1", "a.local") + "}",
        "load_assignment.endpoints[0].lb_endpoints[1].endpoint.address.socket_address: has address"
            + " \"a.local\" and port 80; right would be an IP address and a port from 1 to 65535");
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "service_name: b                                  | namespace_name: is missing; right would"
            + " be a name",
        "namespace_name: '', service_name: b              | namespace_name: is \"\"; right would be"
            + " a name",
        "namespace_name: n, service_name: 5               | service_name: is 5.0; right would be a"
            + " name",
        "namespace_name: n, service_name: b, port: 70000  | port: is 70000.0; right would be a port"
            + " from 1 to 65535",
        "namespace_name: n, service_name: b, port: 80.5   | port: is 80.5; right would be a port"
            + " from 1 to 65535",
        "namespace_name: n, service_name: b, port: '80'   | port: is \"80\"; right would be a port"
            + " from 1 to 65535",
        "namespace_name: n, service_name: b, attributes: [] | attributes: is []; right would be a"
            + " map of texts",
        "namespace_name: n, service_name: b, attributes: {V: true} | attributes: is {\"V\":true}; right"
            + " would be a map of texts",
        "namespace_name: n, service_name: b, ip_preference: V4 | ip_preference: is \"V4\"; right"
            + " would be one of [IPV4_PREFERRED, IPV4_ONLY, IPV6_PREFERRED, IPV6_ONLY]",
      })
  void metadataThatCloudMapCannotBeAskedWithIsRefused(String yaml, String message) {
    String said =
        decoding
            .refusal(ResourceType.CLUSTER, cloudMapYaml(yaml))
            .replace("metadata.filter_metadata[\"dev.proxyless.cloud_map\"].", "");
    assertEquals(message, said);
  }

  @Test
  void whatDoesNotActIsReported() {
    assertEquals(
        List.of("lb_policy: RING_HASH is not supported; ROUND_ROBIN is used"),
        decoding.reported(ResourceType.CLUSTER, "{" + EDS + ", lb_policy: RING_HASH}"));
    assertEquals(
        List.of(),
        decoding.reported(
            ResourceType.CLUSTER, "{name: c, type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED}"));
    assertEquals(
        List.of("health_checks: is not supported; it changes nothing"),
        decoding.reported(
            ResourceType.CLUSTER, "{" + EDS + ", health_checks: [{tcp_health_check: {}}]}"));
    assertEquals(
        List.of(
            "typed_extension_protocol_options[\"other\"]: is not supported; it changes nothing"),
        decoding.reported(
            ResourceType.CLUSTER,
            "{"
                + EDS
                + ", typed_extension_protocol_options: {other: {\"@type\":"
                + " type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}}"));
    assertEquals(
        List.of(
            "circuit_breakers.thresholds[0].max_connections: is not supported; max_requests bounds"
                + " the cluster",
            "circuit_breakers.thresholds[2]: follows another of its priority; the first counts"),
        decoding.reported(
            ResourceType.CLUSTER,
            "{"
                + EDS
                + ", circuit_breakers: {thresholds: [{max_connections: 5, max_pending_requests:"
                + " 2147483647}, {priority: HIGH}, {}]}}"));
  }

  /** An endpoint's weight is read by two readers; it is told once. */
  @Test
  void whatEndpointsOfAStaticClusterSayIsReportedOnce() {
    assertEquals(
        List.of(
            "load_assignment.endpoints[0].lb_endpoints[0].load_balancing_weight: is not supported;"
                + " it changes nothing"),
        decoding.reported(
            ResourceType.CLUSTER,
            "{name: c, load_assignment: {endpoints: [{lb_endpoints: [{load_balancing_weight: 5,"
                + " endpoint: {address: {socket_address: {address: 10.0.0.1, port_value: 1}}}}]}]}}"));
  }

  private Discovery discovery(String yaml) {
    return decoding
        .cluster("{" + (yaml.contains("name: c") ? "" : "name: c, ") + yaml + "}")
        .discovery();
  }

  private Discovery cloudMap(String yaml) {
    return decoding.cluster(cloudMapYaml(yaml)).discovery();
  }

  private static String cloudMapYaml(String yaml) {
    return "{" + EDS + ", metadata: {filter_metadata: {dev.proxyless.cloud_map: {" + yaml + "}}}}";
  }

  private Protocol protocol(String yaml) {
    return decoding.cluster("{" + EDS + ", " + yaml + "}").protocol();
  }

  private CircuitBreakers breakers(String yaml) {
    return decoding
        .cluster("{" + EDS + ", circuit_breakers: {thresholds: " + yaml + "}}")
        .circuitBreakers();
  }

  private OutlierDetection outliers(String yaml) {
    return decoding
        .cluster("{" + EDS + ", outlier_detection: " + yaml + "}")
        .outlierDetection()
        .orElseThrow();
  }

  private double panicThreshold(String yaml) {
    return decoding
        .cluster("{" + EDS + ", common_lb_config: {healthy_panic_threshold: " + yaml + "}}")
        .panicThreshold();
  }

  private static String assigned(String... addresses) {
    StringBuilder endpoints = new StringBuilder();
    for (String address : addresses) {
      endpoints.append(
          "{endpoint: {address: {socket_address: {address: " + address + ", port_value: 80}}}},");
    }
    return "load_assignment: {endpoints: [{lb_endpoints: [" + endpoints + "]}]}";
  }
}
