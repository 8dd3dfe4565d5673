package dev.proxyless.mesh.call;

import java.time.Duration;

/**
 * How long one try may take; zero is no bound.
 *
 * @param perTry to the response's head
 * @param hedgeAfter until another try is made beside it
 * @param idle without a sign of life
 * @param idleFailure whose bound {@code idle} is
 * @param stream to the end of the response's body
 * @param left of the call, or {@code stream} where that is less
 */
record AttemptTimes(
    Duration perTry,
    Duration hedgeAfter,
    Duration idle,
    Failure idleFailure,
    Duration stream,
    Duration left) {

  /** The same of the next try, of a call that has this time left. */
  AttemptTimes withLeft(Duration ofCall) {
    boolean byStream = !stream.isZero() && (ofCall.isZero() || stream.compareTo(ofCall) < 0);
    Duration nowLeft = byStream ? stream : ofCall;
    return left.equals(nowLeft)
        ? this
        : new AttemptTimes(perTry, hedgeAfter, idle, idleFailure, stream, nowLeft);
  }

  /** Whose bound {@code left} is. */
  Failure leftFailure() {
    return !stream.isZero() && left.equals(stream) ? Failure.STREAM_DURATION : Failure.CALL_TIMEOUT;
  }
}
