package dev.proxyless.mesh.call;

import dev.proxyless.mesh.model.RetryPolicy;
import dev.proxyless.mesh.model.RetryPolicy.RateLimitedBackOff;
import dev.proxyless.mesh.model.RetryPolicy.ResetHeader;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How long to wait before a retry, as Envoy computes it: exponential with full jitter, a random
 * number of whole milliseconds below an interval that doubles from the base until it reaches the
 * maximum; or what a rate-limited response asks for and up to half of that more. One call's; not
 * thread-safe.
 */
final class Backoff {

  private static final Duration LEAST = Duration.ofMillis(1);

  private final @Nullable RateLimitedBackOff rateLimited;
  private final long maxMillis;
  private long intervalMillis;

  Backoff(RetryPolicy policy) {
    intervalMillis = Math.max(1, policy.backOff().baseInterval().toMillis());
    maxMillis = Math.max(intervalMillis, policy.backOff().maxInterval().toMillis());
    rateLimited = policy.rateLimitedBackOff().orElse(null);
  }

  Duration next(long random) {
    Duration delay = Duration.ofMillis(Long.remainderUnsigned(random, intervalMillis));
    intervalMillis = intervalMillis < maxMillis / 2 ? 2 * intervalMillis : maxMillis;
    return delay;
  }

  /** The same after a response, which may ask for a time of its own. */
  Duration afterResponse(UnaryOperator<@Nullable String> header, Instant now, long random) {
    if (rateLimited != null) {
      for (ResetHeader reset : rateLimited.resetHeaders()) {
        Duration asked = asked(header.apply(reset.name()), reset.unixTimestamp(), now);
        if (asked.compareTo(LEAST) > 0 && asked.compareTo(rateLimited.maxInterval()) <= 0) {
          return asked.plusMillis(Long.remainderUnsigned(random, asked.toMillis() / 2));
        }
      }
    }
    return next(random);
  }

  /** Zero where the value cannot be used. */
  private static Duration asked(@Nullable String value, boolean unixTimestamp, Instant now) {
    try {
      long seconds = value == null ? 0 : Long.parseUnsignedLong(value.strip());
      if (unixTimestamp) {
        seconds -= now.getEpochSecond();
      }
      return seconds > 0 && seconds < Integer.MAX_VALUE
          ? Duration.ofSeconds(seconds)
          : Duration.ZERO;
    } catch (NumberFormatException notOne) {
      return Duration.ZERO;
    }
  }
}
