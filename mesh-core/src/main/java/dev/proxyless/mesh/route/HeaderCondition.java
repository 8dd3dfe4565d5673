package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.HeaderMatcher;
import dev.proxyless.mesh.model.ValueMatch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@link HeaderMatcher}, compiled.
 *
 * <p>A missing header matches nothing, even inverted, except by {@code present_match}; several
 * lines of one name are tested one by one, and one that matches is enough, but for names whose
 * lines Envoy keeps as one. Source: Envoy's {@code HeaderUtility} with {@code
 * match_headers_individually}.
 */
final class HeaderCondition implements Condition {

  private final HeaderName name;
  private final HeaderMatcher matcher;
  private final @Nullable TextMatcher text;

  private HeaderCondition(HeaderName name, HeaderMatcher matcher, @Nullable TextMatcher text) {
    this.name = name;
    this.matcher = matcher;
    this.text = text;
  }

  static HeaderCondition compile(HeaderMatcher matcher, String path) {
    TextMatcher text =
        matcher.match() instanceof ValueMatch.Text match
            ? TextMatcher.compile(match.matcher(), path + ".string_match")
            : null;
    return new HeaderCondition(HeaderName.of(matcher.name()), matcher, text);
  }

  @Override
  public boolean test(RequestView request) {
    RequestHead head = request.head;
    int first = name.pseudo() ? -1 : request.firstLine(name);
    if (first < 0) {
      return testValue(name.implied(head, request.info));
    }
    int last = request.lastLine(name);
    if (first == last) {
      return ofLines(true, value(head.headerValue(first)));
    }
    if (name.joined()) {
      return testValue(request.joined(name));
    }
    boolean any = value(head.headerValue(first));
    for (int i = first + 1; i <= last && !any; i++) {
      any = request.is(name, i) && value(head.headerValue(i));
    }
    return ofLines(true, any);
  }

  String name() {
    return name.text();
  }

  /** The same test on one value, which is null where the header is missing. */
  boolean testValue(@Nullable String value) {
    return ofLines(value != null, value != null && value(value));
  }

  /** The same test on all lines of the header, which may be none. */
  boolean testLines(List<String> lines) {
    return ofLines(!lines.isEmpty(), lines.stream().anyMatch(this::value));
  }

  private boolean ofLines(boolean present, boolean anyLineMatches) {
    if (matcher.match() instanceof ValueMatch.Present presence) {
      boolean found = present || matcher.treatMissingAsEmpty();
      return (found == presence.present()) != matcher.invert();
    }
    if (present) {
      return anyLineMatches != matcher.invert();
    }
    return matcher.treatMissingAsEmpty() && value("") != matcher.invert();
  }

  private boolean value(String value) {
    if (text != null) {
      return text.matches(value);
    }
    return !(matcher.match() instanceof ValueMatch.Range range) || inRange(range, value);
  }

  /** A number in ASCII digits, with an optional sign and whitespace around it. */
  private static boolean inRange(ValueMatch.Range range, String value) {
    String text = Ascii.strip(value);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean sign = i == 0 && text.length() > 1 && (c == '-' || c == '+');
      if (!sign && (c < '0' || c > '9')) {
        return false;
      }
    }
    try {
      long number = Long.parseLong(text);
      return number >= range.start() && number < range.end();
    } catch (NumberFormatException emptyOrTooLong) {
      return false;
    }
  }

  @Override
  public String describe() {
    String subject = "header " + matcher.name() + " ";
    String predicate;
    if (matcher.match() instanceof ValueMatch.Present presence) {
      predicate = presence.present() ? "is present" : "is absent";
    } else if (matcher.match() instanceof ValueMatch.Range range) {
      predicate = "is a number from " + range.start() + " up to, not including, " + range.end();
    } else {
      predicate = text == null ? "" : text.describe();
    }
    return (matcher.invert() ? "not: " : "") + subject + predicate;
  }
}
