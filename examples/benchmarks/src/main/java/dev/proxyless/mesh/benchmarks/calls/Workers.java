package dev.proxyless.mesh.benchmarks.calls;

import java.nio.LongBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads that make calls, all at a time. */
final class Workers implements AutoCloseable {

  /** Latencies kept of a slice, over all threads. */
  private static final int MAX_SAMPLES = 1 << 19;

  /** How the names of platform threads begin. */
  static final String NAME = "call-";

  private final int count;
  private final ExecutorService threads;

  private Workers(int count, ExecutorService threads) {
    this.count = count;
    this.threads = threads;
  }

  /** Threads of a load; empty where this JDK has no virtual threads and they are asked for. */
  static Optional<Workers> of(Settings.Load load) {
    if (load.virtual()) {
      return virtual().map(threads -> new Workers(load.threads(), threads));
    }
    java.util.concurrent.atomic.AtomicInteger number =
        new java.util.concurrent.atomic.AtomicInteger();
    return Optional.of(
        new Workers(
            load.threads(),
            Executors.newFixedThreadPool(
                load.threads(),
                task -> {
                  Thread thread = new Thread(task, NAME + number.incrementAndGet());
                  thread.setDaemon(true);
                  return thread;
                })));
  }

  private static Optional<ExecutorService> virtual() {
    try {
      return Optional.of(
          (ExecutorService)
              Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null));
    } catch (ReflectiveOperationException olderJdk) {
      return Optional.empty();
    }
  }

  /** What one thread counted. */
  private record Counted(long calls, LongBuffer latencies) {}

  /**
   * Lets all threads make calls for a while.
   *
   * @throws Exception what the first call that failed threw
   */
  Slice run(Arm arm, Duration length) throws Exception {
    CountDownLatch ready = new CountDownLatch(count);
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(count);
    List<Future<Counted>> running = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      running.add(
          threads.submit(
              () -> {
                long[] samples = new long[MAX_SAMPLES / count];
                ready.countDown();
                go.await();
                try {
                  return calls(arm, length.toNanos(), samples);
                } finally {
                  done.countDown();
                }
              }));
    }
    ready.await();
    CpuTime own = CpuTime.of(ProcessHandle.current());
    long cpu = own.nanos() + arm.proxyCpuNanos();
    long bytes = Allocated.bytes();
    long begin = System.nanoTime();
    go.countDown();
    done.await();
    long nanos = System.nanoTime() - begin;
    bytes = Allocated.bytes() - bytes;
    cpu = own.nanos() + arm.proxyCpuNanos() - cpu;
    return sum(running, nanos, cpu, bytes);
  }

  private static Counted calls(Arm arm, long length, long[] samples) throws Exception {
    long calls = 0;
    int kept = 0;
    long begin = System.nanoTime();
    long now = begin;
    while (now - begin < length) {
      arm.call();
      long after = System.nanoTime();
      if (kept < samples.length) {
        samples[kept++] = after - now;
      }
      now = after;
      calls++;
    }
    return new Counted(calls, LongBuffer.wrap(samples, 0, kept));
  }

  private static Slice sum(List<Future<Counted>> running, long nanos, long cpu, long bytes)
      throws Exception {
    List<Counted> counted = new ArrayList<>();
    try {
      for (Future<Counted> each : running) {
        counted.add(each.get());
      }
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw failed;
    }
    long[] all = new long[counted.stream().mapToInt(each -> each.latencies().remaining()).sum()];
    int at = 0;
    for (Counted each : counted) {
      int kept = each.latencies().remaining();
      each.latencies().get(all, at, kept);
      at += kept;
    }
    long calls = counted.stream().mapToLong(Counted::calls).sum();
    return new Slice(calls, nanos, cpu, bytes, Statistics.percentile(all, 0.5));
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
