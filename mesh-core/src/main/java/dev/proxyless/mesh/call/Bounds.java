package dev.proxyless.mesh.call;

import dev.proxyless.mesh.telemetry.ResponseFlag;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How long a call may take, and by whose word. The earliest of the words counts.
 *
 * @param kind whose word
 * @param limit the duration that the route sets; zero where it sets none
 * @param deadlineNanos on the monotonic clock; {@link CallContext#NO_DEADLINE} for none
 */
record Bounds(Kind kind, Duration limit, long deadlineNanos) {

  /** What is longer is no bound; the clock counts 292 years. */
  static final Duration LONGEST = Duration.ofDays(36_500);

  enum Kind {
    /** Nothing bounds the call. */
    NONE,
    /** The route's {@code timeout}. */
    TIMEOUT,
    /** The timeout of a route that sets none. */
    DEFAULT_TIMEOUT,
    /** {@code grpc-timeout}, as far as the route's {@code max_grpc_timeout} lets it. */
    GRPC_TIMEOUT,
    /** A header of the request: {@code x-envoy-upstream-rq-timeout-ms} or the expected one. */
    HEADER,
    /**
     * {@code max_stream_duration} of the route, which switches {@code timeout} off, or of the
     * connection manager.
     */
    MAX_STREAM_DURATION,
    /** The deadline of the request that this process is serving. */
    INBOUND
  }

  static Bounds of(CallTimeouts timeouts, long startNanos, CallContext context) {
    Kind kind = timeouts.kind();
    Duration limit = timeouts.global();
    Optional<Duration> stream = timeouts.stream();
    if (stream.isPresent() && (limit.isZero() || stream.get().compareTo(limit) < 0)) {
      kind = Kind.MAX_STREAM_DURATION;
      limit = stream.get();
    }
    boolean bounded = kind == Kind.MAX_STREAM_DURATION || !limit.isZero();
    long deadline = bounded ? startNanos + limit.toNanos() : CallContext.NO_DEADLINE;
    long inbound = context.deadlineNanos();
    if (inbound != CallContext.NO_DEADLINE
        && (deadline == CallContext.NO_DEADLINE || inbound - deadline < 0)) {
      return new Bounds(Kind.INBOUND, limit, inbound);
    }
    return new Bounds(bounded ? kind : Kind.NONE, limit, deadline);
  }

  /** Whether the longest duration of the stream bounds the call, and no timeout. */
  boolean isStream() {
    return kind == Kind.MAX_STREAM_DURATION;
  }

  /** A limit that can act; zero for none. */
  static Duration bounded(Duration limit) {
    return limit.compareTo(LONGEST) > 0 ? Duration.ZERO : limit;
  }

  /** The same, where the route's clock starts later. */
  Bounds later(Duration delay) {
    return kind == Kind.NONE || kind == Kind.INBOUND || delay.isZero()
        ? this
        : new Bounds(kind, limit, deadlineNanos + delay.toNanos());
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

  /** Envoy's; null where its connection manager ends the stream and flags nothing. */
  @Nullable ResponseFlag flag() {
    return isStream() ? null : ResponseFlag.UT;
  }

  /** What bounds the call, for people. */
  String words() {
    return switch (kind) {
      case NONE -> "nothing";
      case TIMEOUT -> "the route's timeout of " + limit.toMillis() + " ms";
      case DEFAULT_TIMEOUT ->
          "the default timeout of " + limit.toMillis() + " ms, since the route sets none,";
      case GRPC_TIMEOUT -> "the grpc-timeout of " + limit.toMillis() + " ms that the route allows";
      case HEADER ->
          "the timeout of " + limit.toMillis() + " ms that the request's header asks for";
      case MAX_STREAM_DURATION -> "the max_stream_duration of " + limit.toMillis() + " ms";
      case INBOUND -> "the deadline of the request that this process is serving";
    };
  }
}
