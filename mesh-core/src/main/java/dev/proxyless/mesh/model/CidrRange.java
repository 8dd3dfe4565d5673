package dev.proxyless.mesh.model;

/**
 * {@code envoy.config.core.v3.CidrRange}.
 *
 * @param addressPrefix an IPv4 or IPv6 address
 * @param prefixLength bits that count
 */
public record CidrRange(String addressPrefix, int prefixLength) {}
