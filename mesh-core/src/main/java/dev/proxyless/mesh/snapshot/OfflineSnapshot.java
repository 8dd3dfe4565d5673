package dev.proxyless.mesh.snapshot;

import dev.proxyless.mesh.call.MeshView.Target;
import dev.proxyless.mesh.cluster.Upstream;
import dev.proxyless.mesh.model.Cluster;
import dev.proxyless.mesh.model.Cluster.Discovery;
import dev.proxyless.mesh.model.Cluster.HostAndPort;
import dev.proxyless.mesh.model.Configuration;
import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.telemetry.MeshMeters;
import dev.proxyless.mesh.telemetry.Telemetry;
import dev.proxyless.mesh.time.MeshTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A snapshot to look at, not to send requests through: nothing is looked up, no file is read, no
 * timer runs. Its clusters have the endpoints that the configuration itself names by address.
 */
public final class OfflineSnapshot {

  private OfflineSnapshot() {}

  /** The snapshot that a configuration comes to, without waiting for what it lacks. */
  public static MeshSnapshot of(Configuration configuration) {
    MeshTime stopped = MeshTime.system();
    stopped.close(); // what clusters schedule is dropped, so no thread is ever made
    Map<String, Target> clusters = new HashMap<>();
    configuration
        .clusters()
        .forEach(
            (name, cluster) ->
                clusters.put(
                    name,
                    new Target(upstream(cluster, configuration.assignments(), stopped), null)));
    return new MeshSnapshot(
        1,
        new ChainCompiler(MeshMeters.NONE).compile(configuration).chains(),
        Map.copyOf(clusters),
        Map.of());
  }

  private static Upstream upstream(
      Cluster cluster, Map<String, EndpointAssignment> assignments, MeshTime stopped) {
    Upstream upstream = Upstream.create(cluster, stopped, Runnable::run, Telemetry.NONE);
    endpoints(cluster.discovery(), assignments).ifPresent(upstream::update);
    return upstream;
  }

  private static Optional<EndpointAssignment> endpoints(
      Discovery discovery, Map<String, EndpointAssignment> assignments) {
    if (discovery instanceof Discovery.Eds eds) {
      return Optional.ofNullable(assignments.get(eds.serviceName()));
    }
    if (discovery instanceof Discovery.Static fixed) {
      return Optional.of(fixed.assignment());
    }
    if (discovery instanceof Discovery.Dns dns
        && dns.hosts().stream().allMatch(OfflineSnapshot::isAddress)) {
      EndpointAssignment.Builder endpoints = new EndpointAssignment.Builder();
      dns.hosts().forEach(host -> endpoints.add(host.host(), host.port()));
      return Optional.of(endpoints.build());
    }
    return Optional.empty();
  }

  private static boolean isAddress(HostAndPort host) {
    return host.host().matches("[0-9.]+|.*:.*");
  }
}
