package dev.proxyless.mesh.snapshot;

import dev.proxyless.mesh.call.MeshView;
import dev.proxyless.mesh.call.MeshView.Target;
import dev.proxyless.mesh.cluster.Safeguards;
import dev.proxyless.mesh.discovery.EndpointSources;
import dev.proxyless.mesh.model.Cluster;
import dev.proxyless.mesh.model.Configuration;
import dev.proxyless.mesh.model.DownstreamTlsContext;
import dev.proxyless.mesh.model.UpstreamTlsContext;
import dev.proxyless.mesh.telemetry.Telemetry;
import dev.proxyless.mesh.time.MeshTime;
import dev.proxyless.mesh.tls.ServerTls;
import dev.proxyless.mesh.tls.TlsContexts;
import dev.proxyless.mesh.tls.TlsException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes configuration visible, whole or not at all.
 *
 * <p>A snapshot is published when all that its routes need is there: every route configuration that
 * a listener names, every cluster that a route names, and for each of those an answer about its
 * endpoints. What is still missing after {@link #WAIT} is taken not to exist, as with Envoy's
 * {@code initial_fetch_timeout}: a missing table has no routes, a missing cluster answers 503 NC, a
 * cluster without endpoints 503 UH; later changes do not wait for it again until it has been there.
 * Until then the snapshot before stays in force, with endpoints that go on changing. So no call
 * ever sees new routes with clusters that have not come (gRFC A74).
 *
 * <p>Changes come on the configuration thread; {@link #current} is one volatile read for any
 * thread.
 */
public final class SnapshotPublisher implements MeshView.Source {

  /** Envoy's default for {@code initial_fetch_timeout}. */
  static final Duration WAIT = Duration.ofSeconds(15);

  private static final Logger log = LoggerFactory.getLogger(SnapshotPublisher.class);

  private final MeshTime time;
  private final Executor configurationThread;
  private final Telemetry telemetry;
  private final TlsContexts tls;
  private final ChainCompiler compiler;
  private final LiveClusters clusters;
  private final Map<String, Long> missingSince = new HashMap<>();

  /** What the snapshot in force was published without; nothing waits for it a second time. */
  private final Set<String> takenNotToExist = new HashSet<>();

  private final CountDownLatch ready = new CountDownLatch(1);

  private Configuration newest = Configuration.EMPTY;
  private @Nullable Configuration published;

  /** Whether nothing that the newest configuration lacks can still come. */
  private boolean whole;

  private long generation;
  private volatile @Nullable MeshSnapshot current;
  private volatile List<String> awaited = List.of();

  public SnapshotPublisher(
      EndpointSources sources,
      TlsContexts tls,
      MeshTime time,
      Executor configurationThread,
      Telemetry telemetry,
      Safeguards safeguards) {
    this.time = time;
    this.configurationThread = configurationThread;
    this.telemetry = telemetry;
    this.tls = tls;
    compiler = new ChainCompiler(telemetry.meters());
    clusters =
        new LiveClusters(
            sources,
            tls,
            time,
            configurationThread,
            telemetry,
            safeguards,
            this::publishIfComplete);
  }

  @Override
  public @Nullable MeshSnapshot current() {
    return current;
  }

  @Override
  public @Nullable MeshSnapshot await(Duration timeout) throws InterruptedException {
    time.await(ready, timeout);
    return current;
  }

  @Override
  public List<String> awaited() {
    return awaited;
  }

  /** Takes over what the sources of configuration say now. On the configuration thread. */
  public void update(Configuration configuration) {
    update(configuration, false);
  }

  /**
   * Takes over configuration that is all there will be: clusters and route configurations that it
   * names and has not are not waited for. On the configuration thread.
   */
  public void updateWhole(Configuration configuration) {
    update(configuration, true);
  }

  private void update(Configuration configuration, boolean isWhole) {
    whole = isWhole;
    newest = configuration;
    clusters.update(configuration);
    if (sameAsPublished()) {
      missingSince.clear();
      awaited = List.of();
      clusters.retain(configuration.clusters().keySet());
    }
    publishIfComplete();
  }

  private void publishIfComplete() {
    if (sameAsPublished()) {
      return;
    }
    ChainCompiler.Compiled compiled = compiler.compile(newest);
    Set<String> waitingFor = new TreeSet<>();
    compiled.missingRoutes().forEach(name -> missing("route configuration " + name, waitingFor));
    for (String cluster : compiled.clusters()) {
      if (!newest.clusters().containsKey(cluster)) {
        missing("cluster " + cluster, waitingFor);
      } else if (!clusters.isWarm(cluster)) {
        waitFor("endpoints of cluster " + cluster, waitingFor);
      }
    }
    missingSince.keySet().retainAll(waitingFor);
    takenNotToExist.retainAll(waitingFor);
    Set<String> stillAwaited =
        waitingFor.stream().filter(this::isAwaited).collect(Collectors.toCollection(TreeSet::new));
    awaited = List.copyOf(stillAwaited);
    if (stillAwaited.isEmpty()) {
      publish(compiled);
      takenNotToExist.addAll(waitingFor);
    } else {
      log.debug("configuration waits for {}", stillAwaited);
    }
  }

  /** Endpoints do not count: they flow into the snapshot that is published. */
  private boolean sameAsPublished() {
    return published != null
        && published.listeners().equals(newest.listeners())
        && published.routes().equals(newest.routes())
        && published.clusters().equals(newest.clusters());
  }

  private void missing(String what, Set<String> waitingFor) {
    if (whole) {
      takenNotToExist.add(what);
    }
    waitFor(what, waitingFor);
  }

  private void waitFor(String what, Set<String> waitingFor) {
    waitingFor.add(what);
    if (takenNotToExist.contains(what)) {
      return;
    }
    if (missingSince.putIfAbsent(what, time.nanoTime()) == null) {
      time.schedule(WAIT, () -> configurationThread.execute(this::publishIfComplete));
    }
  }

  private boolean isAwaited(String what) {
    Long since = missingSince.get(what);
    if (since == null) {
      return false;
    }
    boolean awaited = time.nanoTime() - since < WAIT.toNanos();
    if (!awaited) {
      log.warn("{} did not come within {} s and is taken not to exist", what, WAIT.toSeconds());
    }
    return awaited;
  }

  private void publish(ChainCompiler.Compiled compiled) {
    Set<String> names = newest.clusters().keySet();
    Map<String, Target> targets = clusters.targets(names);
    Map<Integer, ServerTls> serverTls = new HashMap<>();
    Map<Integer, ServerTls> before = current == null ? Map.of() : current.serverTls();
    compiled
        .serverTls()
        .forEach(
            (port, config) -> {
              try {
                serverTls.put(port, tls.server(config));
              } catch (TlsException unusable) {
                log.warn(
                    "port {}: its TLS context cannot be used: {}", port, unusable.getMessage());
                ServerTls kept = before.get(port);
                if (kept != null) {
                  serverTls.put(port, kept);
                }
              }
            });
    MeshSnapshot snapshot =
        new MeshSnapshot(++generation, compiled.chains(), targets, Map.copyOf(serverTls));
    current = snapshot;
    published = newest;
    missingSince.clear();
    clusters.retain(names);
    tls.retain(upstreamContexts(targets), new HashSet<>(compiled.serverTls().values()));
    ready.countDown();
    log.info("snapshot {} is in force: {} clusters", snapshot.generation(), targets.size());
    telemetry.tell(listener -> listener.configurationApplied(snapshot.generation()));
  }

  private static Set<UpstreamTlsContext> upstreamContexts(Map<String, Target> targets) {
    return targets.values().stream()
        .map(target -> target.upstream().config())
        .map(Cluster::tls)
        .flatMap(java.util.Optional::stream)
        .collect(Collectors.toSet());
  }

  /**
   * Ends all clusters. Calls that go on keep the snapshot that they have. On the configuration
   * thread.
   */
  public void close() {
    clusters.retain(Set.of());
    Set<DownstreamTlsContext> none = Set.of();
    tls.retain(Set.of(), none);
    ready.countDown();
  }
}
