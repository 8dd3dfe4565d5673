package dev.proxyless.mesh.document;

import java.math.BigInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Numbers as YAML and JSON write them. */
final class Numbers {

  private static final Pattern JSON =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");

  /** What may be a whole number of 64 bits that a long has no room for. */
  private static final Pattern DIGITS = Pattern.compile("[0-9]{19,20}");

  private static final int UNSIGNED_BITS = 64;

  private Numbers() {}

  /**
   * A {@link Long}, {@link BigInteger} or {@link Double}; null where the text is no number of JSON.
   */
  static @Nullable Object ofJson(String text) {
    return JSON.matcher(text).matches() ? any(text) : null;
  }

  /**
   * A {@link Long}, {@link BigInteger} or {@link Double}; the text itself where it is neither, such
   * as the dates and sexagesimal numbers of YAML 1.1, which no document of ours means, or beyond
   * both.
   */
  static Object parse(String text) {
    Object value = any(text);
    return value instanceof Double number && number.isInfinite() ? text : value;
  }

  private static Object any(String text) {
    try {
      if (text.startsWith("0x")) {
        return Long.parseLong(text.substring(2), 16);
      }
      return Long.parseLong(text.startsWith("+") ? text.substring(1) : text);
    } catch (NumberFormatException notLong) {
      if (DIGITS.matcher(text).matches()) {
        BigInteger whole = new BigInteger(text);
        if (whole.bitLength() <= UNSIGNED_BITS) {
          return whole;
        }
      }
      try {
        return Double.parseDouble(text);
      } catch (NumberFormatException neither) {
        return text;
      }
    }
  }
}
