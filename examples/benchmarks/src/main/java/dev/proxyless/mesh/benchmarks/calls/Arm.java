package dev.proxyless.mesh.benchmarks.calls;

import java.io.IOException;

/** One way to make the same call. Used by many threads at a time. */
interface Arm extends AutoCloseable {

  /** Makes one call and reads its body to the end; fails unless the answer is the expected one. */
  void call() throws Exception;

  /** CPU that proxies of this arm have used so far, in nanoseconds. */
  default long proxyCpuNanos() {
    return 0;
  }

  @Override
  default void close() throws IOException {}
}
