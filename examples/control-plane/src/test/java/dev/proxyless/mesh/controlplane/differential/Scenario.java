package dev.proxyless.mesh.controlplane.differential;

import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Node;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One call of {@code scenarios.yaml}, which says what its entries mean.
 *
 * @param name of the entry, with the values that were put in
 * @param key the first segment of its path, and the name of its cluster
 * @param entry the entry with those values
 */
record Scenario(String name, String key, Map<String, Object> entry) {

  private static final String FILE = "scenarios.yaml";
  private static final int RETRIES = 2;

  /** All of the file, one for each combination of the values that an entry gives. */
  static List<Scenario> all() throws IOException {
    List<Scenario> all = new ArrayList<>();
    for (Node node : Documents.parse(FILE, text()).items()) {
      Map<String, Object> entry = map(node.plain());
      List<Map<String, Object>> combinations = List.of(Map.of());
      for (Map.Entry<String, Object> each : map(entry.getOrDefault("with", Map.of())).entrySet()) {
        combinations = multiplied(combinations, each.getKey(), (List<?>) each.getValue());
      }
      for (Map<String, Object> values : combinations) {
        Map<String, Object> filled = map(filled(entry, values));
        all.add(new Scenario(String.valueOf(filled.get("name")), "s" + all.size(), filled));
      }
    }
    return all;
  }

  private static String text() throws IOException {
    try (InputStream in = Scenario.class.getResourceAsStream("/" + FILE)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static List<Map<String, Object>> multiplied(
      List<Map<String, Object>> combinations, String key, List<?> values) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Map<String, Object> each : combinations) {
      for (Object value : values) {
        Map<String, Object> more = new LinkedHashMap<>(each);
        more.put(key, value);
        all.add(more);
      }
    }
    return all;
  }

  private static Object filled(Object tree, Map<String, Object> values) {
    if (tree instanceof Map<?, ?> map) {
      Map<String, Object> filled = new LinkedHashMap<>();
      map.forEach(
          (key, value) -> filled.put(filled(key, values).toString(), filled(value, values)));
      return filled;
    }
    if (tree instanceof List<?> list) {
      return list.stream().map(each -> filled(each, values)).toList();
    }
    if (!(tree instanceof String text)) {
      return tree;
    }
    Object whole = values.get(text.replaceAll("^\\{(\\w+)}$", "$1"));
    if (whole != null && text.startsWith("{")) {
      return whole; // a number stays one
    }
    for (Map.Entry<String, Object> each : values.entrySet()) {
      text = text.replace("{" + each.getKey() + "}", each.getValue().toString());
    }
    return text;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object tree) {
    return (Map<String, Object>) tree;
  }

  /** Where Envoy and this library differ on purpose: words of {@code docs/differences.md}. */
  String difference() {
    return entry.getOrDefault("differs", "").toString();
  }

  boolean isHttp2() {
    return entry.containsKey("http2");
  }

  /** What the server answers, try by try; the last counts for those that follow. */
  List<?> answers() {
    return (List<?>) entry.getOrDefault(isHttp2() ? "http2" : "http1", List.of());
  }

  private Map<String, Object> request() {
    return map(entry.getOrDefault("request", Map.of()));
  }

  String method() {
    return request().getOrDefault("method", "GET").toString();
  }

  String path() {
    return "/" + key + "/x?y=z";
  }

  /** Of the request; empty where it has none. */
  String body() {
    String body = request().getOrDefault("body", "").toString();
    return "x".repeat(((Number) request().getOrDefault("bytes", 0)).intValue()) + body;
  }

  /** Lines of the request, {@code [name, value]}. */
  List<List<String>> headers() {
    return ((List<?>) request().getOrDefault("headers", List.of()))
        .stream().map(line -> ((List<?>) line).stream().map(Object::toString).toList()).toList();
  }

  /** Its cluster, whose endpoint listens on this port. */
  Map<String, Object> cluster(int port) {
    Map<String, Object> cluster = GridConfig.cluster(key, port);
    if (isHttp2()) {
      String options = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
      cluster.put(
          "typed_extension_protocol_options",
          Trees.map(
              options,
              Trees.map(
                  "@type",
                  "type.googleapis.com/" + options,
                  "explicit_http_config",
                  Trees.map("http2_protocol_options", Map.of()))));
    }
    cluster.putAll(map(entry.getOrDefault("cluster", Map.of())));
    return cluster;
  }

  /** Its route. */
  Map<String, Object> route() {
    Map<String, Object> route =
        Trees.map("match", Trees.map("prefix", "/" + key + "/"), "name", key);
    if (entry.containsKey("fault")) {
      route.put(
          "typed_per_filter_config",
          Trees.map(
              GridConfig.FAULT,
              GridConfig.typed("http.fault.v3.HTTPFault", map(entry.get("fault")))));
    }
    route.putAll(map(entry.getOrDefault("changes", Map.of())));
    if (entry.containsKey("answered")) {
      route.putAll(map(entry.get("answered")));
      return route;
    }
    Map<String, Object> action = new LinkedHashMap<>(map(entry.getOrDefault("route", Map.of())));
    if (!action.containsKey("cluster_header")) {
      action.putIfAbsent("cluster", key);
    }
    String retryOn = entry.getOrDefault("retry_on", "").toString();
    if (!retryOn.isEmpty()) {
      action.put(
          "retry_policy",
          Trees.map(
              "retry_on",
              retryOn,
              "num_retries",
              entry.getOrDefault("num_retries", RETRIES),
              "per_try_timeout",
              entry.get("per_try_timeout"),
              "retry_back_off",
              Trees.map("base_interval", "0.001s", "max_interval", "0.002s")));
    }
    route.put("route", action);
    return route;
  }

  @Override
  public String toString() {
    return name;
  }
}
