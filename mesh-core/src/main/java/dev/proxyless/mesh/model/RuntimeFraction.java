package dev.proxyless.mesh.model;

/**
 * {@code envoy.config.core.v3.RuntimeFractionalPercent}.
 *
 * @param runtimeKey the key that can stand in for the value; may be empty
 * @param defaultValue the share
 */
public record RuntimeFraction(String runtimeKey, FractionalPercent defaultValue) {}
