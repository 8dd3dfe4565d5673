package dev.proxyless.mesh.model;

/**
 * {@code envoy.config.route.v3.QueryParameterMatcher}, on the raw query.
 *
 * @param name the parameter's name
 * @param match {@link ValueMatch.Present} or {@link ValueMatch.Text}
 */
public record QueryParameterMatcher(String name, ValueMatch match) {}
