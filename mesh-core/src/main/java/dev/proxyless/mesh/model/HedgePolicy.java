package dev.proxyless.mesh.model;

/**
 * {@code envoy.config.route.v3.HedgePolicy}.
 *
 * @param initialRequests {@code initial_requests}; unset is 1
 * @param onPerTryTimeout {@code hedge_on_per_try_timeout}
 */
public record HedgePolicy(int initialRequests, boolean onPerTryTimeout) {}
