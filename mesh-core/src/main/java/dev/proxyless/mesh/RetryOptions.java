package dev.proxyless.mesh;

import dev.proxyless.mesh.model.RetryOn;
import dev.proxyless.mesh.model.RetryPolicy;
import dev.proxyless.mesh.model.RetryPolicy.BackOff;
import dev.proxyless.mesh.model.RetryPolicy.HostSelection;
import dev.proxyless.mesh.route.RetryRules;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A retry policy that code sets for its own calls, in place of the route's. It is the mesh that
 * retries, one HTTP call at a time; no method is ever run again. Immutable.
 */
public final class RetryOptions {

  private static final int HOST_SELECTION_ATTEMPTS = 5;

  private final RetryRules rules;

  private RetryOptions(RetryPolicy policy) {
    rules = RetryRules.compile(policy, "retry options");
  }

  RetryRules rules() {
    return rules;
  }

  /** Options that retry nothing yet. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects options. Not thread-safe. */
  public static final class Builder {
    private final Set<RetryOn> retryOn = EnumSet.noneOf(RetryOn.class);
    private int numRetries = 1;
    private Optional<Duration> perTryTimeout = Optional.empty();
    private List<Integer> statusCodes = List.of();
    private BackOff backOff = BackOff.DEFAULT;

    private Builder() {}

    /**
     * When to retry, by Envoy's words: {@code 5xx}, {@code gateway-error}, {@code reset}, {@code
     * connect-failure}, {@code refused-stream}, {@code retriable-4xx}, {@code
     * retriable-status-codes} and the others of {@code retry_on}.
     *
     * @throws IllegalArgumentException if a word is none of them
     */
    public Builder retryOn(String... conditions) {
      for (String condition : conditions) {
        retryOn.add(
            RetryOn.of(condition)
                .orElseThrow(
                    () ->
                        new IllegalArgumentException(
                            "\""
                                + condition
                                + "\" is no retry condition; right would be one of "
                                + words())));
      }
      return this;
    }

    private static String words() {
      return Arrays.stream(RetryOn.values()).map(RetryOn::token).collect(Collectors.joining(", "));
    }

    /** Retries after the first try; 1 unless set, 0 for none. */
    public Builder numRetries(int retries) {
      if (retries < 0) {
        throw new IllegalArgumentException(
            "numRetries is " + retries + "; right would be 0 or more");
      }
      numRetries = retries;
      return this;
    }

    /** The bound on each try; none unless set. */
    public Builder perTryTimeout(Duration timeout) {
      if (timeout.isNegative()) {
        throw new IllegalArgumentException(
            "perTryTimeout is " + timeout + "; right would be 0 or more");
      }
      perTryTimeout = Optional.of(timeout).filter(each -> !each.isZero());
      return this;
    }

    /** Statuses to retry; adds {@code retriable-status-codes} to the conditions. */
    public Builder retriableStatusCodes(List<Integer> codes) {
      for (int code : codes) {
        if (code < 100 || code > 599) {
          throw new IllegalArgumentException(
              "retriableStatusCodes has " + code + "; right would be 100 to 599");
        }
      }
      statusCodes = List.copyOf(codes);
      if (!statusCodes.isEmpty()) {
        retryOn.add(RetryOn.RETRIABLE_STATUS_CODES);
      }
      return this;
    }

    /** The first back-off interval and the longest; 25 ms and ten times that unless set. */
    public Builder backOff(Duration base, Duration max) {
      if (base.isZero() || base.isNegative() || max.compareTo(base) < 0) {
        throw new IllegalArgumentException(
            "backOff is "
                + base
                + " to "
                + max
                + "; right would be more than 0, and max not below base");
      }
      backOff = new BackOff(base, max);
      return this;
    }

    /** The options. */
    public RetryOptions build() {
      return new RetryOptions(
          new RetryPolicy(
              Set.copyOf(retryOn),
              numRetries,
              perTryTimeout,
              Optional.empty(),
              statusCodes,
              List.of(),
              List.of(),
              backOff,
              Optional.empty(),
              HostSelection.previousHosts(HOST_SELECTION_ATTEMPTS)));
    }
  }
}
