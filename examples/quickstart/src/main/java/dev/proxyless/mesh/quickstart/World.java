package dev.proxyless.mesh.quickstart;

import dev.proxyless.mesh.Bootstrap;
import dev.proxyless.mesh.Bootstrap.CloudMap;
import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.telemetry.MeshListener;
import dev.proxyless.mesh.tls.ServerTls;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * All that runs: documents, certificates, Cloud Map's stand-in, control plane, backends and caller.
 */
final class World implements AutoCloseable {

  static final int LISTENER_PORT = 8000;
  private static final Duration READY = Duration.ofSeconds(15);

  private final String broken;
  private final int scale;
  private final Deque<AutoCloseable> toClose = new ArrayDeque<>();
  private final Events events = new Events();
  private final Map<String, String> serverSerials = new ConcurrentHashMap<>();
  private final List<Backend> backends = new ArrayList<>();
  private final Path directory;
  private final Certificates certificates;
  private final AppsDirectory apps;
  private final CloudMapStandIn cloudMap;
  private final ControlPlaneProcess controlPlane;
  private final Caller caller;
  private final long callerBuiltNanos;

  /**
   * Starts everything.
   *
   * @param jar of the control plane
   * @param seed of the caller's random numbers
   * @param broken the line to break; empty for none
   * @param scale divides the numbers of calls, for tests
   */
  World(Path jar, long seed, String broken, int scale) throws Exception {
    this.broken = broken;
    this.scale = scale;
    try {
      directory = Files.createTempDirectory("mesh-quickstart");
      toClose.push(() -> deleteTree(directory));
      certificates = new Certificates(directory.resolve("tls"));
      for (String service : List.of("servicea", "serviceb", "servicebv2")) {
        certificates.install(service, certificates.issue(service));
      }
      apps = new AppsDirectory(directory.resolve("apps"), certificates);
      if (isBroken("documents")) {
        apps.remove("update-virtual-service.json");
      }
      cloudMap = new CloudMapStandIn();
      toClose.push(cloudMap);
      controlPlane =
          ControlPlaneProcess.start(
              jar, apps.path(), cloudMap.endpoint(), directory.resolve("control-plane.log"));
      toClose.push(controlPlane);
      service("serviceB", "serviceb", 3);
      service("serviceBv2", "servicebv2", 2);
      callerBuiltNanos = System.nanoTime();
      caller = new Caller(bootstrap("serviceA"), new SeededTime(seed), events);
      toClose.push(caller);
    } catch (Exception failure) {
      close();
      throw failure;
    }
  }

  /** The tasks of a service, which share a mesh as the threads of one process would. */
  private void service(String node, String name, int tasks) throws Exception {
    Mesh mesh =
        Mesh.builder()
            .bootstrap(bootstrap(node))
            .listener(
                new MeshListener() {
                  @Override
                  public void certificateLoaded(String source, String serial, Instant notAfter) {
                    serverSerials.put(name, serial);
                  }
                })
            .build();
    toClose.push(mesh);
    if (!mesh.awaitReady(READY)) {
      throw new IOException(node + " had no configuration within " + READY.toSeconds() + " s");
    }
    ServerTls tls =
        mesh.serverTls(LISTENER_PORT)
            .orElseThrow(() -> new IOException("no TLS for port " + LISTENER_PORT + " of " + node));
    for (int i = 1; i <= tasks; i++) {
      Backend backend = new Backend(node + "-" + i, mesh, tls);
      toClose.push(backend);
      backends.add(backend);
      if (!isBroken("first-call")) {
        cloudMap.register("apps.local", name, backend.name(), backend.port());
      }
    }
  }

  private Bootstrap bootstrap(String node) {
    return Bootstrap.builder()
        .nodeId("mesh/apps/virtualNode/" + node)
        .controlPlane("127.0.0.1", controlPlane.port())
        .cloudMap(
            new CloudMap(
                true,
                Optional.of(cloudMap.endpoint()),
                Optional.of(Quickstart.REGION),
                Bootstrap.DEFAULT_REFRESH_INTERVAL))
        .allowedDirectories(List.of(directory.resolve("tls")))
        .closeTimeout(Duration.ofSeconds(2))
        .build();
  }

  boolean isBroken(String line) {
    return broken.equals(line);
  }

  /** A number of calls, less in tests. */
  int calls(int full) {
    return full / scale;
  }

  Path directory() {
    return directory;
  }

  Certificates certificates() {
    return certificates;
  }

  AppsDirectory apps() {
    return apps;
  }

  URI cloudMap() {
    return cloudMap.endpoint();
  }

  ControlPlaneProcess controlPlane() {
    return controlPlane;
  }

  Caller caller() {
    return caller;
  }

  long callerBuiltNanos() {
    return callerBuiltNanos;
  }

  Events events() {
    return events;
  }

  List<Backend> backends() {
    return backends;
  }

  Backend backend(String name) {
    return backends.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }

  /** Requests that the backends have served, all together. */
  long served() {
    return backends.stream().mapToLong(Backend::requests).sum();
  }

  /** The serial number of the certificate that a service's tasks show now. */
  String serverSerial(String service) {
    return serverSerials.getOrDefault(service, "");
  }

  private static void deleteTree(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }

  @Override
  public void close() {
    while (!toClose.isEmpty()) {
      try {
        toClose.pop().close();
      } catch (Exception failure) {
        System.err.println("did not close: " + failure);
      }
    }
  }
}
