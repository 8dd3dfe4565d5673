package dev.proxyless.mesh.proto;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * {@code google.protobuf.Duration} and its JSON, such as {@code "1.5s"}.
 *
 * <p>Protobuf allows 10,000 years. Here, as in Envoy, a duration must fit a signed 64-bit count of
 * nanoseconds, which is 292 years, so that nothing that reckons with it overflows.
 */
final class Durations {

  private static final long MAX_SECONDS = Long.MAX_VALUE / 1_000_000_000L - 1;

  private static final Pattern SECONDS = Pattern.compile("-?[0-9]{1,12}(\\.[0-9]{1,9})?s");

  private Durations() {}

  static Duration of(long seconds, int nanos, String path) {
    boolean mixed = (seconds < 0 && nanos > 0) || (seconds > 0 && nanos < 0);
    boolean tooLong = seconds < -MAX_SECONDS || seconds > MAX_SECONDS;
    if (tooLong || nanos < -999_999_999 || nanos > 999_999_999 || mixed) {
      throw new InvalidMessageException(
          path, "is a duration of " + seconds + " s and " + nanos + " ns, which is out of range");
    }
    return Duration.ofSeconds(seconds, nanos);
  }

  static Duration parse(String text, String path) {
    if (!SECONDS.matcher(text).matches()) {
      throw new InvalidMessageException(
          path, "is \"" + text + "\"; right would be seconds with an s, such as \"1.5s\"");
    }
    BigDecimal exact = new BigDecimal(text.substring(0, text.length() - 1));
    BigDecimal seconds = exact.setScale(0, RoundingMode.DOWN);
    return of(
        seconds.longValueExact(), exact.subtract(seconds).movePointRight(9).intValueExact(), path);
  }

  static String print(Duration duration) {
    BigDecimal seconds =
        BigDecimal.valueOf(duration.getSeconds()).add(BigDecimal.valueOf(duration.getNano(), 9));
    return seconds.stripTrailingZeros().toPlainString() + "s";
  }
}
