package dev.proxyless.mesh.controlplane.differential;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * One call of the grid.
 *
 * @param retryOn conditions of the route's retry policy; empty where the route has none
 * @param retries how many; negative where the policy does not say
 * @param timing which timeouts the route has
 * @param behaviour what the backend does
 * @param once whether it does so for the first try alone, and answers the next ones
 * @param kind what is sent
 */
record GridCase(
    String retryOn, int retries, Timing timing, Behaviour behaviour, boolean once, Kind kind) {

  private static final List<String> RETRY_ON =
      List.of(
          "",
          "5xx",
          "gateway-error",
          "connect-failure",
          "retriable-4xx",
          "reset",
          "reset-before-request",
          "refused-stream",
          "retriable-status-codes",
          "retriable-headers",
          "envoy-ratelimited",
          "unavailable",
          "cancelled,deadline-exceeded,internal,resource-exhausted",
          "5xx,envoy-ratelimited,retriable-4xx,unavailable,connect-failure");

  private static final List<Timing> TIMINGS = List.of(Timing.values());
  private static final List<Kind> KINDS = List.of(Kind.values());
  private static final int WARM_UP = 500;
  private static final int[] RETRIES = {-1, 0, 3};

  /** Which timeouts a route has; each is far from the times that the backend takes. */
  enum Timing {
    NONE(0, 0),
    PER_TRY(300, 0),
    TOTAL(0, 750),
    BOTH(300, 750);

    final int perTryMs;
    final int totalMs;

    Timing(int perTryMs, int totalMs) {
      this.perTryMs = perTryMs;
      this.totalMs = totalMs;
    }
  }

  /** What a backend does. */
  enum Behaviour {
    OK,
    SERVICE_UNAVAILABLE,
    GATEWAY_TIMEOUT,
    INTERNAL_ERROR,
    CONFLICT,
    RATELIMITED_429,
    RATELIMITED_503,
    RETRY_HEADER,
    GRPC_UNAVAILABLE,
    GRPC_CANCELLED,
    GRPC_OK,
    CLOSED_BEFORE_HEAD,
    RESET_BEFORE_HEAD,
    CLOSED_IN_HEAD,
    NO_HTTP,
    RESET_IN_BODY,
    CLOSED_IN_BODY,
    CLOSED_IN_CHUNK,
    REFUSED,
    SLOW_HEAD,
    SLOW_BODY;

    boolean isSlow() {
      return this == SLOW_HEAD || this == SLOW_BODY;
    }
  }

  /** What is sent. */
  enum Kind {
    GET,
    POST,
    GRPC
  }

  /**
   * Every condition with every number of retries and every behaviour; timeouts all with all where
   * the backend is slow, else in turn, and kinds in turn unless all are asked for.
   */
  static List<GridCase> all(boolean everyKind) {
    List<GridCase> cases = new ArrayList<>();
    int turn = 0;
    for (Behaviour behaviour : Behaviour.values()) {
      for (boolean once : new boolean[] {false, true}) {
        for (String retryOn : RETRY_ON) {
          for (int retries : retryOn.isEmpty() ? new int[] {-1} : RETRIES) {
            Timing itsTurn = TIMINGS.get(turn % TIMINGS.size());
            for (Timing timing : behaviour.isSlow() ? TIMINGS : List.of(itsTurn)) {
              Kind itsKind = KINDS.get((turn + TIMINGS.indexOf(timing)) % KINDS.size());
              for (Kind kind : everyKind ? KINDS : List.of(itsKind)) {
                cases.add(new GridCase(retryOn, retries, timing, behaviour, once, kind));
              }
            }
            turn++;
          }
        }
      }
    }
    // A cluster that refuses once cannot be told from one that answers by the backend alone.
    cases.removeIf(each -> each.behaviour == Behaviour.REFUSED && each.once);
    return cases;
  }

  /** Calls that are made to have made calls before. */
  static List<GridCase> warmUp() {
    GridCase one =
        new GridCase("reset", 3, Timing.TOTAL, Behaviour.CLOSED_BEFORE_HEAD, true, Kind.POST);
    return Collections.nCopies(WARM_UP, one);
  }

  /** The path that its route and the backend go by. */
  String path() {
    return "/" + route() + "/" + behaviour + (once ? "/once" : "/always");
  }

  /** What all cases of one route have in common. */
  String route() {
    return (retryOn.isEmpty() ? "none" : retryOn.replace(',', '+'))
        + "/"
        + retries
        + "/"
        + timing
        + (behaviour == Behaviour.REFUSED ? "/refused" : "");
  }

  @Override
  public String toString() {
    return (behaviour + (once ? " once" : "")).toLowerCase(Locale.ROOT).replace('_', ' ')
        + ", retry_on "
        + (retryOn.isEmpty() ? "unset" : "\"" + retryOn + "\"")
        + (retries < 0 ? "" : ", num_retries " + retries)
        + (timing.perTryMs == 0 ? "" : ", per try " + timing.perTryMs + " ms")
        + (timing.totalMs == 0 ? "" : ", in all " + timing.totalMs + " ms")
        + ", "
        + kind;
  }
}
