package dev.proxyless.mesh.call;

import dev.proxyless.mesh.route.HeaderEdit;
import dev.proxyless.mesh.route.HeaderEdits;
import dev.proxyless.mesh.route.RequestHead;
import java.util.List;

/** The request headers by which a caller steers Envoy's router, and those it tells of itself by. */
final class EnvoyHeaders {

  static final String ATTEMPT_COUNT = "x-envoy-attempt-count";
  static final String EXPECTED_TIMEOUT = "x-envoy-expected-rq-timeout-ms";
  static final String TIMEOUT = "x-envoy-upstream-rq-timeout-ms";
  static final String PER_TRY_TIMEOUT = "x-envoy-upstream-rq-per-try-timeout-ms";
  static final String TIMEOUT_ALT_RESPONSE = "x-envoy-upstream-rq-timeout-alt-response";
  static final String STREAM_DURATION = "x-envoy-upstream-stream-duration-ms";
  static final String HEDGE = "x-envoy-hedge-on-per-try-timeout";
  static final String IS_TIMEOUT_RETRY = "x-envoy-is-timeout-retry";
  static final String DECORATOR = "x-envoy-decorator-operation";
  static final String GRPC_TIMEOUT = "grpc-timeout";

  private static final String PREFIX = "x-envoy-";

  /** Read before the route's mutations, and not sent on. */
  private static final List<String> READ_BEFORE =
      List.of("x-envoy-upstream-alt-stat-name", PER_TRY_TIMEOUT, HEDGE);

  /** Read after the route's mutations, and not sent on. */
  private static final List<String> READ_AFTER =
      List.of(
          "x-envoy-retry-on",
          "x-envoy-retry-grpc-on",
          "x-envoy-max-retries",
          "x-envoy-retriable-header-names",
          "x-envoy-retriable-status-codes",
          TIMEOUT_ALT_RESPONSE,
          STREAM_DURATION,
          HEDGE,
          PER_TRY_TIMEOUT);

  private EnvoyHeaders() {}

  /** Whether any header of a request may be one of these; most requests have none. */
  static boolean any(RequestHead head) {
    int count = head.headerCount();
    for (int i = 0; i < count; i++) {
      if (head.headerName(i).regionMatches(true, 0, PREFIX, 0, PREFIX.length())) {
        return true;
      }
    }
    return false;
  }

  /** Whether any edit is of one that is read after the route's mutations. */
  static boolean anyReadAfter(HeaderEdits edits) {
    for (int i = 0; i < edits.size(); i++) {
      String name = edits.get(i).name();
      if (name.startsWith(PREFIX) && READ_AFTER.contains(name)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Takes off what is read before the route's mutations.
   *
   * @param respectExpected whether the expected time-out, where there is one, counts instead of the
   *     request's own, which then is not read and is sent on
   */
  static void consumeBefore(HeaderEdits edits, boolean respectExpected) {
    remove(READ_BEFORE, edits);
    if (!respectExpected || edits.first(EXPECTED_TIMEOUT) == null) {
      remove(List.of(TIMEOUT), edits);
    }
  }

  static void consumeAfter(HeaderEdits edits) {
    remove(READ_AFTER, edits);
  }

  private static void remove(List<String> names, HeaderEdits edits) {
    for (String name : names) {
      if (edits.first(name) != null) {
        edits.add(HeaderEdit.remove(name));
      }
    }
  }
}
