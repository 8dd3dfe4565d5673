package dev.proxyless.mesh.route;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the route of a virtual host that takes a request. Immutable. */
interface RouteFinder {

  /** The route, or null. */
  @Nullable RouteEntry find(RequestView request);

  /** Adds what is tried, in order, in words. */
  void explain(RequestView request, List<String> steps);
}
