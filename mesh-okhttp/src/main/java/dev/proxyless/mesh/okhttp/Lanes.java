package dev.proxyless.mesh.okhttp;

import okhttp3.Dispatcher;

/**
 * Dispatchers among which the calls of tries are spread by the thread that makes them. A dispatcher
 * counts each call under one lock, so that the threads of an endpoint would wait for each other
 * there; nothing is asked of these counts, since tries run on their callers' threads. Safe for use
 * by several threads.
 */
final class Lanes {

  /** A power of two; each lane of an endpoint is a client more. */
  static final int COUNT = 8;

  private final Dispatcher[] dispatchers = new Dispatcher[COUNT];

  Lanes() {
    for (int lane = 0; lane < COUNT; lane++) {
      dispatchers[lane] = new Dispatcher();
    }
  }

  /** The lane of the current thread, at least 0 and less than {@link #COUNT}. */
  static int ofThisThread() {
    return (int) Thread.currentThread().getId() & (COUNT - 1);
  }

  Dispatcher dispatcher(int lane) {
    return dispatchers[lane];
  }
}
