package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.RouteMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All conditions of a route, compiled. They are tried in Envoy's order, the path last; being pure,
 * they may be tried in any. Immutable.
 */
final class RouteConditions {

  private final PathCondition path;
  private final Condition[] others;

  private RouteConditions(PathCondition path, Condition[] others) {
    this.path = path;
    this.others = others;
  }

  static RouteConditions compile(RouteMatch match, String at) {
    List<Condition> others = new ArrayList<>();
    match.runtimeFraction().map(OtherConditions.Fraction::new).ifPresent(others::add);
    if (match.grpc()) {
      others.add(new OtherConditions.Grpc());
    }
    for (int i = 0; i < match.headers().size(); i++) {
      String path = at + ".headers[" + i + "]";
      others.add(HeaderCondition.compile(match.headers().get(i), path));
    }
    for (int i = 0; i < match.queryParameters().size(); i++) {
      String path = at + ".query_parameters[" + i + "]";
      others.add(QueryCondition.compile(match.queryParameters().get(i), path));
    }
    for (int i = 0; i < match.cookies().size(); i++) {
      String path = at + ".cookies[" + i + "]";
      others.add(CookieCondition.compile(match.cookies().get(i), path));
    }
    match.tlsContext().map(OtherConditions.TlsContext::new).ifPresent(others::add);
    for (int i = 0; i < match.dynamicMetadata().size(); i++) {
      String path = at + ".dynamic_metadata[" + i + "]";
      others.add(MetadataCondition.compile(match.dynamicMetadata().get(i), path));
    }
    for (int i = 0; i < match.filterState().size(); i++) {
      String path = at + ".filter_state[" + i + "]";
      others.add(FilterStateCondition.compile(match.filterState().get(i), path));
    }
    return new RouteConditions(PathCondition.compile(match, at), others.toArray(new Condition[0]));
  }

  PathCondition path() {
    return path;
  }

  boolean test(RequestView request) {
    return testOthers(request) && path.test(request);
  }

  /** Whether there is no condition but the path's. */
  boolean pathAlone() {
    return others.length == 0;
  }

  /** Whether all conditions but the path's hold. */
  boolean testOthers(RequestView request) {
    for (Condition condition : others) {
      if (!condition.test(request)) {
        return false;
      }
    }
    return true;
  }

  /**
   * A condition that fails, in words; empty where all hold. The path comes first, since it is what
   * tells most.
   */
  Optional<String> firstFailure(RequestView request) {
    if (!path.test(request)) {
      return Optional.of(path.describe());
    }
    for (Condition condition : others) {
      if (!condition.test(request)) {
        return Optional.of(condition.describe());
      }
    }
    return Optional.empty();
  }
}
