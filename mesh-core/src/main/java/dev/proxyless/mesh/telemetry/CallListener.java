package dev.proxyless.mesh.telemetry;

import java.time.Duration;

/**
 * Told of what becomes of one call that is sent to a cluster. Methods run on the threads that make
 * the call, tries of one call one after the other, and must neither block nor throw. A call that an
 * internal redirect leads to is another call.
 */
public interface CallListener {

  /** A try has ended, or the head of its response has arrived; once for each try. */
  default void attempt(AttemptInfo attempt) {}

  /** A try takes long and goes on, and another is made beside it. {@link #attempt} follows. */
  default void slow(AttemptInfo attempt) {}

  /**
   * The call has ended: its body was read or closed, it broke off, was cancelled or was answered
   * here.
   *
   * @param status that the caller got; 0 where there was none
   * @param duration of the whole call
   */
  default void ended(CallInfo info, int status, Duration duration) {}
}
