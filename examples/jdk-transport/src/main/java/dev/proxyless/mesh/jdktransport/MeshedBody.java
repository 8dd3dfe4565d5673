package dev.proxyless.mesh.jdktransport;

import dev.proxyless.mesh.call.Failure;
import dev.proxyless.mesh.call.MeshCall;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Passes the body of an accepted response on to the caller, and tells the mesh once how it ended.
 * The end of the call's time may come on any thread; the caller's subscriber is still told of one
 * thing at a time.
 */
final class MeshedBody implements Flow.Subscriber<List<ByteBuffer>>, Flow.Subscription {

  private enum State {
    IDLE,
    /** The caller's subscriber takes a part. */
    BUSY,
    /** The same, and the time ran out meanwhile. */
    CUT_WHILE_BUSY,
    OVER
  }

  private final MeshCall call;
  private final BodySubscriber<?> caller;
  private final OneTry owner;
  private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);
  private final AtomicBoolean told = new AtomicBoolean();
  private volatile Flow.@Nullable Subscription source;
  private volatile Failure cutBy = Failure.CALL_TIMEOUT;

  MeshedBody(MeshCall call, BodySubscriber<?> caller, OneTry owner) {
    this.call = call;
    this.caller = caller;
    this.owner = owner;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    source = subscription;
    caller.onSubscribe(this);
  }

  @Override
  public void onNext(List<ByteBuffer> part) {
    if (!state.compareAndSet(State.IDLE, State.BUSY)) {
      return;
    }
    owner.alive();
    try {
      caller.onNext(part);
    } catch (RuntimeException | Error mistake) { // the application's own: no endpoint is to blame
      state.set(State.OVER);
      cancel();
      caller.onError(mistake);
      return;
    }
    if (!state.compareAndSet(State.BUSY, State.IDLE)) {
      cut();
    }
  }

  @Override
  public void onError(Throwable failure) {
    if (state.compareAndSet(State.IDLE, State.OVER)) {
      tell(() -> call.bodyFailed(Failures.classify(failure)));
      caller.onError(failure);
    }
  }

  @Override
  public void onComplete() {
    if (state.compareAndSet(State.IDLE, State.OVER)) {
      tell(call::finished);
      caller.onComplete();
    }
  }

  /** The time of the call is over, or the body has shown no sign of life for too long. */
  void timeOut(Failure why) {
    cutBy = why;
    State before =
        state.getAndUpdate(
            now ->
                switch (now) {
                  case IDLE -> State.OVER;
                  case BUSY -> State.CUT_WHILE_BUSY;
                  case CUT_WHILE_BUSY, OVER -> now;
                });
    if (before == State.IDLE) {
      cut();
    }
  }

  private void cut() {
    state.set(State.OVER);
    tell(() -> call.bodyFailed(cutBy));
    cancelSource();
    caller.onError(new HttpTimeoutException("the response's body was cut: " + cutBy.reason()));
  }

  @Override
  public void request(long count) {
    Flow.Subscription from = source;
    if (from != null) {
      from.request(count);
    }
  }

  /** The caller wants no more of it. */
  @Override
  public void cancel() {
    tell(call::cancelled);
    cancelSource();
  }

  private void cancelSource() {
    Flow.Subscription from = source;
    if (from != null) {
      from.cancel();
    }
  }

  private void tell(Runnable end) {
    if (told.compareAndSet(false, true)) {
      owner.stopTimers();
      end.run();
    }
  }
}
