package dev.proxyless.mesh.okhttp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.proxyless.mesh.Bootstrap;
import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.telemetry.MeshListener;
import dev.proxyless.mesh.testing.XdsServer;
import dev.proxyless.mesh.time.MeshTime;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import okhttp3.OkHttpClient;
import okhttp3.Request;

/**
 * A control plane, backends and a mesh, for one test. Everything is on loopback and ends with the
 * rig.
 */
final class MeshRig implements Closeable {

  static final String URL = "http://s.local:8000/";

  private static final Duration SOON = Duration.ofSeconds(20);

  private final XdsServer xds;
  private final List<Closeable> toClose = new ArrayList<>();
  private final Semaphore applied = new Semaphore(0);
  private final Semaphore ejected = new Semaphore(0);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private Mesh mesh;
  private List<Path> allowed = List.of();
  private String connectTimeout = "1s";
  private MeshTime time = MeshTime.system();
  private MeshOkHttp.Options options = MeshOkHttp.Options.DEFAULT;

  MeshRig() throws IOException {
    xds = new XdsServer();
    toClose.add(xds);
    listener("use_original_dst: true", "");
  }

  private void listener(String more, String filters) {
    xds.set(
        "envoy.config.listener.v3.Listener",
        """
        name: egress
        address: {socket_address: {address: 0.0.0.0, port_value: 15001}}
        traffic_direction: OUTBOUND
        %s
        filter_chains:
        - filter_chain_match: {destination_port: 8000}
          filters:
          - name: hcm
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
              rds: {route_config_name: routes, config_source: {ads: {}}}
              http_filters:
        %s
              - name: envoy.filters.http.router
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
        """
            .formatted(more, filters.indent(6).stripTrailing()));
  }

  /** A fault filter before the router, with these settings. */
  MeshRig fault(String settings) {
    listener(
        "use_original_dst: true",
        "- name: chaos\n  typed_config: {'@type':"
            + " type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault, "
            + settings
            + "}");
    return this;
  }

  /** A backend on a free port. */
  MockWebServer backend() throws IOException {
    MockWebServer backend = new MockWebServer();
    backend.start();
    toClose.add(backend);
    return backend;
  }

  /** The only endpoint of cluster {@code c}, to which all goes, with a limit of its requests. */
  RawServer raw(RawServer.Behaviour behaviour, int maxRequests) throws IOException {
    RawServer server = new RawServer(behaviour);
    toClose.add(server);
    cluster("c", "circuit_breakers: {thresholds: [{max_requests: " + maxRequests + "}]}")
        .endpoints("c", server.port())
        .route("cluster: c");
    return server;
  }

  /** Ends something with the rig. */
  void closeLater(Closeable each) {
    toClose.add(each);
  }

  /** Of clusters that are set after this. */
  MeshRig connectTimeout(String duration) {
    connectTimeout = duration;
    return this;
  }

  /** A cluster of these backends; {@code more} is more of its YAML. */
  MeshRig cluster(String name, String more, MockWebServer... backends) {
    xds.set(
        "envoy.config.cluster.v3.Cluster",
        """
        name: %s
        type: EDS
        eds_cluster_config: {eds_config: {ads: {}}}
        connect_timeout: %s
        %s
        """
            .formatted(name, connectTimeout, more));
    int[] ports = Arrays.stream(backends).mapToInt(MockWebServer::getPort).toArray();
    return endpoints(name, ports);
  }

  MeshRig endpoints(String cluster, int... ports) {
    String all =
        Arrays.stream(ports)
            .mapToObj(
                port ->
                    "  - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: "
                        + port
                        + "}}}\n")
            .collect(Collectors.joining());
    xds.set(
        "envoy.config.endpoint.v3.ClusterLoadAssignment",
        "cluster_name: "
            + cluster
            + "\n"
            + (all.isEmpty() ? "" : "endpoints:\n- lb_endpoints:\n" + all));
    return this;
  }

