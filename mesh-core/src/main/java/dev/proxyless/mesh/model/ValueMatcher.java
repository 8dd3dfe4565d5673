package dev.proxyless.mesh.model;

import java.util.List;

/** {@code envoy.type.matcher.v3.ValueMatcher}: a condition on a value of metadata. */
public sealed interface ValueMatcher {

  /** {@code null_match}. */
  record Null() implements ValueMatcher {}

  /** {@code double_match.exact}. */
  record Exactly(double value) implements ValueMatcher {}

  /** {@code double_match.range}: start &lt;= value &lt; end. */
  record Range(double start, double end) implements ValueMatcher {}

  /** {@code string_match}. */
  record Text(StringMatcher matcher) implements ValueMatcher {}

  /** {@code bool_match}. */
  record Bool(boolean value) implements ValueMatcher {}

  /** {@code present_match}; false never matches. */
  record Present(boolean present) implements ValueMatcher {}

  /** {@code list_match.one_of}: any element of a list matches. */
  record OneOf(ValueMatcher element) implements ValueMatcher {}

  /** {@code or_match}. */
  record Or(List<ValueMatcher> matchers) implements ValueMatcher {}
}
