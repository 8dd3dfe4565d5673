package dev.proxyless.mesh.cluster;

import dev.proxyless.mesh.time.MeshTime;
import java.time.Duration;

/**
 * Second requests beside first ones that take longer than most: after a percentile of the cluster's
 * latency, for a share of its calls. Safe for use by several threads.
 */
public final class BackupRequests {

  private final Latencies latencies;
  private final ShareOfCalls budget;

  BackupRequests(Safeguards.Backups settings, MeshTime time) {
    latencies = new Latencies(settings.percentile(), time);
    budget = new ShareOfCalls(settings.budgetPercent(), 0, time);
  }

  /** After how long a second request is made; zero while too little is known. */
  public Duration delay() {
    return latencies.percentile();
  }

  /** A try was answered after this time. */
  public void answered(long nanos) {
    latencies.record(nanos);
  }

  /** Takes a second request from the budget; false where it is spent. */
  public boolean tryTake() {
    return budget.tryTake();
  }

  void countCall() {
    budget.count();
  }
}
