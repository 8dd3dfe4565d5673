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
 * Turns Cloud Map's instances into endpoints. The address is {@code AWS_INSTANCE_IPV4} or {@code
 * AWS_INSTANCE_IPV6} by preference, the port {@code AWS_INSTANCE_PORT}, else the virtual node's
 * listener's.
 */
final class Instances {

  private static final Logger log = LoggerFactory.getLogger(Instances.class);

  private Instances() {}

  /** Endpoints in the order of instance ids, so that equal answers give equal assignments. */
  static EndpointAssignment toEndpoints(List<Instance> instances, Discovery.CloudMap query) {
    EndpointAssignment.Builder endpoints = new EndpointAssignment.Builder();
    instances.stream()
        .sorted(Comparator.comparing(Instance::id))
        .forEach(instance -> add(instance, query, endpoints));
    return endpoints.build();
  }

  private static void add(
      Instance instance, Discovery.CloudMap query, EndpointAssignment.Builder endpoints) {
    Map<String, String> attributes = instance.attributes();
    Optional<String> address = address(attributes, query.ipPreference());
    int port = port(attributes.get("AWS_INSTANCE_PORT"), query.port());
    if (address.isEmpty() || port == 0) {
      log.warn(
          "Cloud Map instance {} of {}.{} is left out: it has no {}",
          instance.id(),
          query.service(),
          query.namespace(),
          address.isEmpty() ? "address that " + query.ipPreference() + " allows" : "port");
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

  private static int port(@org.jspecify.annotations.Nullable String attribute, int listenerPort) {
    if (attribute == null) {
      return listenerPort;
    }
    try {
      int port = Integer.parseInt(attribute);
      return port > 0 && port <= 65_535 ? port : listenerPort;
    } catch (NumberFormatException notANumber) {
      return listenerPort;
    }
  }
}
