package dev.proxyless.mesh.route;

import dev.proxyless.mesh.route.Format.Operator;
import dev.proxyless.mesh.route.FormatOperators.Arguments;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * {@code COALESCE({"operators": ["A", {"command": "REQ", "param": "x", "max_length": 9}]})}: the
 * first operator that has a value which is not empty.
 */
final class CoalesceOperator {

  private CoalesceOperator() {}

  static Operator compile(Arguments arguments) {
    Object root = arguments.json();
    Object list = root instanceof Map<?, ?> map ? map.get("operators") : null;
    if (!(list instanceof List<?> operators) || operators.isEmpty()) {
      throw arguments.refused("which is no JSON object with a list \"operators\"");
    }
    List<Operator> compiled = new ArrayList<>();
    for (Object each : operators) {
      compiled.add(operator(each, arguments));
    }
    return context -> {
      for (int i = 0; i < compiled.size(); i++) {
        Object value = compiled.get(i).value(context);
        if (value != null && !value.equals("")) {
          return value;
        }
      }
      return null;
    };
  }

  private static Operator operator(Object entry, Arguments arguments) {
    if (entry instanceof String name) {
      return FormatOperators.compile(name, "", OptionalInt.empty(), arguments.path());
    }
    if (entry instanceof Map<?, ?> map && map.get("command") instanceof String name) {
      String param = map.get("param") instanceof String text ? text : "";
      OptionalInt length = OptionalInt.empty();
      if (map.get("max_length") instanceof Number max) {
        if (max.intValue() < 1) {
          throw arguments.refused("in which \"max_length\" is not positive");
        }
        length = OptionalInt.of(max.intValue());
      }
      return FormatOperators.compile(name, param, length, arguments.path());
    }
    throw arguments.refused("in which an operator is neither a name nor has a \"command\"");
  }
}
