package dev.proxyless.mesh.proto;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/** {@code google.protobuf.Duration} and its JSON, such as {@code "1.5s"}. */
final class Durations {

  /** The bound that protobuf sets: about 10,000 years. */
  private static final long MAX_SECONDS = 315_576_000_000L;

  private Durations() {}

  static Duration of(long seconds, long nanos, String path) {
    boolean mixed = (seconds < 0 && nanos > 0) || (seconds > 0 && nanos < 0);
    if (Math.abs(seconds) > MAX_SECONDS || Math.abs(nanos) > 999_999_999L || mixed) {
      throw new InvalidMessageException(
          path, "is a duration of " + seconds + " s and " + nanos + " ns, which is out of range");
    }
    return Duration.ofSeconds(seconds, nanos);
  }

  static Duration parse(String text, String path) {
    if (text.endsWith("s")) {
      try {
        BigDecimal seconds = new BigDecimal(text.substring(0, text.length() - 1));
        if (seconds.abs().compareTo(BigDecimal.valueOf(MAX_SECONDS)) <= 0) {
          long nanos = seconds.movePointRight(9).setScale(0, RoundingMode.DOWN).longValueExact();
          return Duration.ofNanos(nanos);
        }
      } catch (NumberFormatException | ArithmeticException notADuration) {
        // told below
      }
    }
    throw new InvalidMessageException(
        path, "is \"" + text + "\"; right would be seconds with an s, such as \"1.5s\"");
  }

  static String print(Duration duration) {
    BigDecimal seconds =
        BigDecimal.valueOf(duration.getSeconds()).add(BigDecimal.valueOf(duration.getNano(), 9));
    return seconds.stripTrailingZeros().toPlainString() + "s";
  }
}
