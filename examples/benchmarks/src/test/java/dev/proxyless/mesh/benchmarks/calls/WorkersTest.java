package dev.proxyless.mesh.benchmarks.calls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WorkersTest {

  private static final Settings.Load TWO = new Settings.Load(2, false);

  @Test
  void aSliceCountsEachCallOfEveryThread() throws Exception {
    AtomicLong calls = new AtomicLong();
    try (Workers workers = Workers.of(TWO).orElseThrow()) {
      Slice slice = workers.run(calls::incrementAndGet, Duration.ofMillis(50));
      assertEquals(calls.get(), slice.calls());
      assertTrue(slice.nanos() >= 50_000_000, slice.toString());
      assertTrue(slice.cpuNanos() > 0, slice.toString());
    }
  }

  @Test
  void whatIsAllocatedByCallsIsCounted() throws Exception {
    byte[][] kept = new byte[1][];
    try (Workers workers = Workers.of(TWO).orElseThrow()) {
      Slice slice =
          workers.run(
              () -> {
                kept[0] = new byte[10_000];
              },
              Duration.ofMillis(50));
      assertEquals(10_016, slice.bytesPerCall(), 1_000);
    }
  }

  @Test
  void virtualThreadsCallWhereTheJdkHasThem() throws Exception {
    Optional<Workers> workers = Workers.of(new Settings.Load(4, true));
    assertEquals(Runtime.version().feature() >= 21, workers.isPresent());
    if (workers.isPresent()) {
      try (Workers running = workers.get()) {
        Slice slice = running.run(() -> {}, Duration.ofMillis(20));
        assertTrue(slice.calls() > 0, slice.toString());
      }
    }
  }

  @Test
  void aCallThatFailsEndsTheSlice() throws Exception {
    IOException own = new IOException("broken");
    try (Workers workers = Workers.of(TWO).orElseThrow()) {
      assertSame(
          own,
          assertThrows(
              IOException.class,
              () ->
                  workers.run(
                      () -> {
                        throw own;
                      },
                      Duration.ofMillis(50))));
    }
  }
}
