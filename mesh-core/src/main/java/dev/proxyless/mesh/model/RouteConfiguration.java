package dev.proxyless.mesh.model;

import java.util.List;

/**
 * {@code envoy.config.route.v3.RouteConfiguration}.
 *
 * @param name the resource's name
 * @param virtualHosts in order
 * @param ignorePortInHostMatching whether a request's port is left out when its host is looked up
 */
public record RouteConfiguration(
    String name, List<VirtualHost> virtualHosts, boolean ignorePortInHostMatching) {}
