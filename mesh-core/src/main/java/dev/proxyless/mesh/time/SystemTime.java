package dev.proxyless.mesh.time;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The system's clock; one timer thread, made on first use. */
final class SystemTime implements MeshTime {

  private static final Logger log = LoggerFactory.getLogger(SystemTime.class);
  private static final long END_WAIT_SECONDS = 5;
  private static final long IDLE_SECONDS = 10;

  private final ScheduledThreadPoolExecutor timers;

  SystemTime() {
    timers = new ScheduledThreadPoolExecutor(1, threads("timer"));
    timers.setRemoveOnCancelPolicy(true);
    timers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public long random() {
    return ThreadLocalRandom.current().nextLong();
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    try {
      ScheduledFuture<?> future =
          timers.schedule(guarded("timer", task), delay.toNanos(), TimeUnit.NANOSECONDS);
      return () -> future.cancel(false);
    } catch (RejectedExecutionException closed) {
      return () -> {};
    }
  }

  @Override
  public boolean await(CountDownLatch latch, Duration timeout) throws InterruptedException {
    return latch.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public MeshExecutor serial(String name) {
    return new Threads(
        name,
        new ThreadPoolExecutor(
            1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads(name)));
  }

  @Override
  public MeshExecutor pool(String name) {
    return new Threads(
        name,
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            threads(name)));
  }

  @Override
  public ScheduledExecutorService scheduler() {
    return timers;
  }

  @Override
  public void close() {
    end("timer", timers);
  }

  private static ThreadFactory threads(String name) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, "mesh-" + name + "-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** A task that fails must not end its thread in silence. */
  private static Runnable guarded(String name, Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException | Error failure) {
        log.error("a task of mesh-{} failed; this is a bug in the mesh", name, failure);
      }
    };
  }

  private static void end(String name, ExecutorService executor) {
    executor.shutdownNow();
    try {
      if (!executor.awaitTermination(END_WAIT_SECONDS, TimeUnit.SECONDS)) {
        log.warn("mesh-{} did not end within {} s", name, END_WAIT_SECONDS);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private record Threads(String name, ThreadPoolExecutor executor) implements MeshExecutor {
    @Override
    public void execute(Runnable task) {
      try {
        executor.execute(guarded(name, task));
      } catch (RejectedExecutionException closed) {
        log.debug("mesh-{} has ended; a task was dropped", name);
      }
    }

    @Override
    public void close() {
      end(name, executor);
    }
  }
}
