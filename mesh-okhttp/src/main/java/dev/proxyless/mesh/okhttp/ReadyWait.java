package dev.proxyless.mesh.okhttp;

import java.util.concurrent.locks.ReentrantLock;
import okhttp3.Call;
import okhttp3.EventListener;

/**
 * Ends the wait of a thread for the first configuration when its call is cancelled: by interrupting
 * it, for as long as it waits.
 */
final class ReadyWait extends EventListener implements AutoCloseable {

  private final Thread waiting = Thread.currentThread();
  private final ReentrantLock lock = new ReentrantLock();
  private boolean over;
  private boolean interrupted;

  @Override
  public void canceled(Call call) {
    lock.lock();
    try {
      if (!over) {
        interrupted = true;
        waiting.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The thread no longer waits, and is not left interrupted by a cancellation. */
  @Override
  public void close() {
    lock.lock();
    try {
      over = true;
      if (interrupted) {
        Thread.interrupted();
      }
    } finally {
      lock.unlock();
    }
  }
}
