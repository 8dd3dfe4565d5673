package dev.proxyless.mesh.call;

import java.time.Duration;

/**
 * How long one try may take; zero is no bound.
 *
 * @param perTry to the response's head
 * @param hedgeAfter until another try is made beside it
 * @param idle without a sign of life
 * @param idleFailure whose bound {@code idle} is
 * @param left of the call
 */
record AttemptTimes(
    Duration perTry, Duration hedgeAfter, Duration idle, Failure idleFailure, Duration left) {

  /** The same of the next try. */
  AttemptTimes withLeft(Duration nowLeft) {
    return left.equals(nowLeft)
        ? this
        : new AttemptTimes(perTry, hedgeAfter, idle, idleFailure, nowLeft);
  }
}
