package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.RouteMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All conditions of a route, compiled. Immutable. */
final class RouteConditions {

  private final PathCondition path;
  private final Condition[] all;

  private RouteConditions(PathCondition path, Condition[] all) {
    this.path = path;
    this.all = all;
  }

  static RouteConditions compile(RouteMatch match, String at) {
    PathCondition path = PathCondition.compile(match, at);
    List<Condition> conditions = new ArrayList<>();
    conditions.add(path);
    match.runtimeFraction().map(OtherConditions.Fraction::new).ifPresent(conditions::add);
    if (match.grpc()) {
      conditions.add(new OtherConditions.Grpc());
    }
    for (int i = 0; i < match.headers().size(); i++) {
      conditions.add(HeaderCondition.compile(match.headers().get(i), at + ".headers[" + i + "]"));
    }
    for (int i = 0; i < match.queryParameters().size(); i++) {
      conditions.add(
          QueryCondition.compile(
              match.queryParameters().get(i), at + ".query_parameters[" + i + "]"));
    }
    return new RouteConditions(path, conditions.toArray(new Condition[0]));
  }

  PathCondition path() {
    return path;
  }

  boolean test(RequestView request) {
    for (Condition condition : all) {
      if (!condition.test(request)) {
        return false;
      }
    }
    return true;
  }

  /** The first condition that fails, in words; empty where all hold. */
  Optional<String> firstFailure(RequestView request) {
    for (Condition condition : all) {
      if (!condition.test(request)) {
        return Optional.of(condition.describe());
      }
    }
    return Optional.empty();
  }
}
