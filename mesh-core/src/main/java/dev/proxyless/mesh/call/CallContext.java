package dev.proxyless.mesh.call;

import dev.proxyless.mesh.Internal;
import dev.proxyless.mesh.route.RetryRules;
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
 */
@Internal
public record CallContext(
    long deadlineNanos,
    List<Header> headers,
    Optional<RetryRules> retryRules,
    @Nullable Object trace) {

  /** There is no deadline. */
  public static final long NO_DEADLINE = Long.MAX_VALUE;

  /** Nothing is taken along. */
  public static final CallContext NONE =
      new CallContext(NO_DEADLINE, List.of(), Optional.empty(), null);
}
