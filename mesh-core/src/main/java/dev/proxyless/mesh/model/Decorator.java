package dev.proxyless.mesh.model;

/**
 * {@code envoy.config.route.v3.Decorator}.
 *
 * @param operation the name of a call's span
 * @param propagate whether the next hop is told it ({@code x-envoy-decorator-operation})
 */
public record Decorator(String operation, boolean propagate) {}
