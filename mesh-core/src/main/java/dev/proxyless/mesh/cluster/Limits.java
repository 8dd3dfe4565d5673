package dev.proxyless.mesh.cluster;

import dev.proxyless.mesh.model.Cluster.CircuitBreakers;
import dev.proxyless.mesh.model.Cluster.RetryBudget;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The limits of a cluster for one priority: requests and retries in flight ({@code
 * circuit_breakers}). A limit of 2^31-1 or more, which is how App Mesh writes "none", costs
 * nothing.
 */
final class Limits {

  private final @Nullable Bulkhead requests;
  private final @Nullable Bulkhead retries;
  private final @Nullable RetryBudget budget;
  private final AtomicLong budgeted = new AtomicLong();
  private final AtomicInteger active;

  /**
   * The limits that are configured.
   *
   * @param active requests of the cluster in flight, of which a retry budget is a share
   */
  Limits(String cluster, CircuitBreakers breakers, AtomicInteger active) {
    requests = bulkhead(cluster + " requests", breakers.maxRequests());
    budget = breakers.retryBudget().orElse(null);
    retries = budget == null ? bulkhead(cluster + " retries", breakers.maxRetries()) : null;
    this.active = active;
  }

  private static @Nullable Bulkhead bulkhead(String name, long max) {
    if (max >= Integer.MAX_VALUE) {
      return null;
    }
    return Bulkhead.of(
        name,
        BulkheadConfig.custom()
            .maxConcurrentCalls((int) max)
            .maxWaitDuration(Duration.ZERO)
            .fairCallHandlingStrategyEnabled(false)
            .build());
  }

  /** A bulkhead takes an interrupted thread for one that waited in vain, even where it has room. */
  private static boolean tryAcquire(Bulkhead bulkhead) {
    boolean interrupted = Thread.interrupted();
    try {
      return bulkhead.tryAcquirePermission();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  boolean tryRequest() {
    return requests == null || tryAcquire(requests);
  }

  void releaseRequest() {
    if (requests != null) {
      requests.releasePermission();
    }
  }

  boolean tryRetry() {
    if (budget != null) {
      long share = (long) (budget.percent() / 100 * active.get());
      return tryBudget(Math.max(budget.minConcurrency(), share));
    }
    return retries == null || tryAcquire(retries);
  }

  private boolean tryBudget(long max) {
    long held = budgeted.get();
    while (held < max) {
      if (budgeted.compareAndSet(held, held + 1)) {
        return true;
      }
      held = budgeted.get();
    }
    return false;
  }

  void releaseRetry() {
    if (budget != null) {
      budgeted.decrementAndGet();
    } else if (retries != null) {
      retries.releasePermission();
    }
  }
}
