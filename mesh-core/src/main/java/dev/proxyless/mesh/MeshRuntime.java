package dev.proxyless.mesh;

import dev.proxyless.mesh.appmesh.NodeName;
import dev.proxyless.mesh.call.CallContexts;
import dev.proxyless.mesh.call.Calls;
import dev.proxyless.mesh.cluster.Safeguards;
import dev.proxyless.mesh.discovery.CloudMapSettings;
import dev.proxyless.mesh.discovery.EndpointSources;
import dev.proxyless.mesh.file.AllowedDirectories;
import dev.proxyless.mesh.file.FileWatch;
import dev.proxyless.mesh.model.Cluster.Discovery;
import dev.proxyless.mesh.snapshot.SnapshotPublisher;
import dev.proxyless.mesh.telemetry.Telemetry;
import dev.proxyless.mesh.time.MeshExecutor;
import dev.proxyless.mesh.time.MeshTime;
import dev.proxyless.mesh.tls.TlsContexts;
import dev.proxyless.mesh.tls.TlsException;
import dev.proxyless.mesh.xds.AdsChannel;
import dev.proxyless.mesh.xds.AdsClient;
import dev.proxyless.mesh.xds.Decoder;
import dev.proxyless.mesh.xds.NodeIdentity;
import dev.proxyless.mesh.xds.ResourceStatus;
import dev.proxyless.mesh.xds.ResourceStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** The rooms of one mesh, wired together, from its beginning to its end. */
final class MeshRuntime {

  private static final Logger log = LoggerFactory.getLogger(MeshRuntime.class);

  private final Bootstrap bootstrap;
  private final MeshTime time;
  private final Telemetry telemetry;
  private final MeshExecutor configurationThread;
  private final FileWatch files;
  private final EndpointSources sources;
  private final TlsContexts tls;
  private final SnapshotPublisher publisher;
  private final ResourceStore store;
  private final CallContexts contexts;
  private final Calls calls;
  private final AutoCloseable feed;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile List<ResourceStatus> resources = List.of();

  private MeshRuntime(Bootstrap bootstrap, MeshTime time, Telemetry telemetry) {
    this.bootstrap = bootstrap;
    this.time = time;
    this.telemetry = telemetry;
    configurationThread = time.serial("config");
    files = new FileWatch(time);
    sources = new EndpointSources(cloudMap(bootstrap), time, telemetry.meters());
    tls = new TlsContexts(files, time, telemetry);
    publisher =
        new SnapshotPublisher(
            sources, tls, time, configurationThread, telemetry, safeguards(bootstrap));
    AllowedDirectories directories = new AllowedDirectories(bootstrap.allowedDirectories());
    MeshChecks checks = new MeshChecks(directories);
    store = new ResourceStore(new Decoder(checks), this::asksEds, telemetry);
    contexts = new CallContexts(telemetry.tracing());
    calls = new Calls(publisher, time, telemetry, bootstrap.readyTimeout());
    try {
      feed =
          bootstrap
              .appMeshDirectory()
              .map(this::appMesh)
              .or(() -> bootstrap.xdsFile().map(source -> xdsFile(source, checks)))
              .orElseGet(() -> controlPlane(bootstrap.controlPlane().orElseThrow()));
    } catch (RuntimeException refused) {
      end(publisher::close);
      throw refused;
    }
  }

  static MeshRuntime start(Bootstrap bootstrap, MeshTime time, Telemetry telemetry) {
    return new MeshRuntime(bootstrap, time, telemetry);
  }

  private static Safeguards safeguards(Bootstrap bootstrap) {
    Bootstrap.RetryThrottle throttle = bootstrap.retryThrottle();
    return new Safeguards(
        throttle.equals(Bootstrap.RetryThrottle.OFF)
            ? Optional.empty()
            : Optional.of(new Safeguards.Throttle(throttle.percent(), throttle.minPerSecond())),
        bootstrap
            .backupRequests()
            .map(each -> new Safeguards.Backups(each.percentile(), each.budgetPercent())));
  }

