package dev.proxyless.mesh.cluster;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * An endpoint's record with outlier detection. The count of errors in a row is changed by calls;
 * all else on the configuration thread.
 */
final class EjectionRecord {

  final AtomicInteger consecutive5xx = new AtomicInteger();

  private volatile boolean ejected;

  /**
   * How many base times the next ejection lasts, less one; grows by ejections, shrinks by good
   * sweeps.
   */
  int backoff;

  long ejectedAtNanos;
  long jitterNanos;
  long returnedAtNanos;

  boolean isEjected() {
    return ejected;
  }

  void eject(long nowNanos, long newJitterNanos) {
    ejected = true;
    ejectedAtNanos = nowNanos;
    jitterNanos = newJitterNanos;
  }

  void unEject(long nowNanos) {
    ejected = false;
    returnedAtNanos = nowNanos;
    consecutive5xx.set(0);
  }
}
