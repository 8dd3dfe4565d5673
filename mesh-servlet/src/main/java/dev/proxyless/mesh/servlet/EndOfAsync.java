package dev.proxyless.mesh.servlet;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import java.io.IOException;

/** Tells the end of a request that goes on after its first dispatch. */
final class EndOfAsync implements AsyncListener {

  private final ServedRequest served;

  EndOfAsync(ServedRequest served) {
    this.served = served;
  }

  @Override
  public void onComplete(AsyncEvent event) {
    served.completed();
  }

  @Override
  public void onTimeout(AsyncEvent event) {} // whoever answers it completes the request

  @Override
  public void onError(AsyncEvent event) {
    if (event.getThrowable() instanceof IOException) {
      served.disconnected();
    }
  }

  /** A context that is started anew has forgotten its listeners. */
  @Override
  public void onStartAsync(AsyncEvent event) {
    event.getAsyncContext().addListener(this);
  }
}
