package dev.proxyless.mesh.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** Waits for what happens on other threads or in other processes, at most {@link #LIMIT}. */
public final class Await {

  public static final Duration LIMIT = Duration.ofSeconds(20);

  private static final long STEP_MILLIS = 2;

  private Await() {}

  /** Waits until a condition holds; {@code state} tells what there is instead when time is over. */
  public static void until(String what, Callable<Boolean> condition, Supplier<?> state)
      throws Exception {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError(
            what + " did not happen within " + LIMIT + "; there is " + state.get());
      }
      Thread.sleep(STEP_MILLIS);
    }
  }
}
