package dev.proxyless.mesh.cluster;

import dev.proxyless.mesh.model.OutlierDetection;
import dev.proxyless.mesh.telemetry.MeshMeters.ClusterMeters;
import dev.proxyless.mesh.telemetry.Telemetry;
import dev.proxyless.mesh.time.MeshTime;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets endpoints aside that fail again and again, by consecutive server errors.
 *
 * <p>Calls count: a status of 500 or more adds one to the endpoint's errors in a row, any other
 * status clears them, and what ended without a status counts as the status that a caller would have
 * been given. The call that reaches the limit exactly asks for an ejection, which the configuration
 * thread carries out or refuses: not more than {@code max_ejection_percent} of the endpoints are
 * out at once. A sweep every {@code interval} brings back those whose time is over; the time grows
 * with each ejection of the same endpoint. Source: Envoy's {@code outlier_detection_impl}.
 */
final class OutlierDetector implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(OutlierDetector.class);
  private static final String TYPE = "consecutive_5xx";

  private final String cluster;
  private final OutlierDetection config;
  private final Hosts hosts;
  private final MeshTime time;
  private final Executor configurationThread;
  private final Telemetry telemetry;
  private final ClusterMeters meters;
  private MeshTime.Timer timer;
  private volatile boolean closed;

  OutlierDetector(
      String cluster,
      OutlierDetection config,
      Hosts hosts,
      MeshTime time,
      Executor configurationThread,
      Telemetry telemetry,
      ClusterMeters meters) {
    this.cluster = cluster;
    this.config = config;
    this.hosts = hosts;
    this.time = time;
    this.configurationThread = configurationThread;
    this.telemetry = telemetry;
    this.meters = meters;
    timer = nextSweep();
  }

  OutlierDetection config() {
    return config;
  }

  /** Counts one result. Called by calls, on their threads. */
  void report(Endpoint endpoint, int status) {
    if (closed) {
      return;
    }
    if (status < 500) {
      if (endpoint.ejection().consecutive5xx.get() != 0) {
        endpoint.ejection().consecutive5xx.set(0);
      }
    } else if (endpoint.ejection().consecutive5xx.incrementAndGet() == config.consecutive5xx()) {
      configurationThread.execute(() -> detect(endpoint));
    }
  }

  private void detect(Endpoint endpoint) {
    if (closed || endpoint.isEjected() || !hosts.has(endpoint)) {
      return;
    }
    boolean enforced = mayEject() && percent() < config.enforcingConsecutive5xx();
    meters.ejection(TYPE, enforced);
    if (enforced) {
      eject(endpoint);
    }
    endpoint.ejection().consecutive5xx.set(0);
  }

  private boolean mayEject() {
    int ejected = hosts.current().ejectedCount();
    double percentAfter = 100.0 * (ejected + 1) / hosts.current().size();
    return percentAfter <= config.maxEjectionPercent()
        || (config.alwaysEjectOneHost() && ejected == 0);
  }

  private long percent() {
    return Long.remainderUnsigned(time.random(), 100);
  }

  private void eject(Endpoint endpoint) {
    EjectionRecord record = endpoint.ejection();
    long maxJitter = config.maxEjectionTimeJitter().toMillis();
    long jitter = Long.remainderUnsigned(time.random(), maxJitter + 1) * 1_000_000L;
    record.eject(time.nanoTime(), jitter);
    endpoint.drain();
    long base = config.baseEjectionTime().toNanos();
    if (record.backoff * base < config.maxEjectionTime().toNanos() + base) {
      record.backoff++;
    }
    hosts.refresh();
    log.info(
        "cluster {}: endpoint {} ejected: {} server errors in a row",
        cluster,
        endpoint,
        config.consecutive5xx());
    telemetry.tell(listener -> listener.endpointEjected(cluster, endpoint.name(), TYPE));
  }

  private MeshTime.Timer nextSweep() {
    return time.schedule(config.interval(), () -> configurationThread.execute(this::sweep));
  }

  private void sweep() {
    if (closed) {
      return;
    }
    long now = time.nanoTime();
    boolean changed = false;
    for (Endpoint endpoint : hosts.current().all()) {
      EjectionRecord record = endpoint.ejection();
      if (endpoint.isEjected()) {
        long due =
            Math.min(
                    config.baseEjectionTime().toNanos() * record.backoff,
                    config.maxEjectionTime().toNanos())
                + record.jitterNanos;
        if (now - record.ejectedAtNanos >= due) {
          takeBack(endpoint, now);
          changed = true;
        }
      } else if (record.backoff > 0
          && now - record.returnedAtNanos >= config.interval().toNanos()) {
        record.backoff--;
      }
    }
    if (changed) {
      hosts.refresh();
    }
    timer = nextSweep();
  }

  private void takeBack(Endpoint endpoint, long now) {
    endpoint.ejection().unEject(now);
    log.info("cluster {}: endpoint {} takes traffic again", cluster, endpoint);
    telemetry.tell(listener -> listener.endpointReturned(cluster, endpoint.name()));
  }

  /** Counts every endpoint anew; takes back those that are out where no detector follows. */
  void handOver(boolean toAnother) {
    close();
    for (Endpoint endpoint : hosts.current().all()) {
      endpoint.ejection().consecutive5xx.set(0);
      if (endpoint.isEjected() && !toAnother) {
        takeBack(endpoint, time.nanoTime());
      }
    }
    hosts.refresh();
  }

  @Override
  public void close() {
    closed = true;
    timer.cancel();
  }
}
