package dev.proxyless.mesh.benchmarks.calls;

import java.util.Arrays;

/** Medians and how sure they are. */
final class Statistics {

  private static final double SURE = 0.95;

  private Statistics() {}

  /**
   * A median with an interval.
   *
   * @param median of the values
   * @param low the interval's lower end
   * @param high its upper end
   * @param confidence how often an interval found so holds the true median; at least 0.95, or what
   *     the lowest and the highest value give where there are too few
   */
  record Spread(double median, double low, double high, double confidence) {}

  /**
   * The median and an interval between two of the values, whatever they are distributed like: that
   * of n independent values fewer than k lie on one side of the true median has a binomial chance.
   *
   * @throws IllegalArgumentException if there is no value
   */
  static Spread spread(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("there is no value to take the median of");
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    double chance = Math.pow(0.5, n);
    double outside = 0;
    int rank = 0;
    for (int below = 0; below < n / 2; below++) {
      if (rank > 0 && 2 * (outside + chance) > 1 - SURE) {
        break;
      }
      outside += chance;
      chance = chance * (n - below) / (below + 1);
      rank++;
    }
    if (rank == 0) {
      return new Spread(sorted[0], sorted[0], sorted[0], 0);
    }
    return new Spread(median(sorted), sorted[rank - 1], sorted[n - rank], 1 - 2 * outside);
  }

  private static double median(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** The value below which a share of the samples lies; 0 where there is none. Sorts them. */
  static long percentile(long[] samples, double share) {
    if (samples.length == 0) {
      return 0;
    }
    Arrays.sort(samples);
    return samples[(int) Math.min(samples.length - 1, Math.floor(share * samples.length))];
  }
}
