package dev.proxyless.mesh.quickstart;

import dev.proxyless.mesh.Bootstrap;
import dev.proxyless.mesh.Bootstrap.CloudMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All that runs: documents, certificates, Cloud Map's stand-in, control plane, backends and caller.
 */
final class World {

  /** The percentage of calls that the route's document gives to serviceBv2. */
  static final int SERVICE_B_V2_PERCENT = 25;

  private static final long EJECTION_MILLIS = 5_000;

  private final String broken;
  private final int scale;
  private final Cleanup cleanup;
  private final SeededTime time;
  private final Events events = new Events();
  private final TlsFiles files;
  private final Certificates certificates;
  private final AppsDirectory apps;
  private final CloudMapStandIn cloudMap;
  private final ControlPlaneProcess controlPlane;
  private final List<Service> services;
  private @Nullable Caller caller;

  /**
   * Launches the control plane and opens the backends' ports while it starts.
   *
   * @param jar the control plane's
   * @param seed of the caller's random numbers
   * @param broken the line to break; empty for none
   * @param scale divides the numbers of calls
   * @param cleanup closes all
   */
  World(Path jar, long seed, String broken, int scale, Cleanup cleanup) throws IOException {
    this.broken = broken;
    this.scale = scale;
    this.cleanup = cleanup;
    time = new SeededTime(seed);
    Path directory = Files.createTempDirectory("mesh-quickstart");
    cleanup.add(() -> deleteTree(directory));
    files = new TlsFiles(directory.resolve("tls"));
    apps = new AppsDirectory(directory.resolve("apps"), files);
    if (scale > 1) {
      apps.ejectFor(EJECTION_MILLIS / scale);
    }
    if (isBroken(DocumentsAct.NAME)) {
      apps.remove("create-virtual-service-servicea.json");
    }
    cloudMap = cleanup.add(new CloudMapStandIn());
    controlPlane =
        cleanup.add(
            new ControlPlaneProcess(
                jar, apps.path(), cloudMap.endpoint(), directory.resolve("control-plane.log")));
    certificates = new Certificates(files);
    certificates.install("servicea", certificates.issue("servicea"));
    services =
        List.of(cleanup.add(new Service("serviceB", 3)), cleanup.add(new Service("serviceBv2", 2)));
    for (Service service : services) {
      certificates.install(service.id(), certificates.issue(service.id()));
      service.backends().forEach(each -> cloudMap.register(service.id(), each.name(), each.port()));
    }
  }

  /** Connects all to the control plane, at the same time, and waits until the backends serve. */
  void connect() throws Exception {
    caller = cleanup.add(new Caller(bootstrap("serviceA"), time, events));
    for (Service service : services) {
      service.join(bootstrap(service.name()));
    }
    for (Service service : services) {
      service.serve();
    }
  }

  private Bootstrap bootstrap(String node) throws IOException, InterruptedException {
    return Bootstrap.builder()
        .nodeId("mesh/apps/virtualNode/" + node)
        .controlPlane("127.0.0.1", controlPlane.port())
        .cloudMap(
            new CloudMap(
                true,
                Optional.of(cloudMap.endpoint()),
                Optional.of(Quickstart.REGION),
                Bootstrap.DEFAULT_REFRESH_INTERVAL))
        .allowedDirectories(List.of(files.directory()))
        .closeTimeout(Duration.ofSeconds(2))
        .build();
  }

  /** Something done to the documents. */
  interface Edit {
    void apply() throws IOException;
  }

  /**
   * Edits the route's document and waits until the caller obeys: calls that begin after this has
   * returned follow the new route.
   *
   * @return when the new file took the old one's place
   * @throws NotHeld if the control plane refuses the document or the caller does not follow
   */
  long edit(Edit edit) throws IOException, NotHeld, InterruptedException {
    String before = apps.route();
    long generation = events.generation();
    long renamed = System.nanoTime();
    edit.apply();
    if (!apps.route().equals(before)) {
      Await.until(
          () -> {
            NotHeld.unless(
                controlPlane.error().isEmpty(), "mesh serve says: " + controlPlane.error());
            return events.generation() > generation;
          },
          "the edited " + AppsDirectory.ROUTE + " was not obeyed");
    }
    return renamed;
  }

  /** Gives serviceBv2 this percentage of the calls, and waits as {@link #edit} does. */
  long split(int serviceBv2) throws IOException, NotHeld, InterruptedException {
    return edit(() -> apps.split(serviceBv2));
  }

  boolean isBroken(String line) {
    return broken.equals(line);
  }

  /** A number of calls, divided by the scale. */
  int calls(int full) {
    return full / scale;
  }

  SeededTime time() {
    return time;
  }

  TlsFiles files() {
    return files;
  }

  Certificates certificates() {
    return certificates;
  }

  AppsDirectory apps() {
    return apps;
  }

  CloudMapStandIn cloudMap() {
    return cloudMap;
  }

  ControlPlaneProcess controlPlane() {
    return controlPlane;
  }

  Events events() {
    return events;
  }

  /** Whether there is a caller. */
  boolean isConnected() {
    return caller != null;
  }

  Caller caller() {
    if (caller == null) {
      throw new IllegalStateException("the caller is not connected");
    }
    return caller;
  }

  List<Service> services() {
    return services;
  }

  List<Backend> backends() {
    return services.stream().flatMap(each -> each.backends().stream()).toList();
  }

  Backend backend(String name) {
    return backends().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }

  /** Requests that the backends have served, all together. */
  long served() {
    return backends().stream().mapToLong(Backend::requests).sum();
  }

  private static void deleteTree(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }
}
