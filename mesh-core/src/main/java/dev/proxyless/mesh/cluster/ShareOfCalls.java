package dev.proxyless.mesh.cluster;

import dev.proxyless.mesh.time.MeshTime;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Allows a share of the calls of the last five to ten seconds, and a few each second besides.
 * Counting a call takes no lock and shares no cache line between threads; asking is for what is
 * rare. Safe for use by several threads, which together may overshoot by as many as ask at once.
 */
final class ShareOfCalls {

  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long WINDOW_SECONDS = 5;

  private final double share;
  private final double perSecond;
  private final MeshTime time;
  private final ReentrantLock turning = new ReentrantLock();
  private volatile Windows windows;

  private static final class Window {
    private final long startNanos;
    private final LongAdder calls = new LongAdder();
    private final LongAdder taken = new LongAdder();

    Window(long startNanos) {
      this.startNanos = startNanos;
    }
  }

  private record Windows(Window before, Window now) {}

  /**
   * A share.
   *
   * @param percent of the calls
   * @param perSecond besides
   */
  ShareOfCalls(double percent, double perSecond, MeshTime time) {
    share = percent / 100;
    this.perSecond = perSecond;
    this.time = time;
    Window first = new Window(time.nanoTime());
    windows = new Windows(first, first);
  }

  private Windows current() {
    Windows found = windows;
    return time.nanoTime() - found.now.startNanos < WINDOW_NANOS ? found : turn();
  }

  /** Once in five seconds; a thread that comes while another turns counts in the window before. */
  private Windows turn() {
    if (turning.tryLock()) {
      try {
        long now = time.nanoTime();
        long age = now - windows.now.startNanos;
        if (age >= WINDOW_NANOS) {
          Window next = new Window(now);
          windows = new Windows(age < 2 * WINDOW_NANOS ? windows.now : next, next);
        }
      } finally {
        turning.unlock();
      }
    }
    return windows;
  }

  /** A call began. */
  void count() {
    current().now.calls.increment();
  }

  /** Takes one; false where the share is spent. */
  boolean tryTake() {
    Windows found = current();
    boolean one = found.before == found.now;
    long calls = found.now.calls.sum() + (one ? 0 : found.before.calls.sum());
    long taken = found.now.taken.sum() + (one ? 0 : found.before.taken.sum());
    double allowed = share * calls + perSecond * 2 * WINDOW_SECONDS;
    if (taken + 1 > allowed) {
      return false;
    }
    found.now.taken.increment();
    return true;
  }
}
