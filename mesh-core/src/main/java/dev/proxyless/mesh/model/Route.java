package dev.proxyless.mesh.model;

/**
 * {@code envoy.config.route.v3.Route}.
 *
 * @param name its name; may be empty
 * @param match which requests it takes
 * @param action what becomes of them
 */
public record Route(String name, RouteMatch match, RouteAction action) {}
