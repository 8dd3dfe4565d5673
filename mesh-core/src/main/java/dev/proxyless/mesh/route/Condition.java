package dev.proxyless.mesh.route;

/** One condition of a route. Immutable. */
interface Condition {

  boolean test(RequestView request);

  /** The condition in words, for explanations: {@code path begins with "/api"}. */
  String describe();
}
