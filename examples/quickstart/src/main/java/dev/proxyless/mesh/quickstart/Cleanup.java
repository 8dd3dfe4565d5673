package dev.proxyless.mesh.quickstart;

import java.util.ArrayDeque;
import java.util.Deque;

/** Closes what was opened, the newest first, once: at the end or when the process is told to. */
final class Cleanup implements AutoCloseable {

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private boolean closed;

  /** Takes something that has to be closed; what comes after the end is closed at once. */
  synchronized <T extends AutoCloseable> T add(T part) {
    open.push(part);
    if (closed) {
      close();
      throw new IllegalStateException("the quickstart is ending");
    }
    return part;
  }

  @Override
  public synchronized void close() {
    closed = true;
    while (!open.isEmpty()) {
      AutoCloseable part = open.pop();
      try {
        part.close();
      } catch (Exception failure) {
        System.err.println("did not close: " + failure);
      }
    }
  }
}
