package dev.proxyless.mesh.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code envoy.config.route.v3.RetryPolicy}.
 *
 * @param retryOn the conditions; empty retries nothing
 * @param numRetries retries after the first try; unset is 1
 * @param perTryTimeout the bound on each try; empty or zero is none
 * @param retriableStatusCodes for {@link RetryOn#RETRIABLE_STATUS_CODES}
 * @param retriableHeaders for {@link RetryOn#RETRIABLE_HEADERS}, on the response
 * @param retriableRequestHeaders where not empty, only requests that match one are retried
 * @param baseInterval the first back-off interval; unset is {@link #DEFAULT_BASE_INTERVAL}
 * @param maxInterval the longest back-off interval; unset is ten times the base
 * @param previousHosts whether endpoints that were tried are avoided
 * @param hostSelectionRetryMaxAttempts how often a rejected endpoint is picked again
 */
public record RetryPolicy(
    Set<RetryOn> retryOn,
    int numRetries,
    Optional<Duration> perTryTimeout,
    List<Integer> retriableStatusCodes,
    List<HeaderMatcher> retriableHeaders,
    List<HeaderMatcher> retriableRequestHeaders,
    Duration baseInterval,
    Duration maxInterval,
    boolean previousHosts,
    int hostSelectionRetryMaxAttempts) {

  /** Envoy's default for {@code retry_back_off.base_interval}. */
  public static final Duration DEFAULT_BASE_INTERVAL = Duration.ofMillis(25);

  /** Retries nothing; all else is as it is where nothing is set. */
  public static final RetryPolicy NONE =
      new RetryPolicy(
          Set.of(),
          1,
          Optional.empty(),
          List.of(),
          List.of(),
          List.of(),
          DEFAULT_BASE_INTERVAL,
          DEFAULT_BASE_INTERVAL.multipliedBy(10),
          false,
          1);

  /** The same policy with other conditions and numbers. */
  public RetryPolicy with(Set<RetryOn> conditions, int retries, List<Integer> statusCodes) {
    return new RetryPolicy(
        conditions,
        retries,
        perTryTimeout,
        statusCodes,
        retriableHeaders,
        retriableRequestHeaders,
        baseInterval,
        maxInterval,
        previousHosts,
        hostSelectionRetryMaxAttempts);
  }
}
