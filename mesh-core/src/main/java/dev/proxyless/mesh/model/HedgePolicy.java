package dev.proxyless.mesh.model;

/**
 * {@code envoy.config.route.v3.HedgePolicy}.
 *
 * @param onPerTryTimeout {@code hedge_on_per_try_timeout}
 */
public record HedgePolicy(boolean onPerTryTimeout) {}
