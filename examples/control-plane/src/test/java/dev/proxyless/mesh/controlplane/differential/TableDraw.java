package dev.proxyless.mesh.controlplane.differential;

import static dev.proxyless.mesh.controlplane.differential.MatchDraw.put;
import static dev.proxyless.mesh.controlplane.differential.Trees.map;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Draws connection managers with their route configurations. */
final class TableDraw {

  private final Draw draw;
  private final Set<Feature> features;
  private final MatchDraw matches;
  private final ActionDraw actions;
  private final MutationDraw mutations;
  private int routes;

  TableDraw(Draw draw, Set<Feature> features) {
    this.draw = draw;
    this.features = features;
    matches = new MatchDraw(draw, features);
    actions = new ActionDraw(draw, features);
    mutations = new MutationDraw(draw, features);
  }

  Table draw() {
    Map<String, Object> manager = new LinkedHashMap<>();
    trust(manager);
    if (features.contains(Feature.PATH_OPTIONS)) {
      put(manager, "normalize_path", draw.tristate());
      put(manager, "merge_slashes", draw.yes(50));
      put(
          manager,
          "path_with_escaped_slashes_action",
          draw.maybe(
              70,
              () ->
                  draw.of(
                      "KEEP_UNCHANGED",
                      "REJECT_REQUEST",
                      "UNESCAPE_AND_REDIRECT",
                      "UNESCAPE_AND_FORWARD")));
    }
    if (features.contains(Feature.HOST_OPTIONS)) {
      put(manager, "strip_any_host_port", draw.yes(50));
      put(manager, "strip_trailing_host_dot", draw.yes(50));
    }
    if (features.contains(Feature.ROUTER_OPTIONS)) {
      manager.put(
          Table.ROUTER,
          map(
              "suppress_envoy_headers", draw.yes(30),
              "respect_expected_rq_timeout", draw.yes(30),
              "strict_check_headers",
                  draw.maybe(
                      40,
                      () ->
                          List.of(
                              draw.of(
                                  "x-envoy-upstream-rq-timeout-ms",
                                  "x-envoy-upstream-rq-per-try-timeout-ms",
                                  "x-envoy-max-retries",
                                  "x-envoy-retry-on",
                                  "x-envoy-retry-grpc-on")))));
    }
    manager.put("route_config", configuration());
    return new Table(manager);
  }

  private void trust(Map<String, Object> manager) {
    if (features.contains(Feature.TRUST) && draw.chance(40)) {
      manager.put(
          "internal_address_config",
          map("cidr_ranges", List.of(map("address_prefix", "10.0.0.0", "prefix_len", 8))));
    }
    if (features.contains(Feature.REQUIRE_TLS) || features.contains(Feature.REDIRECT)) {
      put(manager, "xff_num_trusted_hops", draw.maybe(60, () -> 1));
    }
  }

  private Map<String, Object> configuration() {
    Map<String, Object> configuration = map("name", "table");
    configuration.put("virtual_hosts", virtualHosts());
    mutations.mutate(configuration);
    if (features.contains(Feature.REQUEST_MUTATION)
        || features.contains(Feature.RESPONSE_MUTATION)) {
      put(configuration, "most_specific_header_mutations_wins", draw.tristate());
    }
    if (features.contains(Feature.HOST_OPTIONS)) {
      put(configuration, "ignore_port_in_host_matching", draw.yes(50));
      put(configuration, "vhost_header", draw.maybe(20, () -> "x-vhost"));
    }
    if (features.contains(Feature.PATH_OPTIONS)) {
      put(configuration, "ignore_path_parameters_in_path_matching", draw.yes(50));
    }
    if (features.contains(Feature.TRUST)) {
      put(configuration, "internal_only_headers", draw.maybe(50, () -> List.of("x-internal-only")));
    }
    return configuration;
  }

  private List<Map<String, Object>> virtualHosts() {
    List<Map<String, Object>> hosts = new ArrayList<>();
    if (!features.contains(Feature.HOSTS)) {
      hosts.add(virtualHost("v1", List.of("*")));
      return hosts;
    }
    Iterator<String> domains = draw.shuffled(Words.DOMAINS).iterator();
    int count = draw.from(1, 5);
    for (int i = 1; i <= count; i++) {
      hosts.add(virtualHost("v" + i, draw.list(1, 3, domains::next)));
    }
    return hosts;
  }

  private Map<String, Object> virtualHost(String name, List<String> domains) {
    Map<String, Object> host = map("name", name);
    host.put("domains", domains);
    if (features.contains(Feature.REQUIRE_TLS)) {
      put(host, "require_tls", draw.maybe(60, () -> draw.of("NONE", "EXTERNAL_ONLY", "ALL")));
    }
    if (features.contains(Feature.MATCHER_TREE) && draw.chance(60)) {
      host.put("matcher", new TreeDraw(draw, matches, this::route).matcher(2));
    } else {
      host.put("routes", draw.list(1, 6, this::route));
    }
    mutations.mutate(host);
    if (features.contains(Feature.RETRIES)) {
      put(host, "retry_policy", draw.maybe(30, actions::retryPolicy));
      put(host, "include_request_attempt_count", draw.yes(40));
      put(host, "include_attempt_count_in_response", draw.yes(40));
      put(host, "include_is_timeout_retry_header", draw.yes(20));
    }
    if (features.contains(Feature.FORMATS)) {
      put(host, "virtual_clusters", draw.lists(50, 2, this::virtualCluster));
    }
    return host;
  }

  private Map<String, Object> virtualCluster() {
    return map(
        "name", draw.of("vc1", "vc2"),
        "headers", draw.list(1, 2, matches::header));
  }

  private Map<String, Object> route() {
    Map<String, Object> route = map("name", "r" + ++routes);
    route.put("match", matches.match());
    actions.act(route);
    mutations.mutate(route);
    if (features.contains(Feature.FORMATS)) {
      put(
          route,
          "metadata",
          draw.maybe(
              50,
              () ->
                  map(
                      "filter_metadata",
                      map("some", map("key", draw.of("v", 3, 1.5, true), "map", map("a", "b"))))));
      put(route, "decorator", draw.maybe(20, () -> map("operation", "op")));
    }
    return route;
  }
}
