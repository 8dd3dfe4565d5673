package dev.proxyless.mesh.controlplane;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes one call many times, some of them at a time, and tells how far it has come. */
final class CallLoad {

  private static final Duration REDRAWN = Duration.ofMillis(200);
  private static final Duration TOLD = Duration.ofSeconds(5);
  private static final double NANOS = 1e9;

  private final int repeat;
  private final int concurrency;
  private final PrintWriter err;
  private final boolean terminal;
  private final CallTally tally;

  /**
   * A load that has not begun.
   *
   * @param err where progress is told
   * @param terminal whether a person looks at it, so that one line is written again and again
   */
  CallLoad(int repeat, int concurrency, PrintWriter err, boolean terminal) {
    this.repeat = repeat;
    this.concurrency = concurrency;
    this.err = err;
    this.terminal = terminal;
    tally = new CallTally(repeat);
  }

  /** Makes the calls; returns how long they took. */
  Duration run(Callable<CallOutcome> call) throws InterruptedException {
    int workers = Math.min(concurrency, repeat);
    ExecutorService threads = Executors.newFixedThreadPool(workers);
    AtomicInteger left = new AtomicInteger(repeat);
    CountDownLatch running = new CountDownLatch(workers);
    List<Future<?>> results = new ArrayList<>();
    long start = System.nanoTime();
    try {
      for (int i = 0; i < workers; i++) {
        results.add(threads.submit(() -> work(call, left, running)));
      }
      while (!running.await((terminal ? REDRAWN : TOLD).toMillis(), TimeUnit.MILLISECONDS)) {
        progress(System.nanoTime() - start);
      }
      Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
      clear();
      for (Future<?> each : results) {
        each.get();
      }
      return elapsed;
    } catch (ExecutionException failed) {
      throw new IllegalStateException(failed.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  private Void work(Callable<CallOutcome> call, AtomicInteger left, CountDownLatch running)
      throws Exception {
    try {
      while (left.getAndDecrement() > 0) {
        tally.add(call.call());
      }
      return null;
    } finally {
      running.countDown();
    }
  }

  CallTally tally() {
    return tally;
  }

  private void progress(long nanos) {
    String line =
        String.format(
            Locale.ROOT,
            "%,d of %,d calls, %,d failed, %,.0f a second",
            tally.calls(),
            repeat,
            tally.failed(),
            tally.calls() / (nanos / NANOS));
    if (terminal) {
      err.print("\r\u001b[K" + line);
      err.flush();
    } else {
      err.println(line);
    }
  }

  private void clear() {
    if (terminal) {
      err.print("\r\u001b[K");
      err.flush();
    }
  }
}
