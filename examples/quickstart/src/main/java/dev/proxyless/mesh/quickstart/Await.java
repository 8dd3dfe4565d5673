package dev.proxyless.mesh.quickstart;

import java.time.Duration;

/** Waits until something holds: on a busy machine that takes longer than on an idle one. */
final class Await {

  private static final Duration LIMIT = Duration.ofSeconds(15);

  private Await() {}

  /** Something that may hold. */
  interface Condition {
    /**
     * Whether it holds now.
     *
     * @throws NotHeld if it never will
     */
    boolean holds() throws NotHeld;
  }

  /**
   * Waits at most 15 s.
   *
   * @throws NotHeld if it does not hold by then
   */
  static void until(Condition condition, String otherwise) throws NotHeld, InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!condition.holds()) {
      NotHeld.unless(
          System.nanoTime() < deadline, otherwise + " within " + LIMIT.toSeconds() + " s");
      Thread.sleep(1);
    }
  }
}
