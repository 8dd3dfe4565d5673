package dev.proxyless.mesh.time;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;

/**
 * The clock, timers, threads and random numbers of one mesh. Every part of the mesh takes its time
 * from here, so that a test can own it.
 *
 * <p>Implementations are safe for use by several threads. Threads made here are daemons whose names
 * begin with {@code mesh-}.
 */
public interface MeshTime extends AutoCloseable {

  /**
   * A monotonic reading in nanoseconds; only differences mean anything, as with {@link
   * System#nanoTime}.
   */
  long nanoTime();

  /**
   * The wall clock, for certificates and log lines; never for measuring how long something took.
   */
  Instant now();

  /** 64 uniformly distributed random bits. */
  long random();

  /**
   * Runs a task once, after a delay. The task shares its thread with all other timers: it must be
   * short and must not block.
   */
  Timer schedule(Duration delay, Runnable task);

  /**
   * Waits until the latch opens or the timeout has passed.
   *
   * @return whether the latch is open
   * @throws InterruptedException if the thread is interrupted before or while it waits
   */
  boolean await(CountDownLatch latch, Duration timeout) throws InterruptedException;

  /** One thread that runs its tasks in the order in which they came. */
  MeshExecutor serial(String name);

  /** Threads for work that blocks, made on demand and ended when idle. */
  MeshExecutor pool(String name);

  /** The timer thread for libraries that schedule for themselves. */
  ScheduledExecutorService scheduler();

  /** Ends the timer thread. Executors are ended by whoever asked for them. */
  @Override
  void close();

  /** The system's clock and threads of its own. */
  static MeshTime system() {
    return new SystemTime();
  }

  /** A task that was scheduled. */
  interface Timer {
    /** Prevents a run that has not begun; does nothing afterwards. */
    void cancel();
  }
}
