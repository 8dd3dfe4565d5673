package dev.proxyless.mesh.route;

import dev.proxyless.mesh.route.Format.Operator;
import dev.proxyless.mesh.route.FormatOperators.Arguments;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Times as {@code strftime} writes them, with Envoy's own conversions: {@code %s} seconds since
 * 1970, {@code %f} and {@code %3f} fractions of the second, and Abseil's {@code %E3S}, {@code
 * %E3f}, {@code %E*S}. What is no conversion stays as it is. Immutable.
 */
final class TimeFormat {

  private static final ZoneId UTC = ZoneId.of("UTC");
  private static final String DEFAULT = "%Y-%m-%dT%H:%M:%E3SZ";

  /** Conversions that a pattern of {@link DateTimeFormatter} writes. */
  private static final Map<Character, String> PATTERNS =
      Map.ofEntries(
          Map.entry('Y', "uuuu"),
          Map.entry('y', "uu"),
          Map.entry('m', "MM"),
          Map.entry('d', "dd"),
          Map.entry('H', "HH"),
          Map.entry('I', "hh"),
          Map.entry('M', "mm"),
          Map.entry('S', "ss"),
          Map.entry('j', "DDD"),
          Map.entry('a', "EEE"),
          Map.entry('A', "EEEE"),
          Map.entry('b', "MMM"),
          Map.entry('h', "MMM"),
          Map.entry('B', "MMMM"),
          Map.entry('p', "a"),
          Map.entry('z', "xx"),
          Map.entry('Z', "zzz"),
          Map.entry('F', "uuuu-MM-dd"),
          Map.entry('T', "HH:mm:ss"),
          Map.entry('R', "HH:mm"),
          Map.entry('D', "MM/dd/uu"));

  /** Writes one piece of a time. */
  private interface Piece {
    void append(ZonedDateTime time, StringBuilder text);
  }

  private final List<Piece> pieces = new ArrayList<>();

  private TimeFormat(String format) {
    StringBuilder literal = new StringBuilder();
    int at = 0;
    while (at < format.length()) {
      char c = format.charAt(at++);
      if (c != '%') {
        literal.append(c);
        continue;
      }
      int end = at;
      while (end < format.length() && "E0123456789*".indexOf(format.charAt(end)) >= 0) {
        end++;
      }
      if (end == format.length()) {
        literal.append(format, at - 1, end);
        break;
      }
      String flags = format.substring(at, end);
      char conversion = format.charAt(end);
      at = end + 1;
      if (conversion == '%' && flags.isEmpty()) {
        literal.append('%');
        continue;
      }
      flush(literal);
      pieces.add(piece(flags, conversion));
    }
    flush(literal);
  }

  private void flush(StringBuilder literal) {
    if (literal.length() > 0) {
      String text = literal.toString();
      pieces.add((time, out) -> out.append(text));
      literal.setLength(0);
    }
  }

  private static Piece piece(String flags, char conversion) {
    if (conversion == 'f') {
      return fraction(flags.startsWith("E") ? flags.substring(1) : flags);
    }
    if (conversion == 'S' && flags.startsWith("E")) {
      Piece fraction = fraction(flags.substring(1));
      return (time, out) -> {
        int seconds = time.getSecond();
        out.append(seconds < 10 ? "0" : "").append(seconds);
        int dot = out.length();
        out.append('.');
        fraction.append(time, out);
        if (out.length() == dot + 1) {
          out.setLength(dot);
        }
      };
    }
    if (conversion == 's' && flags.isEmpty()) {
      return (time, out) -> out.append(time.toEpochSecond());
    }
    if (conversion == 'e' && flags.isEmpty()) {
      return (time, out) ->
          out.append(time.getDayOfMonth() < 10 ? " " : "").append(time.getDayOfMonth());
    }
    String pattern = PATTERNS.get(conversion);
    if (pattern == null || !flags.isEmpty()) {
      String unknown = "%" + flags + conversion;
      return (time, out) -> out.append(unknown);
    }
    DateTimeFormatter formatter = DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH);
    return (time, out) -> formatter.formatTo(time, out);
  }

  /** So many digits of the second's fraction; {@code *} is as many as there are, none is nine. */
  private static Piece fraction(String digits) {
    if (digits.equals("*")) {
      return (time, out) -> {
        out.append(nineDigits(time));
        while (out.charAt(out.length() - 1) == '0' && out.length() > 1) {
          out.setLength(out.length() - 1);
        }
      };
    }
    int count = digits.isEmpty() || digits.length() > 1 ? 9 : digits.charAt(0) - '0';
    return (time, out) -> out.append(nineDigits(time), 0, count);
  }

  private static String nineDigits(ZonedDateTime time) {
    String digits = Integer.toString(time.getNano());
    return "000000000".substring(digits.length()) + digits;
  }

  /** {@code START_TIME(FORMAT)}, {@code EMIT_TIME(FORMAT)} and the local forms of them. */
  static Operator operator(Arguments arguments) {
    String text = arguments.text();
    TimeFormat format = new TimeFormat(text.isEmpty() ? DEFAULT : text);
    boolean start = arguments.name().startsWith("START");
    boolean local = arguments.name().endsWith("LOCAL");
    return context -> {
      Surroundings surroundings = context.info.surroundings();
      Instant time = start ? surroundings.startTime() : surroundings.now();
      if (time == null) {
        return null;
      }
      ZonedDateTime zoned = time.atZone(local ? surroundings.zone() : UTC);
      StringBuilder out = new StringBuilder();
      for (int i = 0; i < format.pieces.size(); i++) {
        format.pieces.get(i).append(zoned, out);
      }
      return out.toString();
    };
  }
}
