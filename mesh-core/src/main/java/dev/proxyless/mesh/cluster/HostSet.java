package dev.proxyless.mesh.cluster;

import java.util.Arrays;
import java.util.List;

/**
 * The endpoints of a cluster at one moment, and those of them that a pick chooses among. Immutable.
 *
 * <p>While at least one endpoint is healthy enough, picks are among the healthy ones of the first
 * priority that has any. In panic, which is when health says so little good that it is more likely
 * wrong, picks are among all. Source: Envoy, "Panic threshold" and overprovisioning, with all load
 * on one priority.
 */
final class HostSet {

  /** A healthy endpoint is taken to bear 1.4 times its share. */
  private static final int OVERPROVISIONING_PERCENT = 140;

  static final HostSet EMPTY = new HostSet(new Endpoint[0], 0);

  private final Endpoint[] all;
  private final Endpoint[] candidates;
  private final boolean panic;

  private HostSet(Endpoint[] all, double panicThreshold) {
    this.all = all;
    int priority = firstUsablePriority(all);
    Endpoint[] level = filter(all, priority, false);
    Endpoint[] healthy = filter(all, priority, true);
    panic = isPanic(level.length, healthy.length, panicThreshold);
    candidates = panic ? level : healthy;
  }

  static HostSet of(List<Endpoint> endpoints, double panicThreshold) {
    return new HostSet(endpoints.toArray(new Endpoint[0]), panicThreshold);
  }

  private static boolean isPanic(int all, int healthy, double threshold) {
    if (all == 0 || threshold <= 0) {
      return false;
    }
    int available = Math.min(100, OVERPROVISIONING_PERCENT * healthy / all);
    return available < 100 && 100.0 * healthy / all < threshold;
  }

  private static int firstUsablePriority(Endpoint[] endpoints) {
    int usable = Integer.MAX_VALUE;
    int first = Integer.MAX_VALUE;
    for (Endpoint endpoint : endpoints) {
      first = Math.min(first, endpoint.priority());
      if (endpoint.isHealthy()) {
        usable = Math.min(usable, endpoint.priority());
      }
    }
    return usable == Integer.MAX_VALUE ? first : usable;
  }

  private static Endpoint[] filter(Endpoint[] endpoints, int priority, boolean healthyOnly) {
    return Arrays.stream(endpoints)
        .filter(endpoint -> endpoint.priority() == priority)
        .filter(endpoint -> !healthyOnly || endpoint.isHealthy())
        .toArray(Endpoint[]::new);
  }

  int size() {
    return all.length;
  }

  List<Endpoint> all() {
    return List.of(all);
  }

  int candidateCount() {
    return candidates.length;
  }

  Endpoint candidate(int index) {
    return candidates[index];
  }

  boolean isPanic() {
    return panic;
  }

  int ejectedCount() {
    int count = 0;
    for (Endpoint endpoint : all) {
      if (endpoint.isEjected()) {
        count++;
      }
    }
    return count;
  }
}
