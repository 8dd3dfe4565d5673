package dev.proxyless.mesh.telemetry;

import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Tracing that traces nothing. */
final class NoTracing
    implements MeshTracing, MeshTracing.CallSpan, MeshTracing.AttemptSpan, MeshTracing.ServerSpan {

  @Override
  public boolean isActive() {
    return false;
  }

  @Override
  public @Nullable Object capture() {
    return null;
  }

  @Override
  public CallSpan call(@Nullable Object context, String method, String virtualHost, String route) {
    return this;
  }

  @Override
  public ServerSpan serve(
      UnaryOperator<@Nullable String> header, String method, String scheme, String path) {
    return this;
  }

  @Override
  public AttemptSpan attempt(int number, String method, String cluster, String endpoint) {
    return this;
  }

  @Override
  public boolean injects() {
    return false;
  }

  @Override
  public void inject(BiConsumer<String, String> header) {}

  @Override
  public Scope makeCurrent() {
    return () -> {};
  }

  @Override
  public void end(CallInfo info, int status) {}

  @Override
  public void end(int status, String text) {}
}
