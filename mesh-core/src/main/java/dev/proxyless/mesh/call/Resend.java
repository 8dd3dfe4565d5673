package dev.proxyless.mesh.call;

import dev.proxyless.mesh.cluster.Endpoint;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The one time that a request is sent again without a retry policy, to the same endpoint: its
 * connection had died while it idled. Counts as a retry of the cluster until the next try begins.
 */
final class Resend {

  private final AtomicBoolean holding = new AtomicBoolean(true);
  private @Nullable Endpoint endpoint;

  Resend(Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  /** Where to send it; null from the second time on. */
  @Nullable Endpoint take() {
    Endpoint taken = endpoint;
    endpoint = null;
    return taken;
  }

  /** Whether it held one of the cluster's retries, and no longer does. Any thread may ask. */
  boolean release() {
    return holding.getAndSet(false);
  }
}
