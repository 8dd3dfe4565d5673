package dev.proxyless.mesh.controlplane.differential;

import dev.proxyless.mesh.document.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The Envoy bootstrap that Envoy and this library go by. */
final class GridConfig {

  /** The filter that {@code typed_per_filter_config} of a route names. */
  static final String FAULT = "envoy.filters.http.fault";

  private static final String FILTERS = "type.googleapis.com/envoy.extensions.filters.";

  private GridConfig() {}

  /**
   * A bootstrap with a route for each combination of the cases.
   *
   * @param port of Envoy's listener
   * @param log where Envoy says what became of each request
   */
  static String bootstrap(List<GridCase> cases, int port, int backend, int refused, Path log) {
    return bootstrap(
        routes(cases),
        List.of(cluster("backend", backend), cluster("refused", refused)),
        port,
        log);
  }

  /** A bootstrap with one listener, whose filters are that for faults and the router. */
  static String bootstrap(List<Object> routes, List<Object> clusters, int port, Path log) {
    return Json.pretty(
        Trees.map(
            "admin",
            Trees.map("address", address(0)),
            "static_resources",
            Trees.map("listeners", List.of(listener(routes, port, log)), "clusters", clusters)));
  }

  private static Map<String, Object> address(int port) {
    return Trees.map("socket_address", Trees.map("address", "127.0.0.1", "port_value", port));
  }

  /** A cluster without limits. */
  static Map<String, Object> cluster(String name, int port) {
    Map<String, Object> cluster = EnvoyTables.cluster(name, port);
    cluster.put(
        "circuit_breakers",
        Trees.map(
            "thresholds",
            List.of(
                Trees.map(
                    "max_connections", 100_000,
                    "max_pending_requests", 100_000,
                    "max_requests", 100_000,
                    "max_retries", 100_000))));
    return cluster;
  }

  private static Map<String, Object> listener(List<Object> routes, int port, Path log) {
    Map<String, Object> manager =
        Trees.map(
            "@type",
            FILTERS + "network.http_connection_manager.v3.HttpConnectionManager",
            "stat_prefix",
            "grid",
            "use_remote_address",
            true,
            "internal_address_config",
            Trees.map(
                "cidr_ranges", List.of(Trees.map("address_prefix", "127.0.0.0", "prefix_len", 8))),
            "http_filters",
            List.of(
                filter(FAULT, "http.fault.v3.HTTPFault", Map.of()),
                filter("envoy.filters.http.router", "http.router.v3.Router", Map.of())),
            "access_log",
            List.of(log(log)),
            "route_config",
            Trees.map(
                "virtual_hosts",
                List.of(
                    Trees.map(
                        "name",
                        "grid",
                        "domains",
                        List.of("*"),
                        "include_attempt_count_in_response",
                        true,
                        "routes",
                        routes))));
    return Trees.map(
        "name",
        "grid",
        "address",
        address(port),
        "filter_chains",
        List.of(Trees.map("filters", List.of(Trees.map("name", "http", "typed_config", manager)))));
  }

  private static Map<String, Object> filter(
      String name, String type, Map<String, Object> settings) {
    return Trees.map("name", name, "typed_config", typed(type, settings));
  }

  /** Settings of a filter of this type. */
  static Map<String, Object> typed(String type, Map<String, Object> settings) {
    Map<String, Object> typed = Trees.map("@type", FILTERS + type);
    typed.putAll(settings);
    return typed;
  }

  private static Map<String, Object> log(Path file) {
    return Trees.map(
        "name",
        "file",
        "typed_config",
        Trees.map(
            "@type",
            "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog",
            "path",
            file.toString(),
            "log_format",
            Trees.map("text_format_source", Trees.map("inline_string", EnvoyWire.LOG_FORMAT))));
  }

  private static List<Object> routes(List<GridCase> cases) {
    Map<String, GridCase> routes = new LinkedHashMap<>();
    cases.forEach(each -> routes.putIfAbsent(each.route(), each));
    List<Object> all = new ArrayList<>();
    routes.forEach(
        (route, each) ->
            all.add(
                Trees.map(
                    "match",
                    Trees.map("path_separated_prefix", "/" + route),
                    "route",
                    action(each))));
    // The longer one of two prefixes comes first.
    all.sort((a, b) -> prefix(b).length() - prefix(a).length());
    return all;
  }

  private static String prefix(Object route) {
    return ((Map<?, ?>) ((Map<?, ?>) route).get("match")).get("path_separated_prefix").toString();
  }

  private static Map<String, Object> action(GridCase each) {
    String cluster = each.behaviour() == GridCase.Behaviour.REFUSED ? "refused" : "backend";
    if (each.byHeaders()) {
      return Trees.map("cluster", cluster);
    }
    GridCase.Timing timing = each.timing();
    int perTry = timing.perTryMs;
    String other = GridCase.Timing.OTHER_MS / 1000.0 + "s";
    Map<String, Object> policy =
        Trees.map(
            "retry_on",
            each.retryOn(),
            "num_retries",
            each.retries() < 0 ? null : each.retries(),
            "per_try_timeout",
            perTry == 0 ? null : perTry / 1000.0 + "s",
            "per_try_idle_timeout",
            timing == GridCase.Timing.PER_TRY_IDLE ? other : null,
            "retriable_status_codes",
            List.of(409),
            "retriable_headers",
            List.of(Trees.map("name", "x-retry-me", "present_match", true)),
            "retry_back_off",
            Trees.map("base_interval", "0.001s", "max_interval", "0.002s"));
    return Trees.map(
        "cluster",
        cluster,
        "timeout",
        timing.totalMs / 1000.0 + "s",
        "idle_timeout",
        timing == GridCase.Timing.IDLE ? other : null,
        "max_stream_duration",
        timing == GridCase.Timing.MAX_DURATION ? Trees.map("max_stream_duration", other) : null,
        "hedge_policy",
        timing == GridCase.Timing.HEDGED ? Trees.map("hedge_on_per_try_timeout", true) : null,
        "retry_policy",
        each.retryOn().isEmpty() && timing == GridCase.Timing.NONE ? null : policy);
  }
}
