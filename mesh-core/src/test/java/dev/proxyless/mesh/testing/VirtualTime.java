package dev.proxyless.mesh.testing;

import dev.proxyless.mesh.time.MeshExecutor;
import dev.proxyless.mesh.time.MeshTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;

/**
 * A clock that stands until a test moves it. Timers run on the thread that moves it, in the order
 * of their times; executors run a task at once, on the thread that gives it, one after the other.
 * Waiting moves the clock itself: to the latch's opening, or to the timeout.
 *
 * <p>For tests on one thread.
 */
public final class VirtualTime implements MeshTime {

  private static final Instant START = Instant.parse("2026-11-21T00:00:00Z");

  private final SplittableRandom random;
  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(
          Comparator.comparingLong((Task task) -> task.dueNanos)
              .thenComparingLong(task -> task.order));
  private long nanos;
  private long scheduled;

  /** A clock whose random numbers follow from a seed. */
  public VirtualTime(long seed) {
    random = new SplittableRandom(seed);
  }

  private static final class Task {
    private final long dueNanos;
    private final long order;
    private final Runnable action;
    private boolean cancelled;

    Task(long dueNanos, long order, Runnable action) {
      this.dueNanos = dueNanos;
      this.order = order;
      this.action = action;
    }
  }

  /** Moves the clock, running what falls due on the way. */
  public void advance(Duration duration) {
    long target = nanos + duration.toNanos();
    while (!tasks.isEmpty() && tasks.peek().dueNanos <= target) {
      runNext();
    }
    nanos = target;
  }

  private void runNext() {
    Task task = tasks.remove();
    nanos = Math.max(nanos, task.dueNanos);
    if (!task.cancelled) {
      task.action.run();
    }
  }

  /** How long the clock has been moved in all. */
  public Duration elapsed() {
    return Duration.ofNanos(nanos);
  }

  /** How many timers wait. */
  public int timers() {
    return (int) tasks.stream().filter(task -> !task.cancelled).count();
  }

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public Instant now() {
    return START.plusNanos(nanos);
  }

  @Override
  public long random() {
    return random.nextLong();
  }

  @Override
  public Timer schedule(Duration delay, Runnable action) {
    Task task = new Task(nanos + delay.toNanos(), scheduled++, action);
    tasks.add(task);
    return () -> task.cancelled = true;
  }

  @Override
  public boolean await(CountDownLatch latch, Duration timeout) {
    long deadline = nanos + timeout.toNanos();
    while (latch.getCount() > 0 && !tasks.isEmpty() && tasks.peek().dueNanos <= deadline) {
      runNext();
    }
    if (latch.getCount() > 0) {
      nanos = Math.max(nanos, deadline);
    }
    return latch.getCount() == 0;
  }

  @Override
  public MeshExecutor serial(String name) {
    return new Inline();
  }

  @Override
  public MeshExecutor pool(String name) {
    return new Inline();
  }

  @Override
  public ScheduledExecutorService scheduler() {
    throw new UnsupportedOperationException("no library can schedule on a virtual clock");
  }

  @Override
  public void close() {
    tasks.clear();
  }

  /** Runs tasks at once; one that is given by a task waits for that to end. */
  private static final class Inline implements MeshExecutor {
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private boolean running;
    private boolean closed;

    @Override
    public void execute(Runnable task) {
      if (closed) {
        return;
      }
      waiting.add(task);
      if (running) {
        return;
      }
      running = true;
      try {
        for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
          next.run();
        }
      } finally {
        running = false;
      }
    }

    @Override
    public void close() {
      closed = true;
      waiting.clear();
    }
  }
}
