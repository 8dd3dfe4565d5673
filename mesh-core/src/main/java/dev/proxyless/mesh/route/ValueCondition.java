package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.ValueMatcher;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ValueMatcher}, compiled: a condition on what {@code google.protobuf.Value} can hold.
 * Source: Envoy's {@code ValueMatcher::create}. Immutable.
 */
final class ValueCondition {

  /** Stands for a value that is not there, as null stands for {@code null_value}. */
  static final Object MISSING = new Object();

  private final ValueMatcher matcher;
  private final @Nullable TextMatcher text;
  private final List<ValueCondition> parts;

  private ValueCondition(
      ValueMatcher matcher, @Nullable TextMatcher text, List<ValueCondition> parts) {
    this.matcher = matcher;
    this.text = text;
    this.parts = parts;
  }

  static ValueCondition compile(ValueMatcher matcher, String path) {
    if (matcher instanceof ValueMatcher.Text match) {
      return new ValueCondition(
          matcher, TextMatcher.compile(match.matcher(), path + ".string_match"), List.of());
    }
    if (matcher instanceof ValueMatcher.OneOf match) {
      ValueCondition element = compile(match.element(), path + ".list_match.one_of");
      return new ValueCondition(matcher, null, List.of(element));
    }
    if (matcher instanceof ValueMatcher.Or or) {
      List<ValueCondition> parts = new ArrayList<>();
      for (ValueMatcher each : or.matchers()) {
        parts.add(compile(each, path + ".or_match.value_matchers[" + parts.size() + "]"));
      }
      return new ValueCondition(matcher, null, parts);
    }
    return new ValueCondition(matcher, null, List.of());
  }

  boolean test(@Nullable Object value) {
    if (matcher instanceof ValueMatcher.Null) {
      return value == null;
    }
    if (matcher instanceof ValueMatcher.Exactly exactly) {
      return value instanceof Double number && number == exactly.value();
    }
    if (matcher instanceof ValueMatcher.Range range) {
      return value instanceof Double number && number >= range.start() && number < range.end();
    }
    if (text != null) {
      return value instanceof String string && text.matches(string);
    }
    if (matcher instanceof ValueMatcher.Bool bool) {
      return value instanceof Boolean truth && truth == bool.value();
    }
    if (matcher instanceof ValueMatcher.Present present) {
      return present.present() && value != MISSING;
    }
    if (matcher instanceof ValueMatcher.OneOf) {
      return value instanceof List<?> list && anyElement(list);
    }
    return anyPart(value);
  }

  private boolean anyElement(List<?> list) {
    for (Object element : list) {
      if (anyPart(element)) {
        return true;
      }
    }
    return false;
  }

  private boolean anyPart(@Nullable Object value) {
    for (ValueCondition part : parts) {
      if (part.test(value)) {
        return true;
      }
    }
    return false;
  }

  /** The condition in words, after the value's name. */
  String describe() {
    if (matcher instanceof ValueMatcher.Null) {
      return "is null";
    }
    if (matcher instanceof ValueMatcher.Exactly exactly) {
      return "is " + exactly.value();
    }
    if (matcher instanceof ValueMatcher.Range range) {
      return "is a number from " + range.start() + " up to, not including, " + range.end();
    }
    if (text != null) {
      return text.describe();
    }
    if (matcher instanceof ValueMatcher.Bool bool) {
      return "is " + bool.value();
    }
    if (matcher instanceof ValueMatcher.Present present) {
      return present.present() ? "is present" : "can never match (present_match: false)";
    }
    String joined = String.join(" or ", parts.stream().map(ValueCondition::describe).toList());
    return matcher instanceof ValueMatcher.OneOf ? "has an element that " + joined : joined;
  }
}
