package dev.proxyless.mesh.cluster;

import dev.proxyless.mesh.model.Cluster.CircuitBreakers;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The limits of a cluster for one priority: requests and retries in flight ({@code
 * circuit_breakers}). A limit of 2^31-1 or more, which is how App Mesh writes "none", costs
 * nothing.
 */
final class Limits {

  private final @Nullable Bulkhead requests;
  private final @Nullable Bulkhead retries;

  Limits(String cluster, CircuitBreakers breakers) {
    requests = bulkhead(cluster + " requests", breakers.maxRequests());
    retries = bulkhead(cluster + " retries", breakers.maxRetries());
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
    return retries == null || tryAcquire(retries);
  }

  void releaseRetry() {
    if (retries != null) {
      retries.releasePermission();
    }
  }
}
