package dev.proxyless.mesh.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.telemetry.MicrometerMeters;
import dev.proxyless.mesh.testing.FakeRequest;
import dev.proxyless.mesh.testing.XdsYaml;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which cluster a route sends to: envoy-semantics 1.4. */
class TargetTest {

  private static final FakeRequest REQUEST = FakeRequest.get("http://h/");

  private static final RouteEntry SPLIT =
      route(
          """
          weighted_clusters:
            header_name: x-random
            clusters:
            - {name: none-before, weight: 0}
            - {name: three, weight: 3}
            - {name: none-between, weight: 0}
            - {name: one, weight: 1}
            - {name: none-after, weight: 0}
          """);

  @ParameterizedTest
  @CsvSource({
    "0, three",
    "2, three",
    "3, one",
    "4, three",
    "7, one",
    // 2^64 - 1 is 3 modulo 4, and 2^63 is 0
    "-1, one",
    "-9223372036854775808, three"
  })
  void theFirstEntryWhoseCumulativeWeightExceedsTheRemainderIsChosen(long random, String cluster) {
    assertEquals(cluster, SPLIT.target(REQUEST, StreamInfo.of(random)).cluster());
  }

  @Test
  void everyPossibleRemainderOfASplitOfHundredGoesWhereItsWeightSays() {
    RouteEntry route =
        route("weighted_clusters: {clusters: [{name: a, weight: 75}, {name: b, weight: 25}]}");
    int a = 0;
    for (int random = 0; random < 100; random++) {
      a += route.target(REQUEST, StreamInfo.of(random)).cluster().equals("a") ? 1 : 0;
    }
    assertEquals(75, a);
  }

  @Test
  void aSplitIsThatOfItsWeights() {
    long seed = new java.util.Random().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    RouteEntry route =
        route("weighted_clusters: {clusters: [{name: a, weight: 3}, {name: b, weight: 1}]}");
    int a = 0;
    for (int i = 0; i < 10_000; i++) {
      a += route.target(REQUEST, StreamInfo.of(random.nextLong())).cluster().equals("a") ? 1 : 0;
    }
    // five standard deviations of a binomial with p = 3/4: 43.3 * 5
    assertTrue(Math.abs(a - 7_500) < 217, "took " + a + " of 10000 with seed " + seed);
  }

  @ParameterizedTest
  @CsvSource({
    "3,                    one",
    "18446744073709551615, one",
    "18446744073709551616, three",
    "-1,                   three",
    "x,                    three",
    "'',                   three"
  })
  void aHeaderCanTakeTheRandomNumbersPlace(String value, String cluster) {
    assertEquals(
        cluster, SPLIT.target(REQUEST.header("X-Random", value), StreamInfo.of(0)).cluster());
  }

  @Test
  void aRandomHeaderWithTwoLinesIsIgnored() {
    FakeRequest twice = REQUEST.header("x-random", "3").header("x-random", "3");
    assertEquals("three", SPLIT.target(twice, StreamInfo.of(0)).cluster());
  }

  @Test
  void allEntriesOfASplitAreTargets() {
    assertEquals(
        "[none-before, three, none-between, one, none-after]",
        SPLIT.targets().stream().map(RouteTarget::cluster).toList().toString());
  }

  @Test
  void aHeaderCanNameTheCluster() {
    RouteEntry route = route("cluster_header: x-cluster");
    assertEquals(
        "blue",
        route
            .target(
                REQUEST.header("X-Cluster", "blue").header("x-cluster", "green"), StreamInfo.of(0))
            .cluster());
    assertEquals("", route.target(REQUEST, StreamInfo.of(0)).cluster());
    assertEquals("", route.target(REQUEST.header("x-cluster", ""), StreamInfo.of(0)).cluster());
    assertTrue(route.targets().isEmpty());
  }

  @Test
  void aClusterThatARequestOnlyNamesMakesNoMeters() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    RouteTable table =
        RouteTable.compile(
            XdsYaml.routes(yaml("cluster_header: x-cluster")), new MicrometerMeters(registry));
    RouteEntry route = table.find(REQUEST, 0);
    assertNotNull(route);
    RouteTarget target = route.target(REQUEST.header("x-cluster", "made-up"), StreamInfo.of(0));
    assertTrue(registry.getMeters().isEmpty());
    assertNotNull(target.meters());
    assertEquals(
        true,
        registry.getMeters().stream()
            .allMatch(meter -> "made-up".equals(meter.getId().getTag("mesh.cluster"))));
  }

  private static RouteEntry route(String action) {
    RouteEntry route = Tables.of(yaml(action)).find(REQUEST, 0);
    assertNotNull(route);
    return route;
  }

  private static String yaml(String action) {
    return """
    name: t
    virtual_hosts:
    - name: v
      domains: ['*']
      routes:
      - match: {prefix: /}
        route:
    """
        + action.indent(6);
  }
}
