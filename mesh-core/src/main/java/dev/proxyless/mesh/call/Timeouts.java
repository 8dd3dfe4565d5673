package dev.proxyless.mesh.call;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How long the caller of this process will wait, by its headers: Envoy's {@code
 * x-envoy-expected-rq-timeout-ms} and gRPC's {@code grpc-timeout}. The smaller counts. What cannot
 * be read, is zero, or is longer than a day says nothing.
 */
final class Timeouts {

  /** No header says anything. */
  static final long NONE = -1;

  private static final String EXPECTED = "x-envoy-expected-rq-timeout-ms";
  private static final String GRPC = "grpc-timeout";
  private static final long MAX_NANOS = TimeUnit.DAYS.toNanos(1);

  /** gRPC's bound on the digits of a timeout; enough for a day of milliseconds as well. */
  private static final int MAX_DIGITS = 8;

  private Timeouts() {}

  /** In nanoseconds from now, or {@link #NONE}. */
  static long inbound(Function<String, List<String>> headers) {
    long expected = expected(headers.apply(EXPECTED));
    long grpc = grpc(headers.apply(GRPC));
    if (expected == NONE || grpc == NONE) {
      return Math.max(expected, grpc);
    }
    return Math.min(expected, grpc);
  }

  private static long expected(List<String> lines) {
    return lines.isEmpty() ? NONE : nanos(lines.get(0), TimeUnit.MILLISECONDS);
  }

  private static long grpc(List<String> lines) {
    String value = lines.isEmpty() ? "" : lines.get(0);
    if (value.isEmpty()) {
      return NONE;
    }
    TimeUnit unit = unit(value.charAt(value.length() - 1));
    return unit == null ? NONE : nanos(value.substring(0, value.length() - 1), unit);
  }

  /** What a {@code grpc-timeout} says, whole milliseconds up; zero counts. */
  static Optional<Duration> grpc(@Nullable String value) {
    if (value == null || value.isEmpty()) {
      return Optional.empty();
    }
    TimeUnit unit = unit(value.charAt(value.length() - 1));
    long number = number(value.substring(0, value.length() - 1));
    if (unit == null || number < 0) {
      return Optional.empty();
    }
    Duration exact = Duration.of(number, unit.toChronoUnit());
    return Optional.of(Duration.ofMillis(exact.plusNanos(999_999).toMillis()));
  }

  private static @Nullable TimeUnit unit(char c) {
    return switch (c) {
      case 'H' -> TimeUnit.HOURS;
      case 'M' -> TimeUnit.MINUTES;
      case 'S' -> TimeUnit.SECONDS;
      case 'm' -> TimeUnit.MILLISECONDS;
      case 'u' -> TimeUnit.MICROSECONDS;
      case 'n' -> TimeUnit.NANOSECONDS;
      default -> null;
    };
  }

  private static long nanos(String digits, TimeUnit unit) {
    long value = number(digits);
    if (value < 0) {
      return NONE;
    }
    long nanos = unit.toNanos(value);
    return nanos == 0 || nanos > MAX_NANOS ? NONE : nanos;
  }

  /** A number of at most eight digits, or {@link #NONE}. */
  private static long number(String digits) {
    if (digits.isEmpty() || digits.length() > MAX_DIGITS) {
      return NONE;
    }
    long value = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return NONE;
      }
      value = value * 10 + digit;
    }
    return value;
  }
}
