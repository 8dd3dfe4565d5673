package dev.proxyless.mesh.controlplane.differential;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What became of a call, field by field. */
record GridAnswer(Map<String, String> fields) {

  /** What a proxy adds, and what belongs to a connection: {@code docs/differences.md}. */
  private static final Set<String> LEFT_OUT =
      Set.of(
          "server",
          "date",
          "x-envoy-upstream-service-time",
          "connection",
          "content-length",
          "transfer-encoding");

  /**
   * What was seen of a call.
   *
   * @param tries that came in at the backend
   * @param attempts that whoever made them counts
   * @param whole whether the body came to its end
   */
  static GridAnswer of(
      int tries,
      int attempts,
      int status,
      List<Map.Entry<String, String>> headers,
      String body,
      boolean whole,
      String flags,
      String details) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("tries", String.valueOf(tries));
    fields.put("attempts", String.valueOf(attempts));
    fields.put("status", String.valueOf(status));
    fields.put("body", (whole ? "" : "(cut short) ") + body);
    fields.put("flags", flags);
    fields.put("details", details);
    Map<String, String> compared = new TreeMap<>();
    headers.stream()
        .filter(each -> !LEFT_OUT.contains(each.getKey()))
        .forEach(each -> compared.merge(each.getKey(), each.getValue(), (a, b) -> a + ", " + b));
    compared.forEach((name, value) -> fields.put("header " + name, value));
    return new GridAnswer(fields);
  }

  /** The fields that differ, each with Envoy's value and the other one. */
  Map<String, String> differences(GridAnswer other) {
    Map<String, String> differences = new LinkedHashMap<>();
    Set<String> names = new LinkedHashSet<>(fields.keySet());
    names.addAll(other.fields.keySet());
    for (String name : names) {
      String mine = fields.getOrDefault(name, "(none)");
      String theirs = other.fields.getOrDefault(name, "(none)");
      if (!mine.equals(theirs)) {
        differences.put(name, "Envoy " + mine + " | here " + theirs);
      }
    }
    return differences;
  }
}
