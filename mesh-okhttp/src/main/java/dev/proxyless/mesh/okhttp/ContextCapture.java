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

  private record Captured(CallContext context) {}

  @Override
  public void callStart(Call call) {
    call.tag(Captured.class, () -> new Captured(contexts.capture()));
  }

  /** What a call took along; what this thread hands on where the call's start was not seen. */
  static CallContext of(Call call, CallContexts contexts) {
    @Nullable Captured captured = call.tag(Captured.class);
    return captured == null ? contexts.capture() : captured.context();
  }
}
