package dev.proxyless.mesh.call;

import dev.proxyless.mesh.Internal;
import dev.proxyless.mesh.route.RetryRules;
import dev.proxyless.mesh.telemetry.MeshTracing;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the current thread hands on to the calls that it makes through one mesh. Two meshes do not
 * see each other's.
 */
@Internal
public final class CallContexts {

  private final MeshTracing tracing;

  @SuppressWarnings("ThreadLocalUsage") // a mesh has its own, so that two do not meet
  private final ThreadLocal<CallContext> current = new ThreadLocal<>();

  public CallContexts(MeshTracing tracing) {
    this.tracing = tracing;
  }

  /** Ends what {@link #serving} or {@link #retrying} began, on the same thread. */
  public interface Scope extends AutoCloseable {
    @Override
    void close();
  }

  /** What a call made now, on this thread, takes along. */
  public CallContext capture() {
    @Nullable Object trace = tracing.capture();
    CallContext now = current.get();
    if (now == null) {
      return trace == null ? CallContext.NONE : CallContext.NONE.traced(trace);
    }
    return now.traced(trace);
  }

  /** A request is being served on this thread. */
  public Scope serving(long deadlineNanos, List<Header> headers) {
    return serving(deadlineNanos, headers, null);
  }

  /** A request is being served on this thread, which may be a retry. */
  public Scope serving(long deadlineNanos, List<Header> headers, @Nullable ServedRetries served) {
    CallContext before = current.get();
    Optional<RetryRules> retryRules = before == null ? Optional.empty() : before.retryRules();
    return enter(
        CallContext.serving(deadlineNanos, List.copyOf(headers), served).retrying(retryRules),
        before);
  }

  /** Calls made on this thread follow this retry policy. */
  public Scope retrying(RetryRules rules) {
    CallContext before = current.get();
    CallContext base = before == null ? CallContext.NONE : before;
    return enter(base.retrying(Optional.of(rules)), before);
  }

  private Scope enter(CallContext context, @Nullable CallContext before) {
    current.set(context);
    return () -> {
      if (before == null) {
        current.remove();
      } else {
        current.set(before);
      }
    };
  }
}
