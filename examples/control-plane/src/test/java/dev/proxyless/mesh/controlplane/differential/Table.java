package dev.proxyless.mesh.controlplane.differential;

import dev.proxyless.mesh.document.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A route table under test: the fields of its connection manager, {@code route_config} among them,
 * as plain values.
 */
record Table(Map<String, Object> manager) {

  static final String TYPES = "type.googleapis.com/envoy.";

  private static final Map<String, Object> TRUST_LOOPBACK =
      Trees.map("cidr_ranges", List.of(Trees.map("address_prefix", "127.0.0.0", "prefix_len", 8)));

  /** The listener in JSON's terms. */
  Map<String, Object> listener(String name, int port, List<Object> accessLog) {
    Map<String, Object> hcm = new LinkedHashMap<>();
    hcm.put(
        "@type",
        TYPES + "extensions.filters.network.http_connection_manager.v3.HttpConnectionManager");
    hcm.put("stat_prefix", name);
    hcm.put("use_remote_address", true);
    hcm.put("internal_address_config", TRUST_LOOPBACK); // without it, Envoy trusts nobody
    hcm.putAll(manager);
    Map<String, Object> router = new LinkedHashMap<>();
    router.put("@type", TYPES + "extensions.filters.http.router.v3.Router");
    hcm.computeIfPresent("route_config", (key, routes) -> named((Map<?, ?>) routes));
    Object own = hcm.remove(ROUTER);
    if (own instanceof Map<?, ?> settings) {
      settings.forEach((key, value) -> router.put((String) key, value));
    }
    hcm.put("http_filters", List.of(Trees.map("name", "router", "typed_config", router)));
    if (!accessLog.isEmpty()) {
      hcm.put("access_log", accessLog);
    }
    return Trees.map(
        "name",
        name,
        "address",
        Trees.map("socket_address", Trees.map("address", "127.0.0.1", "port_value", port)),
        "filter_chains",
        List.of(Trees.map("filters", List.of(Trees.map("name", "hcm", "typed_config", hcm)))));
  }

  /**
   * Each virtual host has its name in its metadata, where Envoy's access log finds it. Clusters
   * need not be there: their check is for configurations that no control plane gives.
   */
  private static Object named(Map<?, ?> routes) {
    Map<Object, Object> named = new LinkedHashMap<>(routes);
    named.put("validate_clusters", false);
    named.computeIfPresent(
        "virtual_hosts",
        (key, hosts) ->
            ((List<?>) hosts).stream().map(host -> withMetadata((Map<?, ?>) host)).toList());
    return named;
  }

  private static Object withMetadata(Map<?, ?> virtualHost) {
    Map<Object, Object> host = new LinkedHashMap<>(virtualHost);
    Object name = host.getOrDefault("name", "");
    host.put(
        "metadata",
        Trees.map("filter_metadata", Trees.map("differential", Trees.map("name", name))));
    return host;
  }

  /** Stands in the table for the settings of the router filter. */
  static final String ROUTER = "router";

  /** Whether {@code x-forwarded-proto} of a request is heard. */
  boolean trustsAHop() {
    return manager.containsKey("xff_num_trusted_hops");
  }

  @Override
  public String toString() {
    return Json.pretty(manager);
  }
}
