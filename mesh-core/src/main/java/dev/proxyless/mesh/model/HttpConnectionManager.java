package dev.proxyless.mesh.model;

/**
 * {@code HttpConnectionManager}, as far as it acts in a process.
 *
 * @param routes where its route configuration comes from
 * @param suppressEnvoyHeaders the router filter's {@code suppress_envoy_headers}
 */
public record HttpConnectionManager(RouteSource routes, boolean suppressEnvoyHeaders) {

  /** Where a route configuration comes from. */
  public sealed interface RouteSource {
    /** RDS, by name. */
    record Rds(String name) implements RouteSource {}

    /** The listener itself. */
    record Inline(RouteConfiguration configuration) implements RouteSource {}
  }
}
