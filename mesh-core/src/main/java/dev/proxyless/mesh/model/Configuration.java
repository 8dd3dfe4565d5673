package dev.proxyless.mesh.model;

import java.util.Map;

/**
 * All that the sources of configuration say at one moment, by resource name. Nothing here is
 * checked across resources: a route may name a cluster that is not there.
 *
 * @param listeners from LDS
 * @param routes from RDS
 * @param clusters from CDS
 * @param assignments from EDS, by the service name that a cluster asks for
 */
public record Configuration(
    Map<String, Listener> listeners,
    Map<String, RouteConfiguration> routes,
    Map<String, Cluster> clusters,
    Map<String, EndpointAssignment> assignments) {

  public static final Configuration EMPTY =
      new Configuration(Map.of(), Map.of(), Map.of(), Map.of());
}
