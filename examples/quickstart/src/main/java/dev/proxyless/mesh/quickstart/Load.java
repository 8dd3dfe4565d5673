package dev.proxyless.mesh.quickstart;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Calls that a few threads make one after the other. Each call counts in the tally that was in use
 * when it began.
 */
final class Load implements AutoCloseable {

  private static final int THREADS = 4;
  private static final long PAUSE_NANOS = 2_000_000;

  private final Caller caller;
  private final Books books;
  private final List<Thread> threads = new ArrayList<>();
  private final List<Tally> tallies = new ArrayList<>();
  private volatile Tally tally = new Tally();
  private volatile boolean stopped;

  private Load(World world) {
    caller = world.caller();
    books = Books.open(world);
    tallies.add(tally);
  }

  /** Makes this many calls, as fast as they go. */
  static Tally of(World world, int calls, Progress progress) throws InterruptedException {
    Load load = new Load(world);
    AtomicInteger left = new AtomicInteger(calls);
    load.start(
        () -> {
          progress.at(calls - Math.max(0, left.get()), calls);
          return left.getAndDecrement() > 0;
        },
        0);
    return load.join();
  }

  /** Makes calls, each thread at most one in 2 ms, until it is stopped. */
  static Load steady(World world) {
    Load load = new Load(world);
    load.start(() -> !load.stopped, PAUSE_NANOS);
    return load;
  }

  /** The books, opened before the first call. */
  Books books() {
    return books;
  }

  private void start(BooleanSupplier more, long pauseNanos) {
    for (int i = 1; i <= THREADS; i++) {
      Thread thread =
          new Thread(
              () -> {
                while (more.getAsBoolean()) {
                  Tally mine = tally;
                  mine.add(caller.call());
                  LockSupport.parkNanos(pauseNanos);
                }
              },
              "quickstart-load-" + i);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  /** Counts the calls that begin from now on in a new tally, and gives that. */
  Tally nextTally() {
    Tally next = new Tally();
    tallies.add(next);
    tally = next;
    return next;
  }

  /** Ends the calls, waits for those in flight, and gives the sum of all tallies. */
  Tally stop() throws InterruptedException {
    stopped = true;
    return join();
  }

  private Tally join() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
    return Tally.sum(tallies);
  }

  @Override
  public void close() {
    try {
      stop();
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }
}
