package dev.proxyless.mesh.cluster;

/**
 * How a cluster's load is shared among its priorities, in percent.
 *
 * <p>An endpoint is taken to bear 1.4 times its share, so a priority carries all load until less
 * than 72 percent of it is healthy; what it cannot carry spills over to the next. Degraded
 * endpoints come after all healthy ones. A priority is in panic where so few of its endpoints are
 * healthy that health is more likely wrong than they are; while all priorities together can still
 * carry the load, none is. Numbers are integers throughout, as in Envoy, "Priority levels" and
 * "Panic threshold".
 */
final class PriorityLoad {

  private static final int OVERPROVISIONING_PERCENT = 140;

  private final int[] healthy;
  private final int[] degraded;
  private final boolean[] panic;

  private PriorityLoad(int priorities) {
    healthy = new int[priorities];
    degraded = new int[priorities];
    panic = new boolean[priorities];
  }

  /** What one priority has. */
  record Level(int all, int healthy, int degraded) {

    int health() {
      return capacity(healthy);
    }

    int degradation() {
      return capacity(degraded);
    }

    private int capacity(int count) {
      return all == 0 ? 0 : (int) Math.min(100, (long) OVERPROVISIONING_PERCENT * count / all);
    }

    boolean isBelow(double threshold) {
      double usable = all == 0 ? 0 : 100.0 * healthy / all + 100.0 * degraded / all;
      return usable < threshold;
    }
  }

  static PriorityLoad of(Level[] levels, double panicThreshold) {
    PriorityLoad load = new PriorityLoad(levels.length);
    int total = 0;
    for (Level level : levels) {
      total += level.health() + level.degradation();
    }
    total = Math.min(100, total);
    boolean allPanic = true;
    for (int i = 0; i < levels.length; i++) {
      load.panic[i] = total < 100 && levels[i].isBelow(panicThreshold);
      allPanic &= load.panic[i];
    }
    if (allPanic) {
      load.byCount(levels);
    } else if (total > 0) {
      load.byHealth(levels, total);
    }
    return load;
  }

  private void byHealth(Level[] levels, int total) {
    int left = 100;
    for (int i = 0; i < levels.length; i++) {
      healthy[i] = Math.min(left, levels[i].health() * 100 / total);
      left -= healthy[i];
    }
    for (int i = 0; i < levels.length; i++) {
      degraded[i] = Math.min(left, levels[i].degradation() * 100 / total);
      left -= degraded[i];
    }
    for (int i = 0; i < levels.length && left > 0; i++) {
      if (levels[i].health() > 0) {
        healthy[i] += left;
        left = 0;
      }
    }
    for (int i = 0; i < levels.length && left > 0; i++) {
      if (levels[i].degradation() > 0) {
        degraded[i] += left;
        left = 0;
      }
    }
  }

  private void byCount(Level[] levels) {
    long all = 0;
    for (Level level : levels) {
      all += level.all;
    }
    int left = 100;
    int first = -1;
    for (int i = 0; i < levels.length && all > 0; i++) {
      healthy[i] = (int) (100L * levels[i].all / all);
      left -= healthy[i];
      first = first < 0 && levels[i].all > 0 ? i : first;
    }
    if (first >= 0) {
      healthy[first] += left;
    }
  }

  /** The share that goes to a priority's healthy endpoints. */
  int healthy(int i) {
    return healthy[i];
  }

  /** The share that goes to a priority's degraded endpoints. */
  int degraded(int i) {
    return degraded[i];
  }

  /** Whether a pick in a priority is among all its endpoints instead. */
  boolean isPanic(int i) {
    return panic[i];
  }
}
