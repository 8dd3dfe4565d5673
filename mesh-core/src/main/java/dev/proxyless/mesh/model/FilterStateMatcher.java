package dev.proxyless.mesh.model;

import java.util.List;

/**
 * {@code envoy.type.matcher.v3.FilterStateMatcher}. A key that is missing matches nothing.
 *
 * @param key the object's name
 * @param match the condition on the object's text
 */
public record FilterStateMatcher(String key, Match match) {

  /** A condition on an object of the filter state. */
  public sealed interface Match {
    /** {@code string_match}. */
    record Text(StringMatcher matcher) implements Match {}

    /** {@code address_match}: the object is an address in one of these ranges. */
    record Address(List<CidrRange> ranges, boolean invert) implements Match {}
  }
}
