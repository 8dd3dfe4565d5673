package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.CidrRange;
import dev.proxyless.mesh.model.FilterStateMatcher;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@link FilterStateMatcher}, compiled. A key that is missing matches nothing. */
final class FilterStateCondition implements Condition {

  private final FilterStateMatcher matcher;
  private final @Nullable TextMatcher text;
  private final List<Cidr> ranges;

  private FilterStateCondition(
      FilterStateMatcher matcher, @Nullable TextMatcher text, List<Cidr> ranges) {
    this.matcher = matcher;
    this.text = text;
    this.ranges = ranges;
  }

  static FilterStateCondition compile(FilterStateMatcher matcher, String path) {
    if (matcher.match() instanceof FilterStateMatcher.Match.Text match) {
      return new FilterStateCondition(
          matcher, TextMatcher.compile(match.matcher(), path + ".string_match"), List.of());
    }
    List<Cidr> ranges = new ArrayList<>();
    if (matcher.match() instanceof FilterStateMatcher.Match.Address match) {
      for (CidrRange range : match.ranges()) {
        ranges.add(Cidr.compile(range, path + ".address_match.ranges[" + ranges.size() + "]"));
      }
    }
    return new FilterStateCondition(matcher, null, ranges);
  }

  @Override
  public boolean test(RequestView request) {
    String value = request.info.filterState().get(matcher.key());
    if (value == null) {
      return false;
    }
    if (text != null) {
      return text.matches(value);
    }
    byte[] address = Cidr.address(value);
    if (address == null) {
      return false;
    }
    boolean inverted =
        matcher.match() instanceof FilterStateMatcher.Match.Address match && match.invert();
    for (Cidr range : ranges) {
      if (range.contains(address)) {
        return !inverted;
      }
    }
    return inverted;
  }

  @Override
  public String describe() {
    String subject = "filter state " + matcher.key() + " ";
    if (text != null) {
      return subject + text.describe();
    }
    boolean inverted =
        matcher.match() instanceof FilterStateMatcher.Match.Address match && match.invert();
    return subject + (inverted ? "is an address outside " : "is an address in ") + ranges;
  }
}
