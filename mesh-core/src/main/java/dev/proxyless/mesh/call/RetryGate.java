package dev.proxyless.mesh.call;

import dev.proxyless.mesh.cluster.Endpoint;
import dev.proxyless.mesh.cluster.Upstream;
import dev.proxyless.mesh.model.RouteAction.Priority;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Whether a call that wants one more try may have it: by its cluster's room, by the share of calls
 * that may be retries, and by the other tiers of the call. Holds the room until the next try
 * begins. Belongs to the thread that makes the call, but for {@link #release}.
 */
final class RetryGate {

  private final Upstream upstream;
  private final Priority priority;
  private final @Nullable ServedRetries served;

  private final AtomicBoolean holding = new AtomicBoolean();
  private @Nullable Endpoint sameEndpoint;
  private boolean resent;
  private String denied = "";

  RetryGate(Upstream upstream, Priority priority, @Nullable ServedRetries served) {
    this.upstream = upstream;
    this.priority = priority;
    this.served = served;
  }

  /** Why the last retry that was wanted is not made, for people; empty where none was denied. */
  String denied() {
    return denied;
  }

  /** Takes room for one more try; false where there is none, and then {@link #denied} says why. */
  boolean take() {
    if (!upstream.tryRetry(priority)) {
      upstream.meters().overflow("retries");
      deny(
          "overload",
          "; it was not retried, since cluster "
              + upstream.name()
              + " has as many retries in flight as its "
              + upstream.config().limits(priority).retryWords()
              + " allows");
      return false;
    }
    if (!upstream.tryShareOfRetries()) {
      upstream.releaseRetry(priority);
      deny(
          "throttled",
          "; it was not retried, since as many of the latest calls to cluster "
              + upstream.name()
              + " were as retry_throttle in mesh.yaml allows");
      return false;
    }
    holding.set(true);
    return true;
  }

  /**
   * Takes room to send a request again to the endpoint whose idle connection had died, once a call.
   */
  boolean takeAgain(Endpoint endpoint) {
    if (resent || !upstream.tryRetry(priority)) {
      return false;
    }
    resent = true;
    sameEndpoint = endpoint;
    holding.set(true);
    return true;
  }

  /** Where {@link #takeAgain} leads the next try; null where any endpoint will do. */
  @Nullable Endpoint endpoint() {
    Endpoint endpoint = sameEndpoint;
    sameEndpoint = null;
    return endpoint;
  }

  /** Gives the room back, once. Any thread, since a cancellation does. */
  void release() {
    if (holding.get() && holding.getAndSet(false)) {
      upstream.releaseRetry(priority);
    }
  }

  /** No retry is left. */
  void exceeded(int retries) {
    deny("attempts", "; no retry is left after " + retries);
  }

  /**
   * Whether retries are left to others: to the caller, where this call serves one of its retries,
   * or to tiers below, which have spent theirs.
   *
   * @param header the first value of a response's header, or null
   */
  boolean isHeldBack(UnaryOperator<@Nullable String> header) {
    return (served != null && served.isRetry())
        || header.apply(ServedRetries.RETRIES_SPENT) != null;
  }

  /** A retry that was wanted is left to others. */
  void heldBack() {
    deny("held_back", "; it was not retried, since another tier of the call retries");
  }

  /** Callers of this process are told that a retry of theirs would multiply what was done here. */
  private void deny(String cause, String words) {
    upstream.meters().retryDenied(cause);
    denied = words;
    if (served != null) {
      served.spend();
    }
  }
}
