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

  private static final long UNUSABLE = -1;

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
        long seconds = asked(header.apply(reset.name()), reset.unixTimestamp(), now);
        Duration asked = Duration.ofSeconds(seconds);
        if (seconds >= 0 && asked.compareTo(rateLimited.maxInterval()) <= 0) {
          return seconds == 0 // which ends the search all the same
              ? next(random)
              : asked.plusMillis(Long.remainderUnsigned(random, asked.toMillis() / 2));
        }
      }
    }
    return next(random);
  }

  /** In seconds from now; {@link #UNUSABLE} where the value says nothing. */
  private static long asked(@Nullable String value, boolean unixTimestamp, Instant now) {
    if (value == null) {
      return UNUSABLE;
    }
    try {
      long seconds = Long.parseUnsignedLong(value.strip());
      if (unixTimestamp) {
        seconds -= now.getEpochSecond();
      }
      return seconds >= 0 && seconds < Integer.MAX_VALUE ? seconds : UNUSABLE;
    } catch (NumberFormatException notOne) {
      return UNUSABLE;
    }
  }
}
