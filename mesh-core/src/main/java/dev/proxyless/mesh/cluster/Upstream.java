package dev.proxyless.mesh.cluster;

import dev.proxyless.mesh.model.Cluster;
import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.model.RouteAction.Priority;
import dev.proxyless.mesh.telemetry.MeshMeters.ClusterMeters;
import dev.proxyless.mesh.telemetry.Telemetry;
import dev.proxyless.mesh.time.MeshTime;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A cluster as it is now: one version of its configuration over endpoints that outlive it.
 *
 * <p>What calls use may be used by any thread and takes no lock. {@link #update}, {@link #next} and
 * {@link #close} belong to the configuration thread.
 */
public final class Upstream {

  private final Cluster config;
  private final Shared shared;
  private final Limits limits;
  private final Limits highLimits;
  private final @Nullable OutlierDetector outliers;

  /** What stays from version to version. */
  private record Shared(
      Hosts hosts,
      AtomicInteger active,
      ClusterMeters meters,
      MeshTime time,
      LongSupplier random,
      Executor configurationThread,
      Telemetry telemetry,
      @Nullable ShareOfCalls throttle,
      @Nullable BackupRequests backups) {}

  private Upstream(
      Cluster config,
      Shared shared,
      Limits limits,
      Limits highLimits,
      @Nullable OutlierDetector outliers) {
    this.config = config;
    this.shared = shared;
    this.limits = limits;
    this.highLimits = highLimits;
    this.outliers = outliers;
  }

  /** A cluster that was not there before, without safeguards. It has no endpoints yet. */
  public static Upstream create(
      Cluster config, MeshTime time, Executor configurationThread, Telemetry telemetry) {
    return create(config, Safeguards.NONE, time, configurationThread, telemetry);
  }

  /** A cluster that was not there before. It has no endpoints yet. */
  public static Upstream create(
      Cluster config,
      Safeguards safeguards,
      MeshTime time,
      Executor configurationThread,
      Telemetry telemetry) {
    Hosts hosts = new Hosts(config.panicThreshold(), new RoundRobin(time::random));
    AtomicInteger active = new AtomicInteger();
    ClusterMeters meters =
        telemetry
            .meters()
            .cluster(
                config.name(),
                active::get,
                () -> hosts.current().size(),
                () -> hosts.current().ejectedCount());
    Shared shared =
        new Shared(
            hosts,
            active,
            meters,
            time,
            time::random,
            configurationThread,
            telemetry,
            safeguards
                .throttle()
                .map(each -> new ShareOfCalls(each.percent(), each.minPerSecond(), time))
                .orElse(null),
            safeguards.backups().map(each -> new BackupRequests(each, time)).orElse(null));
    return new Upstream(
        config,
        shared,
        new Limits(config.name(), config.circuitBreakers(), active),
        new Limits(config.name() + " HIGH", config.highPriority(), active),
        detector(config, shared));
  }

  /** The next version of this cluster, over the same endpoints. */
  public Upstream next(Cluster newConfig) {
    shared.hosts.panicThreshold(newConfig.panicThreshold());
    Limits newLimits =
        newConfig.circuitBreakers().equals(config.circuitBreakers())
            ? limits
            : new Limits(newConfig.name(), newConfig.circuitBreakers(), shared.active);
    Limits newHigh =
        newConfig.highPriority().equals(config.highPriority())
            ? highLimits
            : new Limits(newConfig.name() + " HIGH", newConfig.highPriority(), shared.active);
    return new Upstream(newConfig, shared, newLimits, newHigh, nextDetector(newConfig));
  }

  /** A detector whose settings stay goes on; sweeps would never come if updates came often. */
  private @Nullable OutlierDetector nextDetector(Cluster newConfig) {
    if (outliers == null) {
      return detector(newConfig, shared);
    }
    if (newConfig.outlierDetection().filter(outliers.config()::equals).isPresent()) {
      return outliers;
    }
    outliers.handOver(newConfig.outlierDetection().isPresent());
    return detector(newConfig, shared);
  }

  private static @Nullable OutlierDetector detector(Cluster config, Shared shared) {
    return config
        .outlierDetection()
        .map(
            detection ->
                new OutlierDetector(
                    config.name(),
                    detection,
                    shared.hosts,
                    shared.time,
                    shared.configurationThread,
                    shared.telemetry,
                    shared.meters))
        .orElse(null);
  }

  public Cluster config() {
    return config;
  }

  public String name() {
    return config.name();
  }

  /** The meters of this cluster. */
  public ClusterMeters meters() {
    return shared.meters;
  }

  /** The endpoints that discovery gives now. */
  public List<Endpoint> endpoints() {
    return shared.hosts.current().all();
  }

  /** Whether so few endpoints are healthy that health is ignored. */
  public boolean isPanic() {
    return shared.hosts.current().isPanic();
  }

  /**
   * Picks an endpoint.
   *
   * @return null where there is no endpoint to pick
   */
  public @Nullable Endpoint pick() {
    return shared.hosts.current().pick(shared.random);
  }

  /**
   * Picks an endpoint for a retry.
   *
   * @param rejected endpoints that should not be picked again
   * @param morePicks how often a rejected one is picked anew; after that it is used all the same
   * @param leftOut priorities whose endpoints are taken to be of no use
   * @return null where there is no endpoint to pick
   */
  public @Nullable Endpoint pick(
      Predicate<Endpoint> rejected, int morePicks, Set<Integer> leftOut) {
    HostSet hosts = shared.hosts.current().without(leftOut);
    Endpoint picked = hosts.pick(shared.random);
    for (int i = 0; i < morePicks && picked != null && rejected.test(picked); i++) {
      picked = hosts.pick(shared.random);
    }
    return picked;
  }

  /** Whether any endpoint could take traffic if these priorities were left out. */
  public boolean isUsableWithout(Set<Integer> leftOut) {
    return shared.hosts.current().without(leftOut).isUsable();
  }

  /** Takes a place among the requests in flight; false where there is none. */
  public boolean tryRequest(Priority priority) {
    if (!limits(priority).tryRequest()) {
      return false;
    }
    shared.active.incrementAndGet();
    return true;
  }

  /** Gives a request's place back. */
  public void releaseRequest(Priority priority) {
    shared.active.decrementAndGet();
    limits(priority).releaseRequest();
  }

  /** Takes a place among the retries in flight; false where there is none. */
  public boolean tryRetry(Priority priority) {
    return limits(priority).tryRetry();
  }

  /** A call to this cluster began. */
  public void countCall() {
    if (shared.throttle != null) {
      shared.throttle.count();
    }
    if (shared.backups != null) {
      shared.backups.countCall();
    }
  }

  /** Takes a retry from the share of calls that may be retries; false where it is spent. */
  public boolean tryShareOfRetries() {
    return shared.throttle == null || shared.throttle.tryTake();
  }

  /** Second requests beside slow ones; null where none are made. */
  public @Nullable BackupRequests backups() {
    return shared.backups;
  }

  /** Gives a retry's place back. */
  public void releaseRetry(Priority priority) {
    limits(priority).releaseRetry();
  }

  private Limits limits(Priority priority) {
    return priority == Priority.HIGH ? highLimits : limits;
  }

  /**
   * Tells how a try at an endpoint ended, by HTTP status: the response's, or the one that stands
   * for what happened instead. A local limit is never told.
   */
  public void report(Endpoint endpoint, int status) {
    if (outliers != null) {
      outliers.report(endpoint, status);
    }
  }

  /** Takes over what discovery says. */
  public void update(EndpointAssignment assignment) {
    shared.hosts.update(assignment);
  }

  /** Ends the cluster: its endpoints, their connections, its meters. */
  public void close() {
    if (outliers != null) {
      outliers.close();
    }
    shared.hosts.close();
    shared.meters.close();
  }

  @Override
  public String toString() {
    return name();
  }
}
