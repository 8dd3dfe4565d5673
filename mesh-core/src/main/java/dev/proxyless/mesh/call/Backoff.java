package dev.proxyless.mesh.call;

import java.time.Duration;

/**
 * Exponential back-off with full jitter, as Envoy computes it: a random number of whole
 * milliseconds below an interval that doubles from the base until it reaches the maximum. One
 * call's; not thread-safe.
 */
final class Backoff {

  private final long maxMillis;
  private long intervalMillis;

  Backoff(Duration base, Duration max) {
    intervalMillis = Math.max(1, base.toMillis());
    maxMillis = Math.max(intervalMillis, max.toMillis());
  }

  Duration next(long random) {
    Duration delay = Duration.ofMillis(Long.remainderUnsigned(random, intervalMillis));
    intervalMillis = intervalMillis < maxMillis / 2 ? 2 * intervalMillis : maxMillis;
    return delay;
  }
}
