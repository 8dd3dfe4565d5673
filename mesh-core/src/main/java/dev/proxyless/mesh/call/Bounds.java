package dev.proxyless.mesh.call;

import dev.proxyless.mesh.telemetry.ResponseFlag;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How long a call may take, and by whose word. The earliest of the words counts.
 *
 * @param kind whose word
 * @param limit the duration; zero where nothing bounds the call, or somebody else's deadline
 */
record Bounds(Kind kind, Duration limit) {

  /** Nothing bounds the call. */
  static final Bounds NONE = new Bounds(Kind.NONE, Duration.ZERO);

  /** The deadline of the request that this process is serving. */
  static final Bounds INBOUND = new Bounds(Kind.INBOUND, Duration.ZERO);

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

  /**
   * The shorter of two.
   *
   * @param kind whose word {@code global} is
   * @param global of the whole call; zero is none
   * @param stream of the whole call as well; empty is none
   */
  static Bounds of(Kind kind, Duration global, Optional<Duration> stream) {
    if (stream.isPresent() && (global.isZero() || stream.get().compareTo(global) < 0)) {
      return new Bounds(Kind.MAX_STREAM_DURATION, stream.get());
    }
    return global.isZero() ? NONE : new Bounds(kind, global);
  }

  /** When a call that begins now is over; {@link CallContext#NO_DEADLINE} for never. */
  long deadlineNanos(long nowNanos) {
    return kind == Kind.NONE ? CallContext.NO_DEADLINE : nowNanos + limit.toNanos();
  }

  /** Whether the longest duration of the stream bounds the call, and no timeout. */
  boolean isStream() {
    return kind == Kind.MAX_STREAM_DURATION;
  }

  /** A limit that can act; zero for none. */
  static Duration bounded(Duration limit) {
    return limit.compareTo(LONGEST) > 0 ? Duration.ZERO : limit;
  }

  boolean isUnbounded() {
    return kind == Kind.NONE;
  }

  /**
   * Whether the clock starts when the router sees the request, after a fault has delayed it. That
   * of the stream is the connection manager's, and runs during the delay.
   */
  boolean startsWithRouter() {
    return kind != Kind.NONE && kind != Kind.INBOUND && !isStream();
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
