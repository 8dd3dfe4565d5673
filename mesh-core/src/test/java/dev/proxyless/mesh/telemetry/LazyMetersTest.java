package dev.proxyless.mesh.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LazyMetersTest {

  private static final long LIMIT_SECONDS = 20;

  /** The common pool may have one thread, and both tasks of a test have to run. */
  private static final Executor THREAD_OF_ITS_OWN = task -> new Thread(task).start();

  private final LazyMeters<String> meters = new LazyMeters<>();

  @Test
  void aMeterIsMadeOnceForItsKey() {
    assertNull(meters.get(7));
    assertEquals("seven", meters.get(7, key -> "seven"));
    assertEquals("two", meters.get(2, key -> "two"));
    assertEquals("seven", meters.get(7, key -> fail("made again")));
    assertEquals("two", meters.get(2));
  }

  @Test
  void aMeterThatIsThereIsReadWhileAnotherIsMade() throws Exception {
    meters.get(1, key -> "one");
    CountDownLatch making = new CountDownLatch(1);
    CountDownLatch read = new CountDownLatch(1);
    CompletableFuture<String> made =
        CompletableFuture.supplyAsync(
            () ->
                meters.get(
                    2,
                    key -> {
                      making.countDown();
                      return await(read) ? "two" : "nobody could read";
                    }),
            THREAD_OF_ITS_OWN);
    CompletableFuture<String> found =
        CompletableFuture.supplyAsync(
            () -> await(making) ? meters.get(1, key -> "made again") : "not made",
            THREAD_OF_ITS_OWN);
    try {
      assertEquals("one", found.get(LIMIT_SECONDS, TimeUnit.SECONDS));
    } finally {
      read.countDown();
    }
    assertEquals("two", made.get(LIMIT_SECONDS, TimeUnit.SECONDS));
  }

  private static boolean await(CountDownLatch latch) {
    try {
      return latch.await(2 * LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }
}
