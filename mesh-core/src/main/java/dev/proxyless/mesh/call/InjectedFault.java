package dev.proxyless.mesh.call;

import java.time.Duration;
import java.util.Optional;

/**
 * What the fault filter does to one request.
 *
 * @param delay before the request goes on; zero is none
 * @param responseKibPerSecond how fast the response may come; zero is no bound
 * @param abort the answer in place of a call
 * @param end gives the fault's place back, once
 */
record InjectedFault(
    Duration delay, long responseKibPerSecond, Optional<LocalReply> abort, Runnable end) {

  static final InjectedFault NONE = new InjectedFault(Duration.ZERO, 0, Optional.empty(), () -> {});

  boolean isDelayed() {
    return !delay.isZero();
  }
}
