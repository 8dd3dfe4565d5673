package dev.proxyless.mesh.discovery;

import dev.proxyless.mesh.model.Cluster.Discovery;
import dev.proxyless.mesh.model.Cluster.IpPreference;
import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.model.Locality;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instances of a Cloud Map service, in the order of their ids, so that equal answers are equal
 * however Cloud Map shuffles them.
 *
 * <p>As endpoints, their address is {@code AWS_INSTANCE_IPV4} or {@code AWS_INSTANCE_IPV6} by
 * preference, their port {@code AWS_INSTANCE_PORT}, else the virtual node's listener's.
 */
record Instances(List<Instance> all) {

  private static final Logger log = LoggerFactory.getLogger(Instances.class);

  Instances {
    all = all.stream().sorted(Comparator.comparing(Instance::id)).toList();
  }

  /** The endpoints that they are for a cluster. What cannot be used is left out and told. */
  EndpointAssignment toEndpoints(Discovery.CloudMap query) {
    EndpointAssignment.Builder endpoints = new EndpointAssignment.Builder();
    all.forEach(instance -> add(instance, query, endpoints));
    return endpoints.build();
  }

  private static void add(
      Instance instance, Discovery.CloudMap query, EndpointAssignment.Builder endpoints) {
    Map<String, String> attributes = instance.attributes();
    Optional<String> address = address(attributes, query.ipPreference());
    int port = port(instance, query);
    if (address.isEmpty() || port == 0) {
      log.warn(
          "Cloud Map instance {} of {}.{} is left out: it has no {}",
          instance.id(),
          query.service(),
          query.namespace(),
          address.isEmpty()
              ? "address that "
                  + query.ipPreference()
                  + " allows; right would be AWS_INSTANCE_IPV4 or AWS_INSTANCE_IPV6"
              : "port; right would be AWS_INSTANCE_PORT, or a listener of the virtual node");
      return;
    }
    Locality locality =
        new Locality(
            attributes.getOrDefault("REGION", ""),
            attributes.getOrDefault("AVAILABILITY_ZONE", ""),
            "");
    endpoints.add(
        address.get(),
        port,
        "",
        instance.health(),
        0,
        locality.equals(Locality.UNKNOWN) ? Locality.UNKNOWN : locality);
  }

  private static Optional<String> address(Map<String, String> attributes, IpPreference preference) {
    Optional<String> ipv4 = Optional.ofNullable(attributes.get("AWS_INSTANCE_IPV4"));
    Optional<String> ipv6 = Optional.ofNullable(attributes.get("AWS_INSTANCE_IPV6"));
    return switch (preference) {
      case IPV4_ONLY -> ipv4;
      case IPV6_ONLY -> ipv6;
      case IPV4_PREFERRED -> ipv4.or(() -> ipv6);
      case IPV6_PREFERRED -> ipv6.or(() -> ipv4);
    };
  }

  private static int port(Instance instance, Discovery.CloudMap query) {
    String attribute = instance.attributes().get("AWS_INSTANCE_PORT");
    if (attribute == null) {
      return query.port();
    }
    try {
      int port = Integer.parseInt(attribute);
      if (port > 0 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException notANumber) {
      // told below
    }
    log.warn(
        "Cloud Map instance {} of {}.{}: AWS_INSTANCE_PORT is \"{}\"; right would be 1 to 65535; the"
            + " listener's port {} is used",
        instance.id(),
        query.service(),
        query.namespace(),
        attribute,
        query.port());
    return query.port();
  }

  @Override
  public String toString() {
    return all.size() + " instances";
  }
}
