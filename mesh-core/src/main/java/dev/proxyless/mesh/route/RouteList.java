package dev.proxyless.mesh.route;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Routes of which the first that takes a request wins. Immutable. */
final class RouteList implements RouteFinder {

  /** How many routes are told one by one. */
  private static final int MAX_TOLD = 50;

  private final List<RouteEntry> routes;

  RouteList(List<RouteEntry> routes) {
    this.routes = List.copyOf(routes);
  }

  @Override
  public @Nullable RouteEntry find(RequestView request) {
    for (int i = 0; i < routes.size(); i++) {
      RouteEntry route = routes.get(i);
      if (route.conditions().test(request)) {
        return route;
      }
    }
    return null;
  }

  @Override
  public void explain(RequestView request, List<String> steps) {
    int untold = 0;
    for (int i = 0; i < routes.size(); i++) {
      String label = "route " + i + " \"" + routes.get(i).name() + "\" ";
      Optional<String> failure = routes.get(i).conditions().firstFailure(request);
      if (failure.isEmpty()) {
        tellCount(untold, steps);
        steps.add(label + "takes it");
        return;
      }
      if (i < MAX_TOLD) {
        steps.add(label + "does not: it wants that " + failure.get());
      } else {
        untold++;
      }
    }
    tellCount(untold, steps);
    steps.add("no route of the virtual host takes it");
  }

  private static void tellCount(int untold, List<String> steps) {
    if (untold > 0) {
      steps.add(untold + (untold == 1 ? " more route does not" : " more routes do not"));
    }
  }
}
