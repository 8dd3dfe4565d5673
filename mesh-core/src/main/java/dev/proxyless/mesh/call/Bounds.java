package dev.proxyless.mesh.call;

import dev.proxyless.mesh.model.RouteAction.Forward;
import dev.proxyless.mesh.model.RouteAction.MaxStreamDuration;
import dev.proxyless.mesh.model.RouteAction.RouteTimeouts;
import dev.proxyless.mesh.telemetry.ResponseFlag;
import java.time.Duration;

/**
 * How long a call may take, and by whose word. The earliest of the words counts.
 *
 * @param kind whose word
 * @param limit the duration that the route sets; zero where it sets none
 * @param deadlineNanos on the monotonic clock; {@link CallContext#NO_DEADLINE} for none
 */
record Bounds(Kind kind, Duration limit, long deadlineNanos) {

  /** What is longer is no bound; the clock counts 292 years. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  enum Kind {
    /** Nothing bounds the call. */
    NONE,
    /** The route's {@code timeout}. */
    TIMEOUT,
    /** The timeout of a route that sets none. */
    DEFAULT_TIMEOUT,
    /** The route's {@code max_stream_duration}, which switches {@code timeout} off. */
    MAX_STREAM_DURATION,
    /** The deadline of the request that this process is serving. */
    INBOUND
  }

  static Bounds of(Forward action, long startNanos, CallContext context) {
    Kind kind;
    Duration limit;
    if (action.timeouts().maxStreamDuration().isPresent()) {
      MaxStreamDuration stream = action.timeouts().maxStreamDuration().get();
      kind = Kind.MAX_STREAM_DURATION;
      limit = stream.duration().orElse(Duration.ZERO);
    } else if (action.timeouts().timeout().isPresent()) {
      kind = Kind.TIMEOUT;
      limit = action.timeouts().timeout().get();
    } else {
      kind = Kind.DEFAULT_TIMEOUT;
      limit = RouteTimeouts.DEFAULT_TIMEOUT;
    }
    limit = bounded(limit);
    long deadline = limit.isZero() ? CallContext.NO_DEADLINE : startNanos + limit.toNanos();
    long inbound = context.deadlineNanos();
    if (inbound != CallContext.NO_DEADLINE
        && (deadline == CallContext.NO_DEADLINE || inbound - deadline < 0)) {
      return new Bounds(Kind.INBOUND, limit, inbound);
    }
    return new Bounds(limit.isZero() ? Kind.NONE : kind, limit, deadline);
  }

  /** A limit that can act; zero for none. */
  static Duration bounded(Duration limit) {
    return limit.compareTo(LONGEST) > 0 ? Duration.ZERO : limit;
  }

  boolean isUnbounded() {
    return deadlineNanos == CallContext.NO_DEADLINE;
  }

  /** Time left; negative when it is over. Only for calls that are bounded. */
  long leftNanos(long nowNanos) {
    return deadlineNanos - nowNanos;
  }

  /**
   * Whether an endpoint is to blame when the time is over: not where the caller came with too
   * little.
   */
  boolean blamesEndpoint() {
    return kind != Kind.INBOUND;
  }

  ResponseFlag flag() {
    return kind == Kind.MAX_STREAM_DURATION ? ResponseFlag.UMSDR : ResponseFlag.UT;
  }

  /** What bounds the call, for people. */
  String words() {
    return switch (kind) {
      case NONE -> "nothing";
      case TIMEOUT -> "the route's timeout of " + limit.toMillis() + " ms";
      case DEFAULT_TIMEOUT ->
          "the default timeout of " + limit.toMillis() + " ms, since the route sets none,";
      case MAX_STREAM_DURATION -> "the route's max_stream_duration of " + limit.toMillis() + " ms";
      case INBOUND -> "the deadline of the request that this process is serving";
    };
  }
}
