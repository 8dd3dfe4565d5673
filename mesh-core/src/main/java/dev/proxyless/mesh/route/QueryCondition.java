package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.QueryParameterMatcher;
import dev.proxyless.mesh.model.ValueMatch;
import org.jspecify.annotations.Nullable;

/** A {@link QueryParameterMatcher}, compiled: the raw query, and only the first value of a key. */
final class QueryCondition implements Condition {

  private final QueryParameterMatcher matcher;
  private final @Nullable TextMatcher text;

  private QueryCondition(QueryParameterMatcher matcher, @Nullable TextMatcher text) {
    this.matcher = matcher;
    this.text = text;
  }

  static QueryCondition compile(QueryParameterMatcher matcher, String path) {
    TextMatcher text =
        matcher.match() instanceof ValueMatch.Text match
            ? TextMatcher.compile(match.matcher(), path + ".string_match")
            : null;
    return new QueryCondition(matcher, text);
  }

  @Override
  public boolean test(RequestView request) {
    String value = request.queryParameter(matcher.name());
    if (text != null) {
      return value != null && text.matches(value);
    }
    boolean wanted =
        !(matcher.match() instanceof ValueMatch.Present presence) || presence.present();
    return (value != null) == wanted;
  }

  @Override
  public String describe() {
    String predicate;
    if (text != null) {
      predicate = text.describe();
    } else {
      predicate =
          matcher.match() instanceof ValueMatch.Present presence && !presence.present()
              ? "is absent"
              : "is present";
    }
    return "query parameter " + matcher.name() + " " + predicate;
  }
}
