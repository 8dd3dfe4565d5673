package dev.proxyless.mesh.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code xds.type.matcher.v3.Matcher}, whose actions are routes.
 *
 * @param matcher what is asked; empty where {@code on_no_match} alone counts
 * @param onNoMatch what is done where nothing matches
 */
public record MatcherTree(Optional<Matcher> matcher, Optional<OnMatch> onNoMatch) {

  /** What is asked. */
  public sealed interface Matcher {
    /** {@code matcher_list}: the first whose predicate holds. */
    record Fields(List<FieldMatcher> matchers) implements Matcher {}

    /** {@code matcher_tree.exact_match_map}. */
    record ExactMap(Input input, Map<String, OnMatch> map) implements Matcher {}

    /** {@code matcher_tree.prefix_match_map}: the longest prefix whose action ends in a route. */
    record PrefixMap(Input input, Map<String, OnMatch> map) implements Matcher {}
  }

  /** {@code Matcher.MatcherList.FieldMatcher}. */
  public record FieldMatcher(Predicate predicate, OnMatch onMatch) {}

  /** {@code Matcher.MatcherList.Predicate}. */
  public sealed interface Predicate {
    /** {@code single_predicate}. */
    record Single(Input input, StringMatcher match) implements Predicate {}

    /** {@code or_matcher}. */
    record Or(List<Predicate> predicates) implements Predicate {}

    /** {@code and_matcher}. */
    record And(List<Predicate> predicates) implements Predicate {}

    /** {@code not_matcher}. */
    record Not(Predicate predicate) implements Predicate {}
  }

  /** What of a request is looked at. */
  public sealed interface Input {
    /**
     * {@code envoy.type.matcher.v3.HttpRequestHeaderMatchInput}: the lines of a header, joined by a
     * comma.
     */
    record RequestHeader(String name) implements Input {}
  }

  /**
   * {@code Matcher.OnMatch}.
   *
   * @param action what is done
   */
  public record OnMatch(Action action) {}

  /** What is done where something matches. */
  public sealed interface Action {
    /** {@code matcher}: one more tree. */
    record Nested(MatcherTree tree) implements Action {}

    /** A {@code Route} or {@code RouteList}: the first route whose own conditions hold. */
    record Routes(List<Route> routes) implements Action {}
  }
}
