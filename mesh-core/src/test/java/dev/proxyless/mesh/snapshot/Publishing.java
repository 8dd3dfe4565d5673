package dev.proxyless.mesh.snapshot;

import dev.proxyless.mesh.call.MeshView.OutboundChain;
import dev.proxyless.mesh.call.MeshView.Target;
import dev.proxyless.mesh.cluster.Endpoint;
import dev.proxyless.mesh.cluster.Safeguards;
import dev.proxyless.mesh.discovery.EndpointSources;
import dev.proxyless.mesh.file.FileWatch;
import dev.proxyless.mesh.model.Cluster;
import dev.proxyless.mesh.model.Configuration;
import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.model.Listener;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.route.StreamInfo;
import dev.proxyless.mesh.telemetry.MeshListener;
import dev.proxyless.mesh.telemetry.MeshMeters;
import dev.proxyless.mesh.telemetry.MeshTracing;
import dev.proxyless.mesh.telemetry.Telemetry;
import dev.proxyless.mesh.testing.FakeRequest;
import dev.proxyless.mesh.testing.VirtualTime;
import dev.proxyless.mesh.testing.XdsYaml;
import dev.proxyless.mesh.time.MeshExecutor;
import dev.proxyless.mesh.time.MeshTime;
import dev.proxyless.mesh.tls.TlsContexts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A publisher on a virtual clock, fed with xDS in YAML one resource at a time. */
final class Publishing implements AutoCloseable {

  final VirtualTime time = new VirtualTime(1);

  /** Generations as they came into force. */
  final List<Long> applied = new ArrayList<>();

  final SnapshotPublisher publisher;

  private final MeshTime real = MeshTime.system(); // a watch waits on its own thread
  private final FileWatch files = new FileWatch(real);
  private final EndpointSources sources =
      new EndpointSources(Optional.empty(), time, MeshMeters.NONE);
  private final Map<String, Listener> listeners = new HashMap<>();
  private final Map<String, RouteConfiguration> routes = new HashMap<>();
  private final Map<String, Cluster> clusters = new HashMap<>();
  private final Map<String, EndpointAssignment> assignments = new HashMap<>();

  Publishing() {
    Telemetry telemetry =
        new Telemetry(
            MeshMeters.NONE,
            MeshTracing.NONE,
            new MeshListener() {
              @Override
              public void configurationApplied(long generation) {
                applied.add(generation);
              }
            });
    MeshExecutor thread = time.serial("config");
    publisher =
        new SnapshotPublisher(
            sources,
            new TlsContexts(files, real, telemetry),
            time,
            thread,
            telemetry,
            Safeguards.NONE);
  }

  /** The outbound listener, whose routes are {@code r}. */
  Publishing listener() {
    listeners.put(
        "egress",
        XdsYaml.listener(
            """
            name: egress
            traffic_direction: OUTBOUND
            address: {socket_address: {address: 0.0.0.0, port_value: 80}}
            filter_chains:
            - filters:
              - name: hcm
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  rds: {route_config_name: r, config_source: {ads: {}}}
                  http_filters:
                  - name: router
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
            """));
    return this;
  }

  /** The routes {@code r}: every request to a cluster. */
  Publishing routesTo(String cluster) {
    routes.put(
        "r",
        XdsYaml.routes(
            """
            name: r
            virtual_hosts:
            - name: all
              domains: ["*"]
              routes:
              - match: {prefix: /}
                route: {cluster: %s}
            """
                .formatted(cluster)));
    return this;
  }

  /** A cluster whose endpoints come from EDS, with more lines of its own. */
  Publishing cluster(String name, String more) {
    clusters.put(
        name,
        XdsYaml.cluster(
            "name: " + name + "\ntype: EDS\neds_cluster_config: {eds_config: {ads: {}}}\n" + more));
    return this;
  }

  /** A cluster whose endpoints are the addresses of a name. */
  Publishing dnsCluster(String name, String host) {
    clusters.put(
        name,
        XdsYaml.cluster(
            """
            name: %s
            type: STRICT_DNS
            dns_lookup_family: V4_ONLY
            load_assignment:
              cluster_name: %s
              endpoints:
              - lb_endpoints:
                - endpoint:
                    address: {socket_address: {address: %s, port_value: 80}}
            """
                .formatted(name, name, host)));
    return this;
  }

  Publishing withoutCluster(String name) {
    clusters.remove(name);
    return this;
  }

  /** What EDS says of a cluster: addresses {@code 10.0.0.N:80}. */
  Publishing endpoints(String cluster, int... numbers) {
    EndpointAssignment.Builder builder = new EndpointAssignment.Builder();
    for (int number : numbers) {
      builder.add("10.0.0." + number, 80);
    }
    assignments.put(cluster, builder.build());
    return this;
  }

  /** Hands over all that there is now. */
  void update() {
    publisher.update(
        new Configuration(
            Map.copyOf(listeners),
            Map.copyOf(routes),
            Map.copyOf(clusters),
            Map.copyOf(assignments)));
  }

  boolean isReady() {
    return publisher.current() != null;
  }

  List<String> awaited() {
    return publisher.awaited();
  }

  MeshSnapshot current() {
    return Optional.ofNullable(publisher.current()).orElseThrow();
  }

  /** What takes requests now. */
  OutboundChain chain() {
    return Optional.ofNullable(current().outbound(FakeRequest.get("http://a.local/")))
        .orElseThrow();
  }

  Optional<Target> target(String cluster) {
    return Optional.ofNullable(current().cluster(cluster));
  }

  /** The cluster that requests go to now; empty where no route takes them. */
  String routed() {
    FakeRequest request = FakeRequest.get("http://a.local/");
    return Optional.ofNullable(chain().table().find(request, 0))
        .map(route -> route.target(request, StreamInfo.of(0)).cluster())
        .orElse("");
  }

  List<Endpoint> live(String cluster) {
    return target(cluster).orElseThrow().upstream().endpoints();
  }

  List<String> names(String cluster) {
    return live(cluster).stream().map(Endpoint::name).toList();
  }

  @Override
  public void close() {
    publisher.close();
    sources.close();
    files.close();
    real.close();
  }
}
