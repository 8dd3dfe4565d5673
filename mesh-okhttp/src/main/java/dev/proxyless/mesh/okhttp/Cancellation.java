package dev.proxyless.mesh.okhttp;

import dev.proxyless.mesh.time.MeshTime;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import okhttp3.Call;
import okhttp3.EventListener;
import org.jspecify.annotations.Nullable;

/**
 * Hands the cancellation of the caller's call on to the try under way, until its body's end, or to
 * whoever leads several tries.
 */
final class Cancellation extends EventListener {

  private volatile boolean over;
  private volatile @Nullable CountDownLatch waiting;
  private volatile @Nullable Call current;
  private volatile @Nullable Runnable more;

  /** Makes this the try to cancel. */
  void watch(Call attempt) {
    current = attempt;
    if (over) {
      attempt.cancel();
    }
  }

  /** Runs this as well. */
  void onCancel(Runnable action) {
    more = action;
    if (over) {
      action.run();
    }
  }

  @Override
  public void canceled(Call call) {
    over = true;
    CountDownLatch latch = waiting;
    if (latch != null) {
      latch.countDown();
    }
    Call attempt = current;
    if (attempt != null) {
      attempt.cancel();
    }
    Runnable action = more;
    if (action != null) {
      action.run();
    }
  }

  /** Waits; the caller's cancellation or interruption ends the wait and the call. */
  void await(MeshTime time, Duration delay) throws IOException {
    CountDownLatch canceled = new CountDownLatch(1);
    waiting = canceled;
    if (over) {
      canceled.countDown();
    }
    try {
      if (time.await(canceled, delay)) {
        throw new IOException("Canceled");
      }
    } catch (InterruptedException interrupted) {
      throw interrupted(interrupted);
    }
  }

  static IOException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return (IOException) new InterruptedIOException("interrupted").initCause(cause);
  }
}
