package dev.proxyless.mesh.model;

/** A condition on the value of a header or query parameter. */
public sealed interface ValueMatch {

  /** {@code present_match}: whether it is there. */
  record Present(boolean present) implements ValueMatch {}

  /** {@code range_match}: a base-10 number with start &lt;= value &lt; end. */
  record Range(long start, long end) implements ValueMatch {}

  /** {@code string_match} and the older forms of it. */
  record Text(StringMatcher matcher) implements ValueMatch {}
}
