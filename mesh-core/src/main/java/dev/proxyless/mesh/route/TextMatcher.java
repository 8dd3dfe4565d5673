package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.StringMatcher;
import dev.proxyless.mesh.model.StringMatcher.Kind;

/** A {@link StringMatcher}, compiled. Case is ignored for ASCII letters alone, as in Envoy. */
final class TextMatcher {

  private final StringMatcher matcher;
  private final Regex regex;

  private static final Regex NO_REGEX = Regex.compile("", "");

  private TextMatcher(StringMatcher matcher, Regex regex) {
    this.matcher = matcher;
    this.regex = regex;
  }

  static TextMatcher compile(StringMatcher matcher, String path) {
    return new TextMatcher(
        matcher,
        matcher.kind() == Kind.SAFE_REGEX ? Regex.compile(matcher.value(), path) : NO_REGEX);
  }

  boolean matches(String text) {
    String value = matcher.value();
    boolean ignoreCase = matcher.ignoreCase();
    return switch (matcher.kind()) {
      case EXACT -> text.length() == value.length() && Ascii.region(text, 0, value, ignoreCase);
      case PREFIX -> Ascii.region(text, 0, value, ignoreCase);
      case SUFFIX -> Ascii.region(text, text.length() - value.length(), value, ignoreCase);
      case CONTAINS -> contains(text, value, ignoreCase);
      case SAFE_REGEX -> regex.matches(text);
    };
  }

  private static boolean contains(String text, String value, boolean ignoreCase) {
    for (int at = 0; at <= text.length() - value.length(); at++) {
      if (Ascii.region(text, at, value, ignoreCase)) {
        return true;
      }
    }
    return false;
  }

  String describe() {
    String verb =
        switch (matcher.kind()) {
          case EXACT -> "is";
          case PREFIX -> "begins with";
          case SUFFIX -> "ends with";
          case CONTAINS -> "contains";
          case SAFE_REGEX -> "matches";
        };
    return verb + " \"" + matcher.value() + "\"" + (matcher.ignoreCase() ? " (any case)" : "");
  }
}
