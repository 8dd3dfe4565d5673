package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.model.CookieMatcher;
import dev.proxyless.mesh.model.HeaderMatcher;
import dev.proxyless.mesh.model.QueryParameterMatcher;
import dev.proxyless.mesh.model.StringMatcher;
import dev.proxyless.mesh.model.StringMatcher.Kind;
import dev.proxyless.mesh.model.ValueMatch;
import dev.proxyless.mesh.proto.Message;
import java.util.List;

/** Decodes matchers of texts, headers, query parameters and cookies. */
final class Matchers {

  /** Must name its engine; Envoy's own message of the name need not. */
  private static final String XDS_REGEX = "xds.type.matcher.v3.RegexMatcher";

  private static final int MAX_NAME_BYTES = 1_024;

  private Matchers() {}

  static StringMatcher string(Message message) {
    boolean ignoreCase = message.bool("ignore_case", false);
    if (message.has("safe_regex")) {
      if (ignoreCase) {
        throw message.invalid(
            "ignore_case", "excludes safe_regex; write (?i) into the expression instead");
      }
      Message regex = message.requiredMessage("safe_regex");
      if (regex.type().name().equals(XDS_REGEX) && !regex.has("google_re2")) {
        throw regex.invalid("google_re2", "is required; write \"google_re2: {}\"");
      }
      return new StringMatcher(Kind.SAFE_REGEX, regex(message, "safe_regex"), false);
    }
    if (message.has("exact")) {
      return new StringMatcher(Kind.EXACT, message.string("exact"), ignoreCase);
    }
    if (message.has("prefix")) {
      return new StringMatcher(Kind.PREFIX, notEmpty(message, "prefix"), ignoreCase);
    }
    if (message.has("suffix")) {
      return new StringMatcher(Kind.SUFFIX, notEmpty(message, "suffix"), ignoreCase);
    }
    if (message.has("contains")) {
      return new StringMatcher(Kind.CONTAINS, notEmpty(message, "contains"), ignoreCase);
    }
    throw message.invalid(
        "match_pattern", "is required: exact, prefix, suffix, contains or safe_regex");
  }

  static String regex(Message message, String field) {
    return message.requiredMessage(field).requiredString("regex");
  }

  private static String notEmpty(Message message, String field) {
    return message.requiredString(field);
  }

  static List<HeaderMatcher> headers(Message message, String field) {
    return message.messages(field).stream().map(Matchers::header).toList();
  }

  static HeaderMatcher header(Message message) {
    return new HeaderMatcher(
        Texts.requiredHeaderName(message, "name"),
        value(message),
        message.bool("invert_match", false),
        message.bool("treat_missing_header_as_empty", false));
  }

  /**
   * No specifier asks for presence. An empty {@code exact_match} takes any value, but there must be
   * one, even inverted.
   */
  private static ValueMatch value(Message message) {
    if (message.has("string_match")) {
      return new ValueMatch.Text(string(message.requiredMessage("string_match")));
    }
    if (message.has("range_match")) {
      Message range = message.requiredMessage("range_match");
      return new ValueMatch.Range(range.number("start", 0), range.number("end", 0));
    }
    if (message.has("safe_regex_match")) {
      return text(Kind.SAFE_REGEX, regex(message, "safe_regex_match"));
    }
    if (message.has("exact_match")) {
      String value = message.string("exact_match");
      return text(value.isEmpty() ? Kind.PREFIX : Kind.EXACT, value);
    }
    if (message.has("prefix_match")) {
      return text(Kind.PREFIX, notEmpty(message, "prefix_match"));
    }
    if (message.has("suffix_match")) {
      return text(Kind.SUFFIX, notEmpty(message, "suffix_match"));
    }
    if (message.has("contains_match")) {
      return text(Kind.CONTAINS, notEmpty(message, "contains_match"));
    }
    return new ValueMatch.Present(message.bool("present_match", true));
  }

  private static ValueMatch text(Kind kind, String value) {
    return new ValueMatch.Text(new StringMatcher(kind, value, false));
  }

  static QueryParameterMatcher query(Message message) {
    ValueMatch match =
        message.has("string_match")
            ? new ValueMatch.Text(string(message.requiredMessage("string_match")))
            : new ValueMatch.Present(message.bool("present_match", true));
    return new QueryParameterMatcher(name(message), match);
  }

  static CookieMatcher cookie(Message message) {
    return new CookieMatcher(
        name(message),
        string(message.requiredMessage("string_match")),
        message.bool("invert_match", false));
  }

  private static String name(Message message) {
    return Texts.bounded(message, "name", message.requiredString("name"), MAX_NAME_BYTES);
  }
}
