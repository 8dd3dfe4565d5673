package dev.proxyless.mesh.model;

import java.util.List;

/**
 * {@code envoy.config.route.v3.VirtualCluster}: a name for requests that match, in statistics.
 *
 * @param name its name
 * @param headers all must match
 */
public record VirtualCluster(String name, List<HeaderMatcher> headers) {}