  private static Optional<CloudMapSettings> cloudMap(Bootstrap bootstrap) {
    Bootstrap.CloudMap settings = bootstrap.cloudMap();
    if (!settings.enabled()) {
      return Optional.empty();
    }
    if (!EndpointSources.isSdkPresent()) {
      boolean alone = bootstrap.appMeshDirectory().isPresent();
      log.atLevel(alone ? Level.WARN : Level.INFO)
          .log(
              "the AWS SDK for Cloud Map is not on the class path: clusters in Cloud Map {}. Add"
                  + " software.amazon.awssdk:servicediscovery and url-connection-client to ask Cloud"
                  + " Map itself",
              alone
                  ? "have no endpoints, since with app_mesh.directory nobody else can be asked"
                  : "are asked of EDS");
      return Optional.empty();
    }
    return Optional.of(
        new CloudMapSettings(settings.endpoint(), settings.region(), settings.refreshInterval()));
  }

  private boolean asksEds(Discovery discovery) {
    return !sources.resolves(discovery);
  }

  private AutoCloseable appMesh(Path directory) {
    NodeName node =
        NodeName.parse(bootstrap.nodeId())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "node.id is \""
                            + bootstrap.nodeId()
                            + "\"; with app_mesh.directory it must be mesh/MESH/virtualNode/NODE"));
    return new AppMeshFeed(
        directory, node, store, this::configurationChanged, files, configurationThread);
  }

  private AutoCloseable xdsFile(Bootstrap.XdsFileSource source, MeshChecks checks) {
    return new XdsFileFeed(source, checks, this::fileChanged, files, configurationThread);
  }

  private void fileChanged(XdsFileFeed.Reading reading) {
    resources = reading.resources();
    publisher.updateWhole(reading.configuration());
  }

  private AutoCloseable controlPlane(Bootstrap.ControlPlane server) {
    MeshExecutor io = time.pool("ads");
    NodeIdentity node =
        new NodeIdentity(bootstrap.nodeId(), bootstrap.nodeCluster(), bootstrap.nodeMetadata());
    AdsChannel channel;
    try {
      channel = ControlPlaneChannel.open(server, configurationThread, io, time);
    } catch (TlsException unusable) {
      io.close();
      throw new IllegalArgumentException(
          "control_plane.tls cannot be used: " + unusable.getMessage(), unusable);
    }
    AdsClient client =
        new AdsClient(
            server.address(),
            node,
            channel,
            store,
            this::configurationChanged,
            time,
            configurationThread,
            telemetry);
    client.start();
    return () -> {
      client.close();
      io.close();
    };
  }

  private void configurationChanged() {
    resources = store.statuses();
    if (store.isBegun()) {
      publisher.update(store.configuration());
    }
  }

  Bootstrap bootstrap() {
    return bootstrap;
  }

  MeshTime time() {
    return time;
  }

  Telemetry telemetry() {
    return telemetry;
  }

  SnapshotPublisher publisher() {
    return publisher;
  }

  CallContexts contexts() {
    return contexts;
  }

  Calls calls() {
    return calls;
  }

  List<ResourceStatus> resources() {
    return resources;
  }

  void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      long left = calls.close(bootstrap.closeTimeout());
      if (left > 0) {
        log.warn("{} calls were still in flight after {}", left, bootstrap.closeTimeout());
      }
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
    end(
        () -> {
          closeQuietly(feed);
          publisher.close();
        });
  }

  /** Closes all rooms, those of the configuration thread on that thread. */
  private void end(AutoCloseable ofConfigurationThread) {
    onConfigurationThread(() -> closeQuietly(ofConfigurationThread));
    closeQuietly(sources);
    closeQuietly(files);
    closeQuietly(configurationThread);
    closeQuietly(telemetry.meters());
    closeQuietly(time);
  }

  /** Runs a last task after all others, and waits for it. */
  private void onConfigurationThread(Runnable last) {
    CountDownLatch done = new CountDownLatch(1);
    configurationThread.execute(
        () -> {
          try {
            last.run();
          } finally {
            done.countDown();
          }
        });
    boolean interrupted = false;
    while (done.getCount() > 0) {
      try {
        time.await(done, bootstrap.closeTimeout());
        break;
      } catch (InterruptedException hurried) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void closeQuietly(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception failure) {
      log.warn("a part of the mesh did not close", failure);
    }
  }
}
