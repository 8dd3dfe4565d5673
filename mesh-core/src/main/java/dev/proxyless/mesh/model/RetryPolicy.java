package dev.proxyless.mesh.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * {@code envoy.config.route.v3.RetryPolicy}.
 *
 * @param retryOn the conditions; empty retries nothing
 * @param numRetries retries after the first try; unset is 1
 * @param perTryTimeout the bound on each try; empty or zero is none
 * @param perTryIdleTimeout the bound on a try without a sign of life; empty or zero is none
 * @param retriableStatusCodes for {@link RetryOn#RETRIABLE_STATUS_CODES}
 * @param retriableHeaders for {@link RetryOn#RETRIABLE_HEADERS}, on the response
 * @param retriableRequestHeaders where not empty, only requests that match one are retried
 * @param backOff how long to wait before a retry
 * @param rateLimitedBackOff how long to wait where a response says so
 * @param hostSelection which endpoints retries avoid
 */
public record RetryPolicy(
    Set<RetryOn> retryOn,
    int numRetries,
    Optional<Duration> perTryTimeout,
    Optional<Duration> perTryIdleTimeout,
    List<Integer> retriableStatusCodes,
    List<HeaderMatcher> retriableHeaders,
    List<HeaderMatcher> retriableRequestHeaders,
    BackOff backOff,
    Optional<RateLimitedBackOff> rateLimitedBackOff,
    HostSelection hostSelection) {

  /** Retries nothing; all else is as it is where nothing is set. */
  public static final RetryPolicy NONE = of(Set.of(), 1);

  /** With all else as it is where nothing is set. */
  public static RetryPolicy of(Set<RetryOn> retryOn, int numRetries) {
    return new RetryPolicy(
        retryOn,
        numRetries,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        List.of(),
        List.of(),
        BackOff.DEFAULT,
        Optional.empty(),
        HostSelection.ANY);
  }

  /** Whether a condition is among those that are retried. */
  public boolean isOn(RetryOn condition) {
    return retryOn.contains(condition);
  }

  /**
   * {@code RetryBackOff}.
   *
   * @param baseInterval the first interval; unset is 25 ms
   * @param maxInterval the longest; unset is ten times the base
   */
  public record BackOff(Duration baseInterval, Duration maxInterval) {
    /** Envoy's. */
    public static final BackOff DEFAULT = from(Duration.ofMillis(25));

    /** From a base up to ten times that. */
    public static BackOff from(Duration baseInterval) {
      return new BackOff(baseInterval, baseInterval.multipliedBy(10));
    }
  }

  /**
   * {@code RateLimitedRetryBackOff}.
   *
   * @param resetHeaders headers that say when to come again; the first that can be used counts
   * @param maxInterval what is longer does not count; unset is 300 s
   */
  public record RateLimitedBackOff(List<ResetHeader> resetHeaders, Duration maxInterval) {
    /** Envoy's default for {@code max_interval}. */
    public static final Duration DEFAULT_MAX_INTERVAL = Duration.ofMinutes(5);
  }

  /**
   * {@code ResetHeader}.
   *
   * @param name in lower case
   * @param unixTimestamp whether the value is a time in seconds since 1970; else it is seconds from
   *     now
   */
  public record ResetHeader(String name, boolean unixTimestamp) {}

  /**
   * {@code retry_host_predicate} and {@code retry_priority}.
   *
   * @param previousHosts whether endpoints that were tried are avoided
   * @param omitCanary whether endpoints are whose metadata says {@code canary: true}
   * @param omitted labels of {@code envoy.lb}: an endpoint that has all of one of them is avoided
   * @param maxAttempts {@code host_selection_retry_max_attempts}: how often a rejected endpoint is
   *     picked again
   * @param previousPriorities after how many tries the priorities of endpoints that were tried are
   *     left out, again and again; empty for never
   */
  public record HostSelection(
      boolean previousHosts,
      boolean omitCanary,
      List<Metadata> omitted,
      int maxAttempts,
      OptionalInt previousPriorities) {
    /** No endpoint is avoided. */
    public static final HostSelection ANY =
        new HostSelection(false, false, List.of(), 1, OptionalInt.empty());

    /** Endpoints that were tried are avoided. */
    public static HostSelection previousHosts(int maxAttempts) {
      return new HostSelection(true, false, List.of(), maxAttempts, OptionalInt.empty());
    }
  }

  /** The same policy with other conditions and numbers. */
  public RetryPolicy with(Set<RetryOn> conditions, int retries, List<Integer> statusCodes) {
    return new RetryPolicy(
        conditions,
        retries,
        perTryTimeout,
        perTryIdleTimeout,
        statusCodes,
        retriableHeaders,
        retriableRequestHeaders,
        backOff,
        rateLimitedBackOff,
        hostSelection);
  }
}
