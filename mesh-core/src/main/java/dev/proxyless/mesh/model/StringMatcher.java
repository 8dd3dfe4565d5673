package dev.proxyless.mesh.model;

/**
 * {@code envoy.type.matcher.v3.StringMatcher}.
 *
 * @param kind how the text is compared
 * @param value what it is compared with
 * @param ignoreCase whether ASCII case is ignored; never set together with {@link Kind#SAFE_REGEX}
 */
public record StringMatcher(Kind kind, String value, boolean ignoreCase) {

  /** The comparisons. */
  public enum Kind {
    EXACT,
    PREFIX,
    SUFFIX,
    CONTAINS,
    /** The whole text matches, by RE2. */
    SAFE_REGEX
  }

  /** A matcher for one text, case included. */
  public static StringMatcher exact(String value) {
    return new StringMatcher(Kind.EXACT, value, false);
  }
}
