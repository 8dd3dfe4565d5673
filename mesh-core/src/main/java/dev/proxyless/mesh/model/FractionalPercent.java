package dev.proxyless.mesh.model;

/**
 * {@code envoy.type.v3.FractionalPercent}.
 *
 * @param numerator the share
 * @param denominator of how many: 100, 10,000 or 1,000,000
 */
public record FractionalPercent(long numerator, int denominator) {}
