package dev.proxyless.mesh.time;

import java.util.concurrent.Executor;

/** Threads that end when they are closed. Tasks given after that are dropped. */
public interface MeshExecutor extends Executor, AutoCloseable {

  /** Interrupts what runs, drops what waits, and waits a bounded time for the threads to end. */
  @Override
  void close();
}
