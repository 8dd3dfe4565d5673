package dev.proxyless.mesh.testing;

import java.util.Random;

/**
 * Runs a test with many random sources. A failure names the seed; {@code -Dtest.seed=N} runs that
 * one alone.
 */
public final class Seeds {

  private Seeds() {}

  /** One run. */
  public interface Run {
    void run(Random random) throws Exception;
  }

  /** Runs a test this many times, each with a seed of its own. */
  public static void each(int runs, Run run) {
    Long fixed = Long.getLong("test.seed");
    long first = fixed != null ? fixed : new Random().nextLong();
    for (long seed = first; seed < first + (fixed != null ? 1 : runs); seed++) {
      try {
        run.run(new Random(seed));
      } catch (Exception | AssertionError | StackOverflowError failed) {
        throw new AssertionError("seed " + seed + ": " + failed, failed);
      }
    }
  }
}
