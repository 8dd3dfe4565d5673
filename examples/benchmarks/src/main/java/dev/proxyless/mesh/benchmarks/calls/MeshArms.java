package dev.proxyless.mesh.benchmarks.calls;

import dev.proxyless.mesh.Bootstrap;
import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.okhttp.MeshOkHttp;
import dev.proxyless.mesh.testing.XdsServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * Meshes that follow a control plane in this process. Each cluster has what a sidecar would be
 * told: a timeout, retries, outlier detection.
 */
final class MeshArms implements AutoCloseable {

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int PORT = 8_000;

  private static final String LISTENER =
      """
      name: egress
      address: {socket_address: {address: 0.0.0.0, port_value: 15001}}
      traffic_direction: OUTBOUND
      use_original_dst: true
      filter_chains:
      - filter_chain_match: {destination_port: %d}
        filters:
        - name: hcm
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
            rds: {route_config_name: routes, config_source: {ads: {}}}
            http_filters:
            - name: envoy.filters.http.router
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
      """
          .formatted(PORT);

  private static final String TLS =
      """
      transport_socket:
        name: envoy.transport_sockets.tls
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
          common_tls_context:
            tls_certificates:
            - certificate_chain: {filename: %1$s/client.pem}
              private_key: {filename: %1$s/client-key.pem}
            validation_context:
              trusted_ca: {filename: %1$s/ca.pem}
              match_typed_subject_alt_names:
              - {san_type: URI, matcher: {exact: "%2$s"}}
      """;

  private final Backend backend;
  private final XdsServer controlPlane = new XdsServer();
  private final StringBuilder hosts = new StringBuilder();
  private @Nullable Mesh mesh;
  private @Nullable Mesh traced;

  /** Serves the clusters of these arms. */
  MeshArms(Backend backend, List<ArmName> arms) throws IOException {
    this.backend = backend;
    controlPlane.set("envoy.config.listener.v3.Listener", LISTENER);
    for (ArmName arm : arms) {
      if (arm.isMesh()) {
        serve(arm);
      }
    }
    controlPlane.set(
        "envoy.config.route.v3.RouteConfiguration", "name: routes\nvirtual_hosts:\n" + hosts);
  }

  private static int endpoints(ArmName arm) {
    return switch (arm) {
      case MESH_1000 -> 1_000;
      case MESH_100 -> 100;
      case MESH_1, MESH_MTLS -> 1;
      default -> 8;
    };
  }

  private void serve(ArmName arm) {
    boolean tls = arm == ArmName.MESH_MTLS;
    List<String> endpoints =
        tls ? List.of(backend.tlsEndpoint()) : backend.endpoints(endpoints(arm));
    controlPlane.set(
        "envoy.config.cluster.v3.Cluster",
        """
        name: %1$s
        type: STATIC
        connect_timeout: 1s
        outlier_detection: {consecutive_5xx: 5}
        load_assignment:
          cluster_name: %1$s
          endpoints:
          - lb_endpoints:
        %2$s
        """
                .formatted(arm.word(), yaml(endpoints))
            + (tls ? TLS.formatted(backend.directory(), Certificates.SERVER_NAME) : ""));
    hosts.append(
        """
        - name: %1$s
          domains: ["%4$s", "%4$s:%2$d"]
          routes:
          - match: {prefix: /}
            route:
              cluster: %1$s
              timeout: 15s
              retry_policy: {retry_on: "5xx,reset,connect-failure", num_retries: 2}
        %3$s
        """
            .formatted(
                arm.word(),
                PORT,
                arm == ArmName.MESH_REWRITE ? "      prefix_rewrite: /other/" : "",
                arm.host()));
  }

  static String yaml(List<String> endpoints) {
    return endpoints.stream()
        .map(
            each -> {
              int colon = each.lastIndexOf(':');
              return String.format(
                  Locale.ROOT,
                  "    - endpoint: {address: {socket_address: {address: %s, port_value: %s}}}",
                  each.substring(0, colon),
                  each.substring(colon + 1));
            })
        .collect(Collectors.joining("\n"));
  }

  /** An arm whose cluster is served. */
  Arm arm(ArmName name) throws InterruptedException {
    Mesh of = name == ArmName.MESH_TRACED ? traced() : plain();
    OkHttpClient client = MeshOkHttp.install(of, OkHttpArm.client()).build();
    return OkHttpArm.of(client, "http://" + name.host() + ":" + PORT + "/path", PlainMeters.NONE);
  }

  private Mesh plain() throws InterruptedException {
    Mesh running = mesh;
    if (running == null) {
      running = start(OpenTelemetry.noop(), false);
      mesh = running;
    }
    return running;
  }

  private Mesh traced() throws InterruptedException {
    Mesh running = traced;
    if (running == null) {
      running =
          start(
              OpenTelemetrySdk.builder()
                  .setTracerProvider(
                      SdkTracerProvider.builder().setSampler(Sampler.alwaysOff()).build())
                  .build(),
              true);
      traced = running;
    }
    return running;
  }

  private Mesh start(OpenTelemetry telemetry, boolean tracing) throws InterruptedException {
    Mesh.Builder builder =
        Mesh.builder()
            .bootstrap(
                Bootstrap.builder()
                    .nodeId("mesh/benchmark/virtualNode/client")
                    .controlPlane("127.0.0.1", controlPlane.port())
                    .cloudMap(Bootstrap.CloudMap.OFF)
                    .allowedDirectories(List.of(backend.directory()))
                    .readyTimeout(SOON)
                    .build())
            .meterRegistry(new SimpleMeterRegistry());
    Mesh started = (tracing ? builder.openTelemetry(telemetry) : builder).build();
    if (!started.awaitReady(SOON)) {
      throw new IllegalStateException("the mesh did not get ready: " + started.report());
    }
    return started;
  }

  @Override
  public void close() {
    if (mesh != null) {
      mesh.close();
    }
    if (traced != null) {
      traced.close();
    }
    controlPlane.close();
  }
}
