package dev.proxyless.mesh.jdktransport;

import dev.proxyless.mesh.time.MeshTime;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Acts once where nothing has happened for some time. Safe for use by several threads. */
final class IdleBound {

  private final MeshTime time;
  private final Duration timeout;
  private final Runnable action;
  private volatile long lastNanos;
  private volatile boolean stopped;
  private volatile MeshTime.@Nullable Timer timer;

  private IdleBound(MeshTime time, Duration timeout, Runnable action) {
    this.time = time;
    this.timeout = timeout;
    this.action = action;
    lastNanos = time.nanoTime();
  }

  /** Begins now; a timeout of zero never acts. */
  static IdleBound start(MeshTime time, Duration timeout, Runnable action) {
    IdleBound bound = new IdleBound(time, timeout, action);
    if (!timeout.isZero()) {
      bound.schedule(timeout);
    }
    return bound;
  }

  private void schedule(Duration delay) {
    timer = time.schedule(delay, this::look);
  }

  private void look() {
    Duration left = timeout.minusNanos(time.nanoTime() - lastNanos);
    if (stopped) {
      return;
    }
    if (left.isZero() || left.isNegative()) {
      action.run();
    } else {
      schedule(left);
    }
  }

  /** Something has happened. */
  void alive() {
    if (timer != null) {
      lastNanos = time.nanoTime();
    }
  }

  /** Nothing more is awaited. */
  void stop() {
    stopped = true;
    MeshTime.Timer last = timer;
    if (last != null) {
      last.cancel();
    }
  }
}
