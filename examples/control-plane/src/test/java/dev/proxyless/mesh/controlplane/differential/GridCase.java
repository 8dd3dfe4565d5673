package dev.proxyless.mesh.controlplane.differential;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One call of the grid.
 *
 * @param retryOn conditions of the retry policy; empty where there is none
 * @param retries how many; negative where the policy does not say
 * @param timing which timeouts there are
 * @param behaviour what the backend does
 * @param once whether it does so for the first try alone, and answers the next ones
 * @param kind what is sent
 * @param byHeaders whether headers of the request say all that, in place of its route
 */
record GridCase(
    String retryOn,
    int retries,
    Timing timing,
    Behaviour behaviour,
    boolean once,
    Kind kind,
    boolean byHeaders) {

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

  private static final List<Integer> RETRIES = List.of(-1, 0, 3);
  private static final List<Timing> TIMINGS =
      List.of(Timing.NONE, Timing.PER_TRY, Timing.TOTAL, Timing.BOTH);
  private static final List<Timing> RARE =
      List.of(
          Timing.PER_TRY_IDLE,
          Timing.IDLE,
          Timing.MAX_DURATION,
          Timing.UPSTREAM_DURATION,
          Timing.HEDGED);
  private static final List<Kind> KINDS = List.of(Kind.values());
  private static final int WARM_UP = 500;

  /**
   * Which timeouts a route has; each is far from the times that the backend takes, and the end of a
   * whole call far from the second end of a try. It is near the third one, which is due after it
   * however late a busy machine is.
   */
  enum Timing {
    NONE(0, 0),
    PER_TRY(500, 0),
    TOTAL(0, 1_400),
    BOTH(500, 1_400),
    PER_TRY_IDLE(0, 1_400),
    IDLE(0, 0),
    MAX_DURATION(0, 0),
    UPSTREAM_DURATION(0, 1_400),
    HEDGED(500, 1_400);

    /** Of what is neither per try nor of the whole call. */
    static final int OTHER_MS = 500;

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
    CLOSED_AFTER_STATUS_LINE,
    RESET_IN_HEAD,
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
    Draw draw = new Draw(everyKind);
    for (Behaviour behaviour : Behaviour.values()) {
      for (String retryOn : RETRY_ON) {
        boolean slow = behaviour.isSlow();
        draw.add(behaviour, retryOn, TIMINGS, slow, false);
        draw.add(behaviour, retryOn, List.of(Timing.NONE, Timing.TOTAL), false, true);
      }
    }
    for (Behaviour behaviour :
        List.of(
            Behaviour.OK,
            Behaviour.SERVICE_UNAVAILABLE,
            Behaviour.CLOSED_BEFORE_HEAD,
            Behaviour.SLOW_HEAD,
            Behaviour.SLOW_BODY)) {
      for (String retryOn : List.of("", "5xx", "connect-failure", "reset")) {
        draw.add(behaviour, retryOn, RARE, true, false);
      }
    }
    return draw.cases;
  }

  /** Cases as they come up. */
  private static final class Draw {
    private final List<GridCase> cases = new ArrayList<>();
    private final boolean everyKind;
    private int turn;

    Draw(boolean everyKind) {
      this.everyKind = everyKind;
    }

    void add(
        Behaviour behaviour,
        String retryOn,
        List<Timing> timings,
        boolean everyTiming,
        boolean byHeaders) {
      for (boolean once : new boolean[] {false, true}) {
        if (once && behaviour == Behaviour.REFUSED) {
          continue; // who refuses cannot do so once
        }
        for (int retries : retryOn.isEmpty() ? List.of(-1) : RETRIES) {
          Timing itsTurn = timings.get(turn % timings.size());
          for (Timing timing : everyTiming ? timings : List.of(itsTurn)) {
            Kind itsKind = KINDS.get((turn + timings.indexOf(timing)) % KINDS.size());
            for (Kind kind : everyKind ? KINDS : List.of(itsKind)) {
              cases.add(new GridCase(retryOn, retries, timing, behaviour, once, kind, byHeaders));
            }
          }
          turn++;
        }
      }
    }
  }

  /** Calls that are made to have made calls before. */
  static List<GridCase> warmUp() {
    GridCase one =
        new GridCase(
            "reset", 3, Timing.TOTAL, Behaviour.CLOSED_BEFORE_HEAD, true, Kind.POST, false);
    return Collections.nCopies(WARM_UP, one);
  }

  /** The path that its route and the backend go by. */
  String path() {
    return "/" + route() + "/" + behaviour + (once ? "/once" : "/always");
  }

  /** What all cases of one route have in common. */
  String route() {
    String policy =
        byHeaders
            ? "by-headers"
            : (retryOn.isEmpty() ? "none" : retryOn.replace(',', '+'))
                + "/"
                + retries
                + "/"
                + timing;
    return policy + (behaviour == Behaviour.REFUSED ? "/refused" : "");
  }

  /** The headers of its request that say what else its route would. */
  Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    if (timing == Timing.UPSTREAM_DURATION) {
      headers.put("x-envoy-upstream-stream-duration-ms", String.valueOf(Timing.OTHER_MS));
    }
    if (!byHeaders) {
      return headers;
    }
    headers.put("x-envoy-upstream-rq-timeout-ms", String.valueOf(timing.totalMs));
    if (!retryOn.isEmpty()) {
      boolean grpc = retryOn.contains("unavailable") || retryOn.contains("cancelled");
      headers.put(grpc ? "x-envoy-retry-grpc-on" : "x-envoy-retry-on", retryOn);
      headers.put("x-envoy-retriable-status-codes", "409");
      headers.put("x-envoy-retriable-header-names", "x-retry-me");
    }
    if (retries >= 0) {
      headers.put("x-envoy-max-retries", String.valueOf(retries));
    }
    return headers;
  }

  @Override
  public String toString() {
    return (behaviour + (once ? " once" : "")).toLowerCase(Locale.ROOT).replace('_', ' ')
        + ", retry_on "
        + (retryOn.isEmpty() ? "unset" : "\"" + retryOn + "\"")
        + (retries < 0 ? "" : ", num_retries " + retries)
        + (timing.perTryMs == 0 ? "" : ", per try " + timing.perTryMs + " ms")
        + (timing.totalMs == 0 ? "" : ", in all " + timing.totalMs + " ms")
        + (RARE.contains(timing) ? ", " + timing : "")
        + ", "
        + kind
        + (byHeaders ? ", by headers" : "");
  }
}
