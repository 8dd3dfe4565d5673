package dev.proxyless.mesh.admin;

import dev.proxyless.mesh.call.MeshView.OutboundChain;
import dev.proxyless.mesh.call.MeshView.Target;
import dev.proxyless.mesh.cluster.Endpoint;
import dev.proxyless.mesh.cluster.Upstream;
import dev.proxyless.mesh.model.Locality;
import dev.proxyless.mesh.snapshot.MeshSnapshot;
import dev.proxyless.mesh.xds.ResourceStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The state of a mesh as plain values for people and for JSON: what is in force, how each resource
 * stands, what is true of endpoints now. Holds no secret: TLS contexts are named, not shown.
 */
public final class MeshReport {

  private MeshReport() {}

  /**
   * The whole report.
   *
   * @param awaited what the newest configuration waits for
   */
  public static Map<String, Object> of(
      String nodeId,
      @Nullable MeshSnapshot snapshot,
      List<String> awaited,
      List<ResourceStatus> resources) {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("node", nodeId);
    report.put("ready", snapshot != null);
    report.put("generation", snapshot == null ? 0 : snapshot.generation());
    if (!awaited.isEmpty()) {
      report.put("waiting_for", awaited);
    }
    report.put("resources", resources.stream().map(MeshReport::resource).toList());
    if (snapshot != null) {
      report.put("outbound", outbound(snapshot.chains().all()));
      report.put("clusters", clusters(snapshot.clusters()));
      report.put("server_tls_ports", List.copyOf(new TreeMap<>(snapshot.serverTls()).keySet()));
    }
    return report;
  }

  private static Map<String, Object> resource(ResourceStatus status) {
    Map<String, Object> resource = new LinkedHashMap<>();
    resource.put("type", status.type().shortName());
    resource.put("name", status.name());
    resource.put("version", status.version());
    resource.put("state", status.state().name());
    if (!status.error().isEmpty()) {
      resource.put("error", status.error());
    }
    if (!status.unsupported().isEmpty()) {
      resource.put("unsupported", status.unsupported());
    }
    return resource;
  }

  private static Map<String, Object> outbound(Map<String, OutboundChain> chains) {
    Map<String, Object> outbound = new LinkedHashMap<>();
    chains.forEach(
        (destination, chain) -> {
          Map<String, Object> hosts = new LinkedHashMap<>();
          chain
              .table()
              .configuration()
              .virtualHosts()
              .forEach(host -> hosts.put(host.name(), host.domains()));
          outbound.put(
              destination,
              Map.of("routes", chain.table().configuration().name(), "virtual_hosts", hosts));
        });
    return outbound;
  }

  private static Map<String, Object> clusters(Map<String, Target> clusters) {
    Map<String, Object> all = new LinkedHashMap<>();
    new TreeMap<>(clusters)
        .forEach(
            (name, target) -> {
              Upstream upstream = target.upstream();
              Map<String, Object> cluster = new LinkedHashMap<>();
              cluster.put("discovery", upstream.config().discovery().getClass().getSimpleName());
              cluster.put("tls", target.tls() != null);
              cluster.put("panic", upstream.isPanic());
              cluster.put(
                  "endpoints", upstream.endpoints().stream().map(MeshReport::endpoint).toList());
              all.put(name, cluster);
            });
    return all;
  }

  private static Map<String, Object> endpoint(Endpoint each) {
    Map<String, Object> endpoint = new LinkedHashMap<>();
    endpoint.put("address", each.name());
    if (!each.hostname().isEmpty()) {
      endpoint.put("hostname", each.hostname());
    }
    if (!each.locality().equals(Locality.UNKNOWN)) {
      endpoint.put("locality", locality(each.locality()));
    }
    endpoint.put("health", each.health().name());
    endpoint.put("ejected", each.isEjected());
    endpoint.put("active", each.active());
    return endpoint;
  }

  private static Map<String, Object> locality(Locality where) {
    Map<String, Object> locality = new LinkedHashMap<>();
    locality.put("region", where.region());
    locality.put("zone", where.zone());
    locality.put("sub_zone", where.subZone());
    return locality;
  }
}
