package dev.proxyless.mesh.benchmarks.calls;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** Bytes that the threads of this JVM have allocated. */
final class Allocated {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Counts threads that have ended as well; since JDK 21. */
  private static final @Nullable Method TOTAL = total();

  private Allocated() {}

  private static @Nullable Method total() {
    try {
      return ThreadMXBean.class.getMethod("getTotalThreadAllocatedBytes");
    } catch (NoSuchMethodException older) {
      return null;
    }
  }

  /** So far; where the JDK is older, by threads that live. */
  static long bytes() {
    Method total = TOTAL;
    if (total != null) {
      try {
        return (long) total.invoke(THREADS);
      } catch (ReflectiveOperationException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
    long sum = 0;
    for (long each : THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds())) {
      sum += Math.max(0, each);
    }
    return sum;
  }
}
