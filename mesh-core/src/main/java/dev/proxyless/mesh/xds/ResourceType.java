package dev.proxyless.mesh.xds;

import java.util.Optional;

/**
 * The resource types that this library subscribes to, in the order in which they are asked for and
 * applied.
 */
public enum ResourceType {
  CLUSTER("envoy.config.cluster.v3.Cluster", "CDS", true),
  CLUSTER_LOAD_ASSIGNMENT("envoy.config.endpoint.v3.ClusterLoadAssignment", "EDS", false),
  LISTENER("envoy.config.listener.v3.Listener", "LDS", true),
  ROUTE_CONFIGURATION("envoy.config.route.v3.RouteConfiguration", "RDS", false);

  private final String messageName;
  private final String shortName;
  private final boolean wildcard;

  ResourceType(String messageName, String shortName, boolean wildcard) {
    this.messageName = messageName;
    this.shortName = shortName;
    this.wildcard = wildcard;
  }

  /** The full name of the resources' message. */
  public String messageName() {
    return messageName;
  }

  /** The type URL. */
  public String typeUrl() {
    return "type.googleapis.com/" + messageName;
  }

  /** CDS, EDS, LDS or RDS. */
  public String shortName() {
    return shortName;
  }

  /**
   * Whether the control plane sends all resources that there are, so that what a response lacks has
   * been removed; otherwise resources are asked for by name and absence says nothing.
   */
  public boolean isWildcard() {
    return wildcard;
  }

  /** The type of a type URL. */
  public static Optional<ResourceType> of(String typeUrl) {
    for (ResourceType each : values()) {
      if (each.typeUrl().equals(typeUrl)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }
}
