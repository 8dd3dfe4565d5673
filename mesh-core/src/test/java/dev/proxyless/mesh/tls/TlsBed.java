package dev.proxyless.mesh.tls;

import dev.proxyless.mesh.file.FileWatch;
import dev.proxyless.mesh.model.DownstreamTlsContext;
import dev.proxyless.mesh.model.UpstreamTlsContext;
import dev.proxyless.mesh.telemetry.MeshListener;
import dev.proxyless.mesh.telemetry.MeshTracing;
import dev.proxyless.mesh.telemetry.MicrometerMeters;
import dev.proxyless.mesh.telemetry.Telemetry;
import dev.proxyless.mesh.testing.XdsYaml;
import dev.proxyless.mesh.time.MeshTime;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** TLS contexts over the files of a directory, and what is told of them. */
final class TlsBed implements AutoCloseable {

  private static final long BOUND_SECONDS = 20;

  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final MeshTime time = MeshTime.system();
  private final FileWatch files = new FileWatch(time);
  final TlsContexts contexts =
      new TlsContexts(
          files,
          time,
          new Telemetry(
              new MicrometerMeters(meters),
              MeshTracing.NONE,
              new MeshListener() {
                @Override
                public void certificateLoaded(String source, String serial, Instant notAfter) {
                  events.add("loaded " + serial);
                }

                @Override
                public void certificateRejected(String source, String reason) {
                  events.add("rejected " + reason);
                }
              }));

  /** The next event that begins so; others are passed over. */
  String await(String prefix) {
    try {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOUND_SECONDS);
      while (true) {
        String event = events.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (event == null) {
          throw new AssertionError("no event \"" + prefix + "\" within " + BOUND_SECONDS + " s");
        }
        if (event.startsWith(prefix)) {
          return event;
        }
      }
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  /** An UpstreamTlsContext of these fields, in YAML's flow style. */
  static UpstreamTlsContext upstream(String fields) {
    return XdsYaml.cluster(
            "name: c\ntype: STATIC\nload_assignment: {cluster_name: c}\ntransport_socket:\n"
                + socket("UpstreamTlsContext", fields).indent(2))
        .tls()
        .orElseThrow();
  }

  /** A DownstreamTlsContext of these fields, in YAML's flow style. */
  static DownstreamTlsContext downstream(String fields) {
    return XdsYaml.listener(
            "name: l\naddress: {socket_address: {address: 0.0.0.0, port_value: 1}}\nfilter_chains:\n"
                + "- transport_socket:\n"
                + socket("DownstreamTlsContext", fields).indent(4))
        .filterChains()
        .get(0)
        .tls()
        .orElseThrow();
  }

  private static String socket(String type, String fields) {
    return "name: envoy.transport_sockets.tls\ntyped_config:\n"
        + "  '@type': type.googleapis.com/envoy.extensions.transport_sockets.tls.v3."
        + type
        + "\n  "
        + fields.substring(1, fields.length() - 1).replace(";; ", "\n  ");
  }

  /** A {@code tls_certificates} of {@code NAME.pem} and {@code NAME-key.pem}. */
  static String certificate(Path directory, String name) {
    return "tls_certificates: [{certificate_chain: {filename: '%s/%s.pem'}, private_key: {filename: '%s/%s-key.pem'}}]"
        .formatted(directory, name, directory, name);
  }

  /** A {@code validation_context} that trusts {@code ca.pem} and demands a URI name, if any. */
  static String validation(Path directory, String uri) {
    String names =
        uri.isEmpty()
            ? ""
            : ", match_typed_subject_alt_names: [{san_type: URI, matcher: {exact: '" + uri + "'}}]";
    return "validation_context: {trusted_ca: {filename: '" + directory + "/ca.pem'}" + names + "}";
  }

  ClientTls client(String commonFields) {
    return contexts.client(upstream("{common_tls_context: {" + commonFields + "}}"));
  }

  ServerTls server(String commonFields) {
    return contexts.server(downstream("{common_tls_context: {" + commonFields + "}}"));
  }

  @Override
  public void close() {
    contexts.close();
    files.close();
    time.close();
  }
}
