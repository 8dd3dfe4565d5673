package dev.proxyless.mesh.benchmarks.calls;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/**
 * The meters of a call, as the mesh has them: a timer of the call, a timer and a counter of tries.
 */
class PlainMeters {

  /** Counts nothing: for the mesh, which counts by itself. */
  static final PlainMeters NONE = new PlainMeters();

  private PlainMeters() {}

  static PlainMeters in(MeterRegistry registry, ArmName arm) {
    return new Counting(registry, arm.word());
  }

  long begin() {
    return 0;
  }

  void end(long begin) {}

  private static final class Counting extends PlainMeters {
    private final Timer calls;
    private final Timer attempts;
    private final Counter attempted;

    Counting(MeterRegistry registry, String arm) {
      calls = registry.timer("plain.requests", "arm", arm, "outcome", "success");
      attempts = registry.timer("plain.attempts.duration", "arm", arm, "status", "200");
      attempted = registry.counter("plain.attempts", "arm", arm, "result", "success");
    }

    @Override
    long begin() {
      return System.nanoTime();
    }

    @Override
    void end(long begin) {
      long nanos = System.nanoTime() - begin;
      attempted.increment();
      attempts.record(nanos, TimeUnit.NANOSECONDS);
      calls.record(nanos, TimeUnit.NANOSECONDS);
    }
  }
}
