package dev.proxyless.mesh.jdktransport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.proxyless.mesh.Bootstrap;
import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.testing.XdsServer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;

/** A control plane, backends on loopback and a mesh, for one test. */
final class Rig implements Closeable {

  static final String URL = "http://s.local:8000";

  private static final Duration SOON = Duration.ofSeconds(20);

  private final XdsServer xds = new XdsServer();
  private final List<Closeable> toClose = new ArrayList<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private Mesh mesh;

  Rig() throws IOException {
    xds.set(
        "envoy.config.listener.v3.Listener",
        """
        name: egress
        address: {socket_address: {address: 0.0.0.0, port_value: 15001}}
        traffic_direction: OUTBOUND
        use_original_dst: true
        filter_chains:
        - filter_chain_match: {destination_port: 8000}
          filters:
          - name: hcm
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
              rds: {route_config_name: routes, config_source: {ads: {}}}
              http_filters:
              - name: chaos
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault
              - name: envoy.filters.http.router
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
        """);
  }

  MockWebServer backend() throws IOException {
    MockWebServer backend = new MockWebServer();
    backend.start();
    toClose.add(backend);
    return backend;
  }

  /** A cluster of these backends; {@code more} is more of its YAML. */
  Rig cluster(String name, String more, MockWebServer... backends) {
    StringBuilder endpoints = new StringBuilder();
    for (MockWebServer backend : backends) {
      endpoints.append(
          "    - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}%n"
              .formatted(backend.getPort()));
    }
    xds.set(
        "envoy.config.cluster.v3.Cluster",
        """
        name: %s
        type: STATIC
        connect_timeout: 10s
        load_assignment:
          cluster_name: %s
          endpoints:
          - lb_endpoints:
        %s%s
        """
            .formatted(name, name, endpoints, more));
    return this;
  }

  /** The routes of virtual host {@code s.local}, as a YAML list; more of its YAML may follow. */
  Rig routes(String list) {
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
  Rig route(String action) {
    return routes("- name: all\n  match: {prefix: /}\n  route: {" + action + "}\n");
  }

  /** A client of the mesh, which is ready. */
  MeshHttpClient client() throws InterruptedException {
    mesh =
        Mesh.builder()
            .bootstrap(
                Bootstrap.builder()
                    .nodeId("mesh/test/virtualNode/client")
                    .controlPlane("127.0.0.1", xds.port())
                    .cloudMap(Bootstrap.CloudMap.OFF)
                    .readyTimeout(SOON)
                    .closeTimeout(Duration.ofSeconds(2))
                    .build())
            .meterRegistry(meters)
            .build();
    if (!mesh.awaitReady(SOON)) {
      throw new IllegalStateException("not ready: " + mesh.report());
    }
    return new MeshHttpClient(mesh, HttpClient.newHttpClient());
  }

  Mesh mesh() {
    return mesh;
  }

  /** What a counter of the mesh counts, over all its series with these tags. */
  long counted(String name, String... tags) {
    return Math.round(
        meters.find(name).tags(tags).counters().stream().mapToDouble(Counter::count).sum());
  }

  /** Asserts that one call has ended, and how. */
  void assertEndedOnce(String outcome) {
    assertEquals(
        1, meters.find("mesh.client.requests").timers().stream().mapToLong(Timer::count).sum());
    assertEquals(
        1,
        meters.find("mesh.client.requests").tag("outcome", outcome).timers().stream()
            .mapToLong(Timer::count)
            .sum(),
        outcome);
    assertNothingIsLeftOver();
  }

  void assertNothingIsLeftOver() {
    assertEquals(0, mesh.calls().active(), "calls in flight");
    assertEquals(
        0,
        meters.find("mesh.client.active").gauges().stream().mapToDouble(Gauge::value).sum(),
        "tries in flight");
  }

  static HttpRequest get(String path) {
    return HttpRequest.newBuilder(URI.create(URL + path)).build();
  }

  static MockResponse answer(int status, String body) {
    return new MockResponse.Builder().code(status).body(body).build();
  }

  @Override
  public void close() throws IOException {
    if (mesh != null) {
      mesh.close();
    }
    for (Closeable each : toClose) {
      each.close();
    }
    xds.close();
  }
}
