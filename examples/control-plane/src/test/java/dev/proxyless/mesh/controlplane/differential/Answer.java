package dev.proxyless.mesh.controlplane.differential;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What became of a request, field by field: {@code cluster}, {@code status}, {@code request :path}
 * and so on. The values of a repeated header stand in their order.
 */
record Answer(Map<String, List<String>> fields) {

  /** How much of a time-out may have passed when Envoy tells the backend what is left. */
  private static final long ELAPSED_MS = 900;

  private static final String TIMEOUT = "request x-envoy-expected-rq-timeout-ms";

  /** The fields in which this answer, of Envoy, differs from what was foretold. */
  Set<String> differences(Answer other) {
    Set<String> names = new LinkedHashSet<>(fields.keySet());
    names.addAll(other.fields.keySet());
    names.removeIf(name -> same(name, get(name), other.get(name)));
    return names;
  }

  List<String> get(String name) {
    return fields.getOrDefault(name, List.of());
  }

  private static boolean same(String name, List<String> one, List<String> another) {
    if (name.equals(TIMEOUT) && one.size() == 1 && another.size() == 1) {
      long elapsed = Long.parseLong(another.get(0)) - Long.parseLong(one.get(0));
      return elapsed >= 0 && elapsed < ELAPSED_MS;
    }
    return one.equals(another);
  }

  /** These fields, for people. */
  String show(Set<String> names) {
    StringBuilder lines = new StringBuilder();
    for (String name : names) {
      lines.append("    ").append(name).append(": ");
      List<String> values = get(name);
      lines.append(values.isEmpty() ? "(none)" : "\"" + String.join("\", \"", values) + "\"");
      lines.append('\n');
    }
    return lines.toString();
  }

  /** Collects fields; those without a value are left out. */
  static final class Builder {
    private final Map<String, List<String>> fields = new TreeMap<>();

    Builder add(String name, Object value) {
      if (value != null && !value.toString().isEmpty()) {
        fields.computeIfAbsent(name, each -> new ArrayList<>()).add(value.toString());
      }
      return this;
    }

    /** A header may stand there without a value. */
    Builder header(String side, String name, String value) {
      fields.computeIfAbsent(side + " " + name, each -> new ArrayList<>()).add(value);
      return this;
    }

    Answer build() {
      return new Answer(fields);
    }
  }
}
