package dev.proxyless.mesh.okhttp;

import java.util.concurrent.CountDownLatch;
import okhttp3.Call;
import okhttp3.EventListener;
import org.jspecify.annotations.Nullable;

/** Hands the cancellation of the caller's call on to the try under way, until its body's end. */
final class Cancellation extends EventListener {

  private final CountDownLatch canceled = new CountDownLatch(1);
  private volatile @Nullable Call current;

  /** Makes this the try to cancel. */
  void watch(Call attempt) {
    current = attempt;
    if (canceled.getCount() == 0) {
      attempt.cancel();
    }
  }

  @Override
  public void canceled(Call call) {
    canceled.countDown();
    Call attempt = current;
    if (attempt != null) {
      attempt.cancel();
    }
  }

  /** Opens when the caller cancels. */
  CountDownLatch latch() {
    return canceled;
  }
}
