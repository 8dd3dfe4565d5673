package dev.proxyless.mesh.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.proxyless.mesh.telemetry.MeshMeters;
import dev.proxyless.mesh.testing.FakeRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cluster choice: envoy-semantics 1.4. What is expected was seen of Envoy 1.40. */
class ClusterPickTest {

  private static final FakeRequest REQUEST = FakeRequest.get("http://h/");

  private static RouteEntry route(String action) {
    return Tables.of(
            "name: t\nvirtual_hosts:\n- name: v\n  domains: ['*']\n"
                + "  typed_per_filter_config: {f: {'@type': "
                + "type.googleapis.com/google.protobuf.StringValue, value: host}}\n"
                + "  routes:\n  - match: {prefix: /}\n    route: "
                + action
                + "\n")
        .routes()
        .get(0);
  }

  private static String cluster(RouteEntry route, FakeRequest head, long random) {
    return route.target(head, StreamInfo.of(random)).cluster();
  }

  @Test
  void anEntrysClusterIsNamedByItsHeader() {
    RouteEntry route =
        route(
            "{weighted_clusters: {clusters: [{cluster_header: x-c, weight: 1,"
                + " request_headers_to_add: [{header: {key: w, value: '%UPSTREAM_CLUSTER%'}}]},"
                + " {name: b, weight: 1}]}}");
    assertEquals("", cluster(route, REQUEST, 0));
    FakeRequest named = REQUEST.header("X-C", "d").header("x-c", "c");
    assertEquals("d", cluster(route, named, 2));
    assertEquals("b", cluster(route, named, 1));
    HeaderEdits edits = HeaderEdits.of(named);
    StreamInfo info = StreamInfo.of(0);
    route.finalizeRequest(named, info, route.target(named, info), edits, true);
    assertEquals("d", edits.first("w"));
    assertEquals(1, route.targets().size());
  }

  @ParameterizedTest
  @CsvSource({
    "0, a",
    "1, b",
    "2, a",
    "x, a",
    "+1, b",
    "18446744073709551615, b",
    "18446744073709551616, a",
    "'', a",
    "'1|1', a"
  })
  void aHeadersNumberStandsInForTheRandomOne(String value, String expected) {
    RouteEntry route =
        route(
            "{weighted_clusters: {header_name: x-r, clusters: [{name: a, weight: 1},"
                + " {name: b, weight: 1}]}}");
    FakeRequest head = REQUEST;
    for (String line : value.split("\\|", -1)) {
      head = head.header("x-r", line);
    }
    assertEquals(expected, cluster(route, head, 0));
  }

  @Test
  void theHashStandsInForTheRandomNumber() {
    RouteEntry route =
        route(
            "{hash_policy: [{header: {header_name: x-h}}], weighted_clusters: {use_hash_policy:"
                + " true, clusters: [{name: '0', weight: 1}, {name: '1', weight: 1}]}}");
    StringBuilder chosen = new StringBuilder();
    for (String value : "a b c d e f g h".split(" ")) {
      chosen.append(cluster(route, REQUEST.header("x-h", value), 0));
    }
    assertEquals("11100101", chosen.toString());
    assertEquals("1", cluster(route, REQUEST, 1));
  }

  @Test
  void anEntrysMetadataAndFilterSettingsWin() {
    RouteEntry route =
        route(
            "{metadata_match: {filter_metadata: {envoy.lb: {a: r, b: r}, other: {c: r}}},"
                + " weighted_clusters: {clusters: [{name: x, weight: 1, metadata_match:"
                + " {filter_metadata: {envoy.lb: {b: e}}}}]}}");
    RouteTarget target = route.target(REQUEST, StreamInfo.of(0));
    assertEquals(java.util.Map.of("a", "r", "b", "e"), target.metadataMatch());
    assertEquals(
        "google.protobuf.StringValue",
        route.perFilterConfig("f", target).map(config -> config.typeName()).orElse("none"));
    assertEquals(false, route.perFilterConfig("g", target).isPresent());
    assertEquals(MeshMeters.NONE.calls("", "", "").getClass(), target.meters().getClass());
  }
}
