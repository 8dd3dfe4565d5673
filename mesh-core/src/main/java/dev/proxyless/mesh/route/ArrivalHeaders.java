package dev.proxyless.mesh.route;

import java.util.List;

/**
 * Headers that a connection manager looks at when a request comes in, found by name in any case
 * without making an object. Immutable.
 */
final class ArrivalHeaders {

  /** Ends here, whoever sends it. */
  static final int HOP = 1;

  /** Taken from callers that are not trusted. */
  static final int INTERNAL = 2;

  /** Taken from callers that came in from outside. */
  static final int EDGE = 4;

  /** Kept as one line. */
  static final int INLINE = 8;

  /** Goes or stays by its value. */
  static final int BY_VALUE = 16;

  private static final List<String> HOP_NAMES =
      List.of("keep-alive", "proxy-connection", "transfer-encoding", "x-forwarded-client-cert");

  private static final List<String> INTERNAL_NAMES =
      List.of(
          "x-envoy-expected-rq-timeout-ms",
          "x-envoy-force-trace",
          "x-envoy-hedge-on-per-try-timeout",
          "x-envoy-internal",
          "x-envoy-ip-tags",
          "x-envoy-max-retries",
          "x-envoy-original-url",
          "x-envoy-retriable-header-names",
          "x-envoy-retriable-status-codes",
          "x-envoy-retry-grpc-on",
          "x-envoy-retry-on",
          "x-envoy-upstream-alt-stat-name",
          "x-envoy-upstream-rq-per-try-timeout-ms",
          "x-envoy-upstream-rq-timeout-alt-response",
          "x-envoy-upstream-rq-timeout-ms");

  private static final List<String> EDGE_NAMES =
      List.of(
          "x-envoy-decorator-operation",
          "x-envoy-downstream-service-cluster",
          "x-envoy-downstream-service-node",
          "x-envoy-original-host",
          "x-envoy-original-path");

  private static final List<String> BY_VALUE_NAMES =
      List.of("connection", "referer", "te", "upgrade");

  /** Open addressing; a power of two, at most a quarter full. */
  private final String[] names;

  private final int[] flags;
  private final int[] ids;
  private int count;

  /** With the headers that a route configuration keeps for trusted callers. */
  ArrivalHeaders(List<String> internalOnly) {
    int size = Integer.highestOneBit(4 * (128 + internalOnly.size())) * 2;
    names = new String[size];
    flags = new int[size];
    ids = new int[size];
    InlineHeaders.OF_REQUESTS.forEach(name -> add(name, INLINE));
    HOP_NAMES.forEach(name -> add(name, HOP));
    INTERNAL_NAMES.forEach(name -> add(name, INTERNAL));
    EDGE_NAMES.forEach(name -> add(name, EDGE));
    BY_VALUE_NAMES.forEach(name -> add(name, BY_VALUE));
    internalOnly.forEach(name -> add(name, INTERNAL));
  }

  private void add(String name, int flag) {
    int slot = slot(name);
    if (names[slot] == null) {
      names[slot] = name;
      ids[slot] = count++;
    }
    flags[slot] |= flag;
  }

  /** What holds of a header; 0 if nothing does. */
  int flags(String name) {
    return flags[slot(name)];
  }

  /** A small number for a header of which something holds. */
  int id(String name) {
    return ids[slot(name)];
  }

  /** How many numbers there are. */
  int count() {
    return count;
  }

  private int slot(String name) {
    int hash = 0;
    for (int i = 0; i < name.length(); i++) {
      hash = 31 * hash + (name.charAt(i) | 0x20);
    }
    int slot = (hash ^ (hash >>> 15)) & (names.length - 1);
    while (names[slot] != null && !names[slot].equalsIgnoreCase(name)) {
      slot = (slot + 1) & (names.length - 1);
    }
    return slot;
  }
}
