package dev.proxyless.mesh;

import dev.proxyless.mesh.admin.Explanation;
import dev.proxyless.mesh.admin.MeshReport;
import dev.proxyless.mesh.call.CallContexts;
import dev.proxyless.mesh.call.Calls;
import dev.proxyless.mesh.route.RequestHead;
import dev.proxyless.mesh.snapshot.MeshSnapshot;
import dev.proxyless.mesh.telemetry.MeshListener;
import dev.proxyless.mesh.telemetry.Telemetry;
import dev.proxyless.mesh.time.MeshTime;
import dev.proxyless.mesh.tls.ServerTls;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A service mesh inside this process. It follows its control plane, or the App Mesh documents that
 * it was given, and an HTTP client that was built with it sends its requests where the mesh says.
 *
 * <pre>{@code
 * try (Mesh mesh = Mesh.builder().bootstrap(Path.of("mesh.yaml")).build()) {
 *   mesh.awaitReady(Duration.ofSeconds(10));
 *   OkHttpClient client = MeshOkHttp.install(mesh, new OkHttpClient.Builder()).build();
 *   ...
 * }
 * }</pre>
 *
 * <p>A mesh is meant to be one for a process and is safe for use by several threads. It begins at
 * once, in the background: building it never waits for the control plane. All of its threads are
 * daemons whose names begin with {@code mesh-}.
 */
public final class Mesh implements AutoCloseable {

  private final MeshRuntime runtime;

  private Mesh(MeshRuntime runtime) {
    this.runtime = runtime;
  }

  /**
   * A builder that takes its settings from {@code mesh.yaml} and the environment unless told
   * otherwise.
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Waits for the first configuration. Calls may be made before; each of them waits for itself, at
   * most {@link Bootstrap#readyTimeout}.
   *
   * @return whether configuration is in force; false when the time is over
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public boolean awaitReady(Duration timeout) throws InterruptedException {
    return runtime.publisher().await(timeout) != null;
  }

  /** Who this mesh asks for configuration as. */
  public String nodeId() {
    return runtime.bootstrap().nodeId();
  }

  /** Where HTTP clients bring their requests; for transports. */
  public Calls calls() {
    return runtime.calls();
  }

  /**
   * How the configuration protects a port of this process: the certificate to show and the clients
   * to accept. What is given follows the configuration. Empty where configuration has not come or
   * does not protect the port.
   */
  public Optional<ServerTls> serverTls(int port) {
    return serverTlsNow(port).map(first -> first.following(() -> serverTlsNow(port)));
  }

  private Optional<ServerTls> serverTlsNow(int port) {
    MeshSnapshot snapshot = runtime.publisher().current();
    return snapshot == null
        ? Optional.empty()
        : Optional.ofNullable(snapshot.serverTls().get(port));
  }

  /**
   * Runs code whose calls through this mesh, made on this thread, follow a retry policy of their
   * own. The code runs once.
   */
  @SuppressWarnings("try") // the scope acts by being open
  public <T extends @Nullable Object> T withRetry(RetryOptions options, Callable<T> code)
      throws Exception {
    try (CallContexts.Scope scope = runtime.contexts().retrying(options.rules())) {
      return code.call();
    }
  }

  /**
   * Where a request would go now, and why: {@code mesh.explain(ExplainedRequest.of("GET",
   * "http://orders.apps.local:8000/cart", List.of()))}.
   *
   * @return empty before the first configuration
   */
  public Optional<Explanation> explain(RequestHead head) {
    return explain(head, runtime.time().random());
  }

  /**
   * Where a request would go now, and why. Weighted clusters are picked by {@code random}, as for a
   * call.
   *
   * @return empty before the first configuration
   */
  public Optional<Explanation> explain(RequestHead head, long random) {
    MeshSnapshot snapshot = runtime.publisher().current();
    return snapshot == null
        ? Optional.empty()
        : Optional.of(Explanation.of(snapshot, head, random));
  }

  /**
   * The state of the mesh as plain values: resources, routes, clusters, endpoints. Holds no secret.
   */
  public Map<String, Object> report() {
    return MeshReport.of(
        nodeId(),
        runtime.publisher().current(),
        runtime.publisher().awaited(),
        runtime.resources());
  }

  /** What the current thread hands on to its calls; for transports and the servlet filter. */
  @Internal
  public CallContexts contexts() {
    return runtime.contexts();
  }

  /** Meters, spans and listeners; for the servlet filter. */
  @Internal
  public Telemetry telemetry() {
    return runtime.telemetry();
  }

  /** The clock; for transports and the servlet filter. */
  @Internal
  public MeshTime time() {
    return runtime.time();
  }

  /**
   * Ends the mesh: new calls fail and say so, calls in flight have {@link Bootstrap#closeTimeout}
   * to end, then threads, sockets and meters go. May be called twice.
   */
  @Override
  public void close() {
    runtime.close();
  }

  @Override
  public String toString() {
    return "Mesh[" + nodeId() + "]";
  }

  /** Collects what a mesh is built of. Not thread-safe. */
  public static final class Builder {
    private @Nullable Bootstrap bootstrap;
    private @Nullable Object meterRegistry;
    private @Nullable Object openTelemetry;
    private MeshListener listener = MeshListener.NONE;
    private @Nullable MeshTime time;

    private Builder() {}

    /** Settings from code alone. */
    public Builder bootstrap(Bootstrap settings) {
      bootstrap = settings;
      return this;
    }

    /**
     * Settings from a file, and from {@code APPMESH_*} where it says nothing.
     *
     * @throws RuntimeException if the file cannot be used; the message names file, line, field and
     *     value
     */
    public Builder bootstrap(Path file) {
      bootstrap = new BootstrapReader().read(file).build();
      return this;
    }

    /** Where meters are registered. Needs Micrometer on the class path. */
    public Builder meterRegistry(MeterRegistry registry) {
      meterRegistry = registry;
      return this;
    }

    /** What spans are made with. Needs the OpenTelemetry API on the class path. */
    public Builder openTelemetry(OpenTelemetry telemetry) {
      openTelemetry = telemetry;
      return this;
    }

    /** Told of what happens to the mesh. */
    public Builder listener(MeshListener meshListener) {
      listener = meshListener;
      return this;
    }

    /** The clock and threads; the mesh closes them. For tests. */
    public Builder time(MeshTime meshTime) {
      time = meshTime;
      return this;
    }

    /**
     * Begins the mesh. Does not wait for anything.
     *
     * @throws IllegalArgumentException if a setting is missing or wrong
     */
    public Mesh build() {
      Bootstrap settings = bootstrap == null ? new BootstrapReader().read().build() : bootstrap;
      MeshTime clock = time == null ? MeshTime.system() : time;
      Telemetry telemetry = Telemetries.create(meterRegistry, openTelemetry, listener);
      return new Mesh(MeshRuntime.start(settings, clock, telemetry));
    }
  }
}
