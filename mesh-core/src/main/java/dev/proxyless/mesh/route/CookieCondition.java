package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.CookieMatcher;
import org.jspecify.annotations.Nullable;

/**
 * A {@link CookieMatcher}, compiled: the first cookie of the name counts, without the double quotes
 * around its value. A missing cookie matches only an inverted condition. Source: Envoy's {@code
 * Utility::forEachCookie}.
 */
final class CookieCondition implements Condition {

  private static final HeaderName LINES = HeaderName.of("cookie");

  private final CookieMatcher matcher;
  private final TextMatcher text;

  private CookieCondition(CookieMatcher matcher, TextMatcher text) {
    this.matcher = matcher;
    this.text = text;
  }

  static CookieCondition compile(CookieMatcher matcher, String path) {
    TextMatcher text = TextMatcher.compile(matcher.match(), path + ".string_match");
    return new CookieCondition(matcher, text);
  }

  @Override
  public boolean test(RequestView request) {
    String value = null;
    int last = request.lastLine(LINES);
    for (int i = request.firstLine(LINES); i >= 0 && i <= last && value == null; i++) {
      if (request.is(LINES, i)) {
        value = value(request.head.headerValue(i), matcher.name());
      }
    }
    return (value != null && text.matches(value)) != matcher.invert();
  }

  /** A cookie's value in one line, or null. Spaces before a name do not count; others do. */
  static @Nullable String value(String line, String name) {
    int start = 0;
    while (start < line.length()) {
      int end = line.indexOf(';', start);
      if (end < 0) {
        end = line.length();
      }
      while (start < end && line.charAt(start) == ' ') {
        start++;
      }
      int equals = start + name.length();
      if (equals < end && line.charAt(equals) == '=' && line.startsWith(name, start)) {
        return withoutQuotes(line.substring(equals + 1, end));
      }
      start = end + 1;
    }
    return null;
  }

  private static String withoutQuotes(String value) {
    boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }

  @Override
  public String describe() {
    return (matcher.invert() ? "not: " : "") + "cookie " + matcher.name() + " " + text.describe();
  }
}
