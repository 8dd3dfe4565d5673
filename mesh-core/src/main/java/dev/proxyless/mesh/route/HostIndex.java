package dev.proxyless.mesh.route;

import dev.proxyless.mesh.route.RadixTrie.Reading;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds what stands for a host among domains: exact names first, then {@code *.suffix} and {@code
 * prefix.*} with the longest first, then {@code *}. A wildcard stands for at least one character; a
 * port is part of the name. Source: Envoy's {@code RouteMatcher}. Immutable.
 */
final class HostIndex<T> {

  private final Map<String, T> exact;
  private final @Nullable RadixTrie<T> suffixes;
  private final @Nullable RadixTrie<T> prefixes;
  private final @Nullable T otherwise;
  private final List<String> domains;

  private HostIndex(Builder<T> builder) {
    exact = new HashMap<>(builder.exact); // finds faster than what Map.copyOf makes
    suffixes = builder.suffixes.isEmpty() ? null : RadixTrie.of(Reading.BACKWARD, builder.suffixes);
    prefixes = builder.prefixes.isEmpty() ? null : RadixTrie.of(Reading.FORWARD, builder.prefixes);
    otherwise = builder.otherwise;
    TreeSet<String> all = new TreeSet<>(exact.keySet());
    builder.suffixes.keySet().forEach(name -> all.add("*" + name));
    builder.prefixes.keySet().forEach(name -> all.add(name + "*"));
    domains = List.copyOf(all);
  }

  /** Collects domains. */
  static final class Builder<T> {
    private final Map<String, T> exact = new HashMap<>();
    private final Map<String, T> suffixes = new HashMap<>();
    private final Map<String, T> prefixes = new HashMap<>();
    private @Nullable T otherwise;

    /** Adds a domain. Returns whether it was new. */
    boolean add(String domain, T target) {
      String name = Ascii.lower(domain);
      if (name.equals("*")) {
        boolean isNew = otherwise == null;
        otherwise = target;
        return isNew;
      }
      if (name.startsWith("*")) {
        return suffixes.put(name.substring(1), target) == null;
      }
      if (name.endsWith("*")) {
        return prefixes.put(name.substring(0, name.length() - 1), target) == null;
      }
      return exact.put(name, target) == null;
    }

    HostIndex<T> build() {
      return new HostIndex<>(this);
    }
  }

  /** Whether there is no other domain than {@code *}, so that the host does not matter. */
  boolean takesAnyHost() {
    return exact.isEmpty() && suffixes == null && prefixes == null;
  }

  /** What stands for a host, or null. */
  @Nullable T find(String authority) {
    if (takesAnyHost()) {
      return otherwise;
    }
    String host = Ascii.lower(authority);
    T found = exact.get(host);
    if (found == null && suffixes != null) {
      found = suffixes.longest(host, host.length() - 1);
    }
    if (found == null && prefixes != null) {
      found = prefixes.longest(host, host.length() - 1);
    }
    return found == null ? otherwise : found;
  }

  /** The domain by which a host is found, as it is written in lower case; empty for none. */
  static String domainOf(String authority, List<String> candidates) {
    String host = Ascii.lower(authority);
    String best = "";
    for (String candidate : candidates) {
      String domain = Ascii.lower(candidate);
      if (rank(domain, host) > rank(best, host)) {
        best = domain;
      }
    }
    return best;
  }

  /** How strongly a domain claims a host: exact, then suffix, then prefix, then any; -1 for not. */
  private static long rank(String domain, String host) {
    if (domain.isEmpty()) {
      return -1;
    }
    int literal = domain.length() - 1;
    if (domain.equals("*")) {
      return 0;
    }
    if (domain.startsWith("*")) {
      return host.length() > literal && host.endsWith(domain.substring(1))
          ? (2L << 32) + literal
          : -1;
    }
    if (domain.endsWith("*")) {
      return host.length() > literal && host.startsWith(domain.substring(0, literal))
          ? (1L << 32) + literal
          : -1;
    }
    return domain.equals(host) ? Long.MAX_VALUE : -1;
  }

  /** All domains but {@code *}, sorted. */
  List<String> domains() {
    return new ArrayList<>(domains);
  }
}
