package dev.proxyless.mesh.snapshot;

import dev.proxyless.mesh.call.MeshView.Target;
import dev.proxyless.mesh.cluster.Safeguards;
import dev.proxyless.mesh.cluster.Upstream;
import dev.proxyless.mesh.discovery.EndpointSource;
import dev.proxyless.mesh.discovery.EndpointSources;
import dev.proxyless.mesh.model.Cluster;
import dev.proxyless.mesh.model.Cluster.Discovery;
import dev.proxyless.mesh.model.Configuration;
import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.telemetry.Telemetry;
import dev.proxyless.mesh.time.MeshTime;
import dev.proxyless.mesh.tls.ClientTls;
import dev.proxyless.mesh.tls.TlsContexts;
import dev.proxyless.mesh.tls.TlsException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clusters that are alive: those of the newest configuration, and those that the snapshot in
 * force still has. Endpoints flow into them whether or not the configuration is published yet. Used
 * on the configuration thread.
 */
final class LiveClusters {

  private static final Logger log = LoggerFactory.getLogger(LiveClusters.class);

  private final EndpointSources sources;
  private final TlsContexts tls;
  private final MeshTime time;
  private final Executor configurationThread;
  private final Telemetry telemetry;
  private final Safeguards safeguards;
  private final Runnable warmed;
  private final Map<String, Live> live = new HashMap<>();

  /**
   * One cluster: the version that snapshots have, the newest one, which they get when they are
   * published, where its endpoints come from, and whether they have come.
   */
  private static final class Live {
    private Target target;
    private Cluster config;
    private @Nullable ClientTls tls;
    private @Nullable EndpointSource source;
    private @Nullable EndpointAssignment applied;
    private boolean warm;

    Live(Target target) {
      this.target = target;
      config = target.upstream().config();
      tls = target.tls();
    }

    /**
     * The newest version. It is made no sooner than it is published, since it takes outlier
     * detection over from the one in force.
     */
    Target newest() {
      if (!config.equals(target.upstream().config())) {
        target = new Target(target.upstream().next(config), tls);
      }
      return target;
    }
  }

  /**
   * {@code warmed} runs when a cluster that had no endpoints told yet has been told some, or none.
   */
  LiveClusters(
      EndpointSources sources,
      TlsContexts tls,
      MeshTime time,
      Executor configurationThread,
      Telemetry telemetry,
      Safeguards safeguards,
      Runnable warmed) {
    this.sources = sources;
    this.tls = tls;
    this.time = time;
    this.configurationThread = configurationThread;
    this.telemetry = telemetry;
    this.safeguards = safeguards;
    this.warmed = warmed;
  }

  /**
   * Takes over clusters and assignments. Clusters that are gone stay alive until {@link #retain}.
   */
  void update(Configuration configuration) {
    configuration.clusters().values().forEach(this::update);
    live.values().forEach(each -> assign(each, configuration.assignments()));
  }

  private void update(Cluster config) {
    Live known = live.get(config.name());
    if (known != null && known.config.equals(config)) {
      return;
    }
    ClientTls clientTls;
    try {
      clientTls = config.tls().map(tls::client).orElse(null);
    } catch (TlsException unusable) {
      log.warn(
          "cluster {}: its TLS context cannot be used: {}; {}",
          config.name(),
          unusable.getMessage(),
          known == null ? "it is left out" : "the cluster stays as it was");
      return;
    }
    if (known == null) {
      Upstream upstream = Upstream.create(config, safeguards, time, configurationThread, telemetry);
      Live fresh = new Live(new Target(upstream, clientTls));
      live.put(config.name(), fresh);
      discover(fresh);
    } else {
      boolean sameDiscovery = known.config.discovery().equals(config.discovery());
      known.config = config;
      known.tls = clientTls;
      if (!sameDiscovery) {
        close(known.source);
        known.source = null;
        known.applied = null;
        known.warm = false;
        discover(known);
      }
    }
  }

  private void discover(Live each) {
    Discovery discovery = each.config.discovery();
    if (discovery instanceof Discovery.Static fixed) {
      apply(each, fixed.assignment());
    } else if (discovery instanceof Discovery.OriginalDst) {
      each.warm = true;
    } else if (sources.resolves(discovery)) {
      each.source =
          sources.open(
              discovery,
              assignment -> configurationThread.execute(() -> found(each, discovery, assignment)));
    }
  }

  private void found(Live each, Discovery asked, EndpointAssignment assignment) {
    if (live.get(each.config.name()) == each && each.config.discovery().equals(asked)) {
      apply(each, assignment);
      warmed.run();
    }
  }

  /** EDS: what is asked for by name and not looked for here. */
  private void assign(Live each, Map<String, EndpointAssignment> assignments) {
    Discovery discovery = each.config.discovery();
    if (sources.resolves(discovery)) {
      return;
    }
    EndpointAssignment assignment = null;
    if (discovery instanceof Discovery.Eds eds) {
      assignment = assignments.get(eds.serviceName());
    } else if (discovery instanceof Discovery.CloudMap cloudMap) {
      assignment = assignments.get(cloudMap.serviceName());
    }
    if (assignment != null && !Objects.equals(assignment, each.applied)) {
      apply(each, assignment);
    }
  }

  private static void apply(Live each, EndpointAssignment assignment) {
    each.applied = assignment;
    each.warm = true;
    each.target.upstream().update(assignment);
  }

  /** Whether a cluster's endpoints have been told. */
  boolean isWarm(String cluster) {
    Live found = live.get(cluster);
    return found != null && found.warm;
  }

  /** The newest versions of some clusters, which are in force from now on. */
  Map<String, Target> targets(Set<String> clusters) {
    Map<String, Target> targets = new HashMap<>();
    for (String cluster : clusters) {
      Live found = live.get(cluster);
      if (found != null) {
        targets.put(cluster, found.newest());
      }
    }
    return Map.copyOf(targets);
  }

  /** Ends all clusters but these. */
  void retain(Set<String> clusters) {
    for (String gone : new HashSet<>(live.keySet())) {
      if (!clusters.contains(gone)) {
        Live each = live.remove(gone);
        if (each != null) {
          close(each.source);
          each.target.upstream().close();
        }
      }
    }
  }

  private static void close(@Nullable EndpointSource source) {
    if (source != null) {
      source.close();
    }
  }
}
