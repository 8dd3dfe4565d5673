package dev.proxyless.mesh.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;

/**
 * The meters of a cluster. What can happen is registered before it does, so that "never" can be
 * told from "unknown".
 */
final class UpstreamMeters implements MeshMeters.ClusterMeters {

  private final MeterSet meters;
  private final String cluster;
  private final List<Meter> gauges = new ArrayList<>();
  private final Map<String, Counter> overflows = new ConcurrentHashMap<>();
  private final Map<String, Counter> denials = new ConcurrentHashMap<>();
  private final Map<String, Counter> enforced = new ConcurrentHashMap<>();
  private final Map<String, Counter> detected = new ConcurrentHashMap<>();

  UpstreamMeters(
      MeterSet meters,
      String cluster,
      IntSupplier active,
      IntSupplier endpoints,
      IntSupplier ejected) {
    this.meters = meters;
    this.cluster = cluster;
    gauges.add(meters.gauge(MeterName.ACTIVE, active::getAsInt, cluster));
    gauges.add(meters.gauge(MeterName.ENDPOINTS, endpoints::getAsInt, cluster, "known"));
    gauges.add(meters.gauge(MeterName.ENDPOINTS, ejected::getAsInt, cluster, "ejected"));
    List.of("requests", "retries").forEach(this::overflows);
    List.of("attempts", "overload").forEach(this::denials);
    ejections("consecutive_5xx", true);
    ejections("consecutive_5xx", false);
  }

  private Counter overflows(String resource) {
    return overflows.computeIfAbsent(
        resource, each -> meters.counter(MeterName.OVERFLOW, cluster, resource));
  }

  private Counter denials(String cause) {
    return denials.computeIfAbsent(
        cause, each -> meters.counter(MeterName.RETRY_DENIED, cluster, cause));
  }

  private Counter ejections(String type, boolean isEnforced) {
    return (isEnforced ? enforced : detected)
        .computeIfAbsent(
            type,
            each ->
                meters.counter(MeterName.EJECTIONS, cluster, type, Boolean.toString(isEnforced)));
  }

  @Override
  public void ejection(String type, boolean isEnforced) {
    ejections(type, isEnforced).increment();
  }

  @Override
  public void overflow(String resource) {
    overflows(resource).increment();
  }

  @Override
  public void retryDenied(String cause) {
    denials(cause).increment();
  }

  @Override
  public void close() {
    meters.remove(gauges);
    List.of(overflows, denials, enforced, detected).forEach(each -> meters.remove(each.values()));
  }
}