  /** The routes of virtual host {@code s.local}, as a YAML list. */
  MeshRig routes(String list) {
    xds.set(
        "envoy.config.route.v3.RouteConfiguration",
        """
        name: routes
        virtual_hosts:
        - name: s.local
          domains: [s.local, "s.local:8000"]
          routes:
        """
            + list.indent(2));
    return this;
  }

  /** One route for everything. */
  MeshRig route(String action) {
    return routes("- name: all\n  match: {prefix: /}\n  route: {" + action + "}\n");
  }

  MeshRig allow(Path directory) {
    allowed = List.of(directory);
    return this;
  }

  /** Runs the mesh on this clock. */
  MeshRig time(MeshTime clock) {
    time = clock;
    return this;
  }

  /** Installs with these options. */
  MeshRig options(MeshOkHttp.Options more) {
    options = more;
    return this;
  }

  /** Starts the mesh and waits until it is ready. */
  Mesh start() throws InterruptedException {
    mesh =
        Mesh.builder()
            .bootstrap(
                Bootstrap.builder()
                    .nodeId("mesh/test/virtualNode/client")
                    .controlPlane("127.0.0.1", xds.port())
                    .cloudMap(Bootstrap.CloudMap.OFF)
                    .allowedDirectories(allowed)
                    .readyTimeout(SOON)
                    .closeTimeout(Duration.ofSeconds(2))
                    .build())
            .time(time)
            .meterRegistry(meters)
            .listener(
                new MeshListener() {
                  @Override
                  public void configurationApplied(long generation) {
                    applied.release();
                  }

                  @Override
                  public void endpointEjected(String cluster, String endpoint, String reason) {
                    ejected.release();
                  }
                })
            .build();
    if (!mesh.awaitReady(SOON)) {
      throw new IllegalStateException("not ready: " + mesh.report());
    }
    applied.acquire();
    return mesh;
  }

  /**
   * Pushes what was set since, and waits until it is in force. For changes other than of endpoints.
   */
  void push() throws InterruptedException {
    applied.drainPermits();
    xds.push();
    if (!applied.tryAcquire(SOON.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("the change did not come into force: " + mesh.report());
    }
  }

  /** Waits until an endpoint is set aside. */
  void awaitEjection() throws InterruptedException {
    if (!ejected.tryAcquire(SOON.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("no endpoint was ejected: " + mesh.report());
    }
  }

  /** Pushes without waiting. */
  void pushOnly() {
    xds.push();
  }

  Mesh mesh() {
    return mesh;
  }

  /** A client of the mesh. */
  OkHttpClient client() throws InterruptedException {
    return client(new OkHttpClient.Builder());
  }

  OkHttpClient client(OkHttpClient.Builder builder) throws InterruptedException {
    if (mesh == null) {
      start();
    }
    return MeshOkHttp.install(mesh, builder, options).build();
  }

  /** What a counter of the mesh counts, over all its series with these tags. */
  long counted(String name, String... tags) {
    return Math.round(
        meters.find(name).tags(tags).counters().stream().mapToDouble(Counter::count).sum());
  }

  /** Tries in flight, by the mesh's own gauge. */
  long active() {
    return Math.round(
        meters.find("mesh.client.active").gauges().stream().mapToDouble(Gauge::value).sum());
  }

  void assertNothingIsLeftOver() {
    assertEquals(0, mesh.calls().active(), "calls in flight");
    assertEquals(0, active(), "tries in flight");
  }

  /** A cluster's part of the report. */
  Optional<Object> cluster(String name) {
    return mesh.report().get("clusters") instanceof java.util.Map<?, ?> clusters
        ? Optional.ofNullable(clusters.get(name))
        : Optional.empty();
  }

  static MockResponse answer(int status, String body) {
    return new MockResponse.Builder().code(status).body(body).build();
  }

  static MockResponse closesAfterRequest() {
    return new MockResponse.Builder().onResponseStart(new SocketEffect.CloseSocket()).build();
  }

  static MockResponse never() {
    return new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build();
  }

  static Request get() {
    return new Request.Builder().url(MeshRig.URL).build();
  }

  @Override
  public void close() throws IOException {
    if (mesh != null) {
      mesh.close();
    }
    for (Closeable each : toClose) {
      each.close();
    }
  }
}
