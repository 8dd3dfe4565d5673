package dev.proxyless.mesh.okhttp;

import dev.proxyless.mesh.call.CallContext;
import dev.proxyless.mesh.call.CallContexts;
import okhttp3.Call;
import okhttp3.EventListener;
import org.jspecify.annotations.Nullable;

/**
 * Takes along what the thread that starts a call hands on. OkHttp tells {@code callStart} on that
 * thread, for {@code execute} and {@code enqueue} alike; interceptors of an enqueued call run on
 * another.
 */
final class ContextCapture extends EventListener {

  private final CallContexts contexts;

  ContextCapture(CallContexts contexts) {
    this.contexts = contexts;
  }

  /** A factory whose listeners are told after the context is taken. */
  static Factory before(Factory listeners, CallContexts contexts) {
    Factory users = listeners instanceof Capturing again ? again.users() : listeners;
    return new Capturing(users, contexts);
  }

  private record Capturing(Factory users, CallContexts contexts) implements Factory {
    @Override
    public EventListener create(Call call) {
      return new ContextCapture(contexts).plus(users.create(call));
    }
  }

  private static final CallTag<ContextCapture> TAG = new CallTag<>(ContextCapture.class);

  private volatile @Nullable CallContext context;
  private volatile @Nullable Cancellation cancellation;

  @Override
  public void callStart(Call call) {
    context = contexts.capture();
    TAG.of(call, () -> this);
  }

  @Override
  public void canceled(Call call) {
    Cancellation told = cancellation;
    if (told != null) {
      told.canceled(call);
    }
  }

  /** Tells of a call's cancellation, and of one that has been. */
  static void tell(Call call, Cancellation cancellation) {
    ContextCapture listening = TAG.of(call);
    if (listening == null) {
      call.addEventListener(cancellation);
      return;
    }
    listening.cancellation = cancellation;
    if (call.isCanceled()) {
      cancellation.canceled(call);
    }
  }

  /** What a call took along; what this thread hands on where the call's start was not seen. */
  static CallContext of(Call call, CallContexts contexts) {
    ContextCapture captured = TAG.of(call);
    CallContext taken = captured == null ? null : captured.context;
    return taken == null ? contexts.capture() : taken;
  }
}
