package dev.proxyless.mesh.call;

import java.time.Duration;

/**
 * How long each try of a call may take; zero is no bound.
 *
 * @param perTry to the response's head
 * @param hedgeAfter until another try is made beside it
 * @param idle without a sign of life
 * @param idleFailure whose bound {@code idle} is
 * @param stream to the end of the response's body
 */
record AttemptTimes(
    Duration perTry, Duration hedgeAfter, Duration idle, Failure idleFailure, Duration stream) {

  /** The same, where another try is made beside one that takes long. */
  AttemptTimes hedgedAfter(Duration after) {
    return after.isZero() ? this : new AttemptTimes(perTry, after, idle, idleFailure, stream);
  }

  /** The same with this bound on the stream; zero is none. */
  AttemptTimes withStream(Duration bound) {
    return new AttemptTimes(perTry, hedgeAfter, idle, idleFailure, bound);
  }

  /** The same with a bound on the stream where there is none. */
  AttemptTimes orStream(Duration bound) {
    return bound.isZero() || !stream.isZero()
        ? this
        : new AttemptTimes(perTry, hedgeAfter, idle, idleFailure, bound);
  }

  /** Whether {@code stream} is less than what is left of the call; 0 is no bound. */
  boolean isBoundByStream(long leftNanos) {
    return !stream.isZero() && (leftNanos == 0 || stream.toNanos() < leftNanos);
  }
}
