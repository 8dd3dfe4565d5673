package dev.proxyless.mesh.route;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds what stands for a host among domains: exact names first, then {@code *.suffix} and {@code
 * prefix.*} with the longest first, then {@code *}. A wildcard stands for at least one character; a
 * port is part of the name. Source: Envoy's {@code RouteMatcher}.
 */
final class HostIndex<T> {

  private final Map<String, T> exact = new HashMap<>();
  private final TreeMap<Integer, Map<String, T>> suffixes =
      new TreeMap<>(Comparator.reverseOrder());
  private final TreeMap<Integer, Map<String, T>> prefixes =
      new TreeMap<>(Comparator.reverseOrder());
  private @Nullable T otherwise;

  /** Adds a domain. Returns whether it was new. */
  boolean add(String domain, T target) {
    String name = Ascii.lower(domain);
    if (name.equals("*")) {
      boolean isNew = otherwise == null;
      otherwise = target;
      return isNew;
    }
    Map<String, T> names;
    String literal;
    if (name.startsWith("*")) {
      literal = name.substring(1);
      names = suffixes.computeIfAbsent(literal.length(), length -> new HashMap<>());
    } else if (name.endsWith("*")) {
      literal = name.substring(0, name.length() - 1);
      names = prefixes.computeIfAbsent(literal.length(), length -> new HashMap<>());
    } else {
      literal = name;
      names = exact;
    }
    return names.put(literal, target) == null;
  }

  /** What stands for a host, or null. */
  @Nullable T find(String authority) {
    if (exact.isEmpty() && suffixes.isEmpty() && prefixes.isEmpty()) {
      return otherwise;
    }
    String host = Ascii.lower(authority);
    T found = exact.get(host);
    if (found != null) {
      return found;
    }
    for (Map.Entry<Integer, Map<String, T>> each : suffixes.entrySet()) {
      int length = each.getKey();
      if (length < host.length()) {
        found = each.getValue().get(host.substring(host.length() - length));
        if (found != null) {
          return found;
        }
      }
    }
    for (Map.Entry<Integer, Map<String, T>> each : prefixes.entrySet()) {
      int length = each.getKey();
      if (length < host.length()) {
        found = each.getValue().get(host.substring(0, length));
        if (found != null) {
          return found;
        }
      }
    }
    return otherwise;
  }

  /** What stands for a request whose host is not known: the default, where there is no other. */
  @Nullable T withoutHost() {
    return exact.isEmpty() && suffixes.isEmpty() && prefixes.isEmpty() ? otherwise : null;
  }

  /** All domains but {@code *}, sorted. */
  List<String> domains() {
    TreeSet<String> all = new TreeSet<>(exact.keySet());
    suffixes.values().forEach(names -> names.keySet().forEach(name -> all.add("*" + name)));
    prefixes.values().forEach(names -> names.keySet().forEach(name -> all.add(name + "*")));
    return new ArrayList<>(all);
  }
}
