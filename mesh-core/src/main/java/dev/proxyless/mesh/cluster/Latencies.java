package dev.proxyless.mesh.cluster;

import dev.proxyless.mesh.time.MeshTime;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How long a cluster's endpoints take to answer, as a percentile of the last ten seconds that were
 * counted whole, within an eighth. Safe for use by several threads.
 */
final class Latencies {

  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Fewer say nothing about a percentile. */
  private static final int LEAST_SAMPLES = 20;

  /** Powers of two of a microsecond, each cut into eight. */
  private static final int BUCKETS = 40 * 8;

  private final double percentile;
  private final MeshTime time;
  private final ReentrantLock turning = new ReentrantLock();
  private volatile AtomicIntegerArray counts = new AtomicIntegerArray(BUCKETS);
  private volatile long startNanos;
  private volatile Duration known = Duration.ZERO;

  Latencies(double percentile, MeshTime time) {
    this.percentile = percentile;
    this.time = time;
    startNanos = time.nanoTime();
  }

  void record(long nanos) {
    counts.incrementAndGet(bucket(nanos / 1_000));
  }

  private static int bucket(long micros) {
    if (micros < 8) {
      return (int) Math.max(0, micros);
    }
    int power = 63 - Long.numberOfLeadingZeros(micros);
    return Math.min(BUCKETS - 1, (power - 2) * 8 + (int) ((micros >>> (power - 3)) & 7));
  }

  /** The longest time, in microseconds, that a bucket counts. */
  private static long upper(int bucket) {
    if (bucket < 8) {
      return bucket + 1L;
    }
    int power = bucket / 8 + 2;
    return (8L + bucket % 8 + 1) << (power - 3);
  }

  /** The percentile; zero while too little is known. */
  Duration percentile() {
    long now = time.nanoTime();
    if (now - startNanos >= WINDOW_NANOS) {
      turn(now);
    }
    return known;
  }

  /** A thread that comes while another turns goes on with what was known. */
  private void turn(long now) {
    if (!turning.tryLock()) {
      return;
    }
    try {
      if (now - startNanos >= WINDOW_NANOS) {
        AtomicIntegerArray whole = counts;
        counts = new AtomicIntegerArray(BUCKETS);
        startNanos = now;
        known = percentile(whole);
      }
    } finally {
      turning.unlock();
    }
  }

  private Duration percentile(AtomicIntegerArray whole) {
    long samples = 0;
    for (int i = 0; i < BUCKETS; i++) {
      samples += whole.get(i);
    }
    if (samples < LEAST_SAMPLES) {
      return Duration.ZERO;
    }
    long rank = (long) Math.ceil(percentile / 100 * samples);
    long seen = 0;
    for (int i = 0; i < BUCKETS; i++) {
      seen += whole.get(i);
      if (seen >= rank) {
        return Duration.ofNanos(upper(i) * 1_000);
      }
    }
    return Duration.ZERO;
  }
}
