package dev.proxyless.mesh.call;

import dev.proxyless.mesh.Internal;
import dev.proxyless.mesh.route.RetryRules;
import dev.proxyless.mesh.telemetry.CallListener;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a call takes along from the thread that asked for it: the deadline and headers of the
 * request being served there, the retry policy set there, the trace. Immutable; taken when the call
 * is made, so that it holds on whatever thread the call then runs.
 *
 * @param deadlineNanos on the mesh's monotonic clock; {@link #NO_DEADLINE} where there is none
 * @param headers of the request being served, which go on where the call does not set them itself
 * @param retryRules stand in for the route's
 * @param trace what tracing took along
 * @param listener told of this call; null where nobody asks
 * @param served the request being served; null where none is
 */
@Internal
public record CallContext(
    long deadlineNanos,
    List<Header> headers,
    Optional<RetryRules> retryRules,
    @Nullable Object trace,
    @Nullable CallListener listener,
    @Nullable ServedRetries served) {

  /** There is no deadline. */
  public static final long NO_DEADLINE = Long.MAX_VALUE;

  /** Nothing is taken along. */
  public static final CallContext NONE = serving(NO_DEADLINE, List.of());

  /** A request is being served. */
  public static CallContext serving(long deadlineNanos, List<Header> headers) {
    return serving(deadlineNanos, headers, null);
  }

  /** A request is being served, which may be a retry. */
  public static CallContext serving(
      long deadlineNanos, List<Header> headers, @Nullable ServedRetries served) {
    return new CallContext(deadlineNanos, headers, Optional.empty(), null, null, served);
  }

  /** Whether there is a deadline before another; {@link #NO_DEADLINE} is never. */
  boolean isEarlier(long otherNanos) {
    return deadlineNanos != NO_DEADLINE
        && (otherNanos == NO_DEADLINE || deadlineNanos - otherNanos < 0);
  }

  /** The same with another retry policy. */
  public CallContext retrying(Optional<RetryRules> rules) {
    return new CallContext(deadlineNanos, headers, rules, trace, listener, served);
  }

  /** The same with a trace. */
  CallContext traced(@Nullable Object newTrace) {
    return new CallContext(deadlineNanos, headers, retryRules, newTrace, listener, served);
  }

  /** The same with somebody who is told. */
  public CallContext toldTo(@Nullable CallListener newListener) {
    return new CallContext(deadlineNanos, headers, retryRules, trace, newListener, served);
  }
}
