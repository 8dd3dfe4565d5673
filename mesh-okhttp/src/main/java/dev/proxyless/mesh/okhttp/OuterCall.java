package dev.proxyless.mesh.okhttp;

import dev.proxyless.mesh.call.CallContext;
import dev.proxyless.mesh.call.CallContexts;
import dev.proxyless.mesh.time.MeshTime;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import okhttp3.Call;
import okhttp3.EventListener;
import org.jspecify.annotations.Nullable;

/**
 * What the mesh knows of the caller's own call. It takes along what the thread that starts the call
 * hands on: OkHttp tells {@code callStart} on that thread, for {@code execute} and {@code enqueue}
 * alike, while interceptors of an enqueued call run on another. And it hands the call's
 * cancellation on to the try under way, until its body's end, or to whoever leads several tries.
 */
final class OuterCall extends EventListener {

  private static final CallTag<OuterCall> TAG = new CallTag<>(OuterCall.class);

  private final CallContexts contexts;
  private volatile @Nullable CallContext context;
  private volatile boolean canceled;
  private volatile @Nullable CountDownLatch waiting;
  private volatile @Nullable Call attempt;
  private volatile @Nullable Runnable more;

  private OuterCall(CallContexts contexts) {
    this.contexts = contexts;
  }

  /** A factory whose listeners are told after the context is taken. */
  static Factory before(Factory listeners, CallContexts contexts) {
    Factory users = listeners instanceof Listening again ? again.users() : listeners;
    return new Listening(users, contexts);
  }

  private record Listening(Factory users, CallContexts contexts) implements Factory {
    @Override
    public EventListener create(Call call) {
      return new OuterCall(contexts).plus(users.create(call));
    }
  }

  /** Of a call under way; where its start was not seen, this thread is taken for its own. */
  static OuterCall of(Call call, CallContexts contexts) {
    OuterCall known = TAG.of(call);
    if (known != null) {
      return known;
    }
    OuterCall late = new OuterCall(contexts);
    late.callStart(call);
    call.addEventListener(late);
    if (call.isCanceled()) {
      late.canceled(call);
    }
    return late;
  }

  @Override
  public void callStart(Call call) {
    context = contexts.capture();
    TAG.of(call, () -> this);
  }

  /** What the call took along. */
  CallContext context() {
    CallContext taken = context;
    return taken == null ? contexts.capture() : taken;
  }

  /** Makes this the try to cancel. */
  void watch(Call made) {
    attempt = made;
    if (canceled) {
      made.cancel();
    }
  }

  /** Runs this as well. */
  void onCancel(Runnable action) {
    more = action;
    if (canceled) {
      action.run();
    }
  }

  @Override
  public void canceled(Call call) {
    canceled = true;
    CountDownLatch latch = waiting;
    if (latch != null) {
      latch.countDown();
    }
    Call made = attempt;
    if (made != null) {
      made.cancel();
    }
    Runnable action = more;
    if (action != null) {
      action.run();
    }
  }

  /** Waits; the caller's cancellation or interruption ends the wait and the call. */
  void await(MeshTime time, Duration delay) throws IOException {
    CountDownLatch latch = new CountDownLatch(1);
    waiting = latch;
    if (canceled) {
      latch.countDown();
    }
    try {
      if (time.await(latch, delay)) {
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
