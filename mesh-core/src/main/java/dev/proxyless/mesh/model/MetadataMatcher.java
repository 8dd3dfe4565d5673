package dev.proxyless.mesh.model;

import java.util.List;

/**
 * {@code envoy.type.matcher.v3.MetadataMatcher}.
 *
 * @param filter the namespace
 * @param path keys from the namespace down to the value; at least one
 * @param value the condition
 * @param invert whether the result is turned around
 */
public record MetadataMatcher(
    String filter, List<String> path, ValueMatcher value, boolean invert) {}
