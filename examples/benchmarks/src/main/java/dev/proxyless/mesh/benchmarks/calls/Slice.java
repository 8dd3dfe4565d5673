package dev.proxyless.mesh.benchmarks.calls;

/**
 * What one arm did in one slice.
 *
 * @param calls how many calls were made
 * @param nanos how long it took
 * @param cpuNanos CPU of this process and of proxies
 * @param bytes what was allocated
 * @param p50Nanos half of the calls took less
 */
record Slice(long calls, long nanos, long cpuNanos, long bytes, long p50Nanos) {

  double callsPerSecond() {
    return calls * 1e9 / nanos;
  }

  double cpuMicros() {
    return cpuNanos / 1e3 / calls;
  }

  double p50Micros() {
    return p50Nanos / 1e3;
  }

  double bytesPerCall() {
    return (double) bytes / calls;
  }
}
