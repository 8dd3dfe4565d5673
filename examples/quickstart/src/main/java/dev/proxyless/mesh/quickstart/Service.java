package dev.proxyless.mesh.quickstart;

import dev.proxyless.mesh.Bootstrap;
import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.telemetry.MeshListener;
import dev.proxyless.mesh.tls.ServerTls;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A service behind the mesh: a virtual node, and its tasks, which share a mesh as the threads of
 * one process would.
 */
final class Service implements AutoCloseable {

  private static final int LISTENER_PORT = 8000;
  private static final Duration READY = Duration.ofSeconds(15);

  private final String name;
  private final List<Backend> backends = new ArrayList<>();
  private @Nullable Mesh mesh;
  private volatile String serial = "";

  /** Opens the ports of the tasks, so that they can be registered before they serve. */
  Service(String name, int tasks) throws IOException {
    this.name = name;
    for (int i = 1; i <= tasks; i++) {
      backends.add(new Backend(name, i));
    }
  }

  /** The virtual node, such as {@code serviceB}. */
  String name() {
    return name;
  }

  /** Its name in Cloud Map and in certificates, such as {@code serviceb}. */
  String id() {
    return name.toLowerCase(Locale.ROOT);
  }

  List<Backend> backends() {
    return backends;
  }

  /** Asks for its configuration, in the background. */
  void join(Bootstrap bootstrap) {
    MeshListener listener =
        new MeshListener() {
          @Override
          public void certificateLoaded(String source, String serialNumber, Instant notAfter) {
            serial = Certificates.shortened(serialNumber);
          }
        };
    mesh = Mesh.builder().bootstrap(bootstrap).listener(listener).build();
  }

  /** Begins to serve, with the TLS that its virtual node's listener asks for. */
  void serve() throws Exception {
    Mesh joined = mesh;
    if (joined == null || !joined.awaitReady(READY)) {
      throw new IOException(name + " had no configuration within " + READY.toSeconds() + " s");
    }
    ServerTls tls =
        joined
            .serverTls(LISTENER_PORT)
            .orElseThrow(() -> new IOException(name + " has no TLS for port " + LISTENER_PORT));
    for (Backend backend : backends) {
      backend.serve(joined, tls);
    }
  }

  /** The serial number of the certificate that new connections are shown. */
  String serial() {
    return serial;
  }

  @Override
  public void close() {
    backends.forEach(Backend::close);
    if (mesh != null) {
      mesh.close();
    }
  }
}
