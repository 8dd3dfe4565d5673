package dev.proxyless.mesh.cluster;

import java.util.Optional;

/**
 * What holds for the calls to each cluster beyond its own configuration.
 *
 * @param throttle of retries; empty for none
 * @param backups second requests beside slow ones; empty for none
 */
public record Safeguards(Optional<Throttle> throttle, Optional<Backups> backups) {

  /** Nothing. */
  public static final Safeguards NONE = new Safeguards(Optional.empty(), Optional.empty());

  /**
   * How many calls of the last seconds may be retries.
   *
   * @param percent of the calls
   * @param minPerSecond retries besides
   */
  public record Throttle(double percent, double minPerSecond) {}

  /**
   * When second requests are made.
   *
   * @param percentile of the time to a response's head, after which
   * @param budgetPercent of the calls that may have one
   */
  public record Backups(double percentile, double budgetPercent) {}
}
