package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.FilterConfig;
import dev.proxyless.mesh.model.RouteAction.ClusterWeight;
import dev.proxyless.mesh.telemetry.MeshMeters;
import dev.proxyless.mesh.telemetry.MeshMeters.CallMeters;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A cluster that a call is sent to, and what its entry of {@code weighted_clusters} says.
 * Immutable.
 */
public final class RouteTarget {
  private final String cluster;
  private final long weight;
  private final Supplier<CallMeters> meters;
  private final Function<String, CallMeters> metersOf;
  private final Map<String, Object> metadataMatch;

  /** What the entry changes in requests. */
  final HeaderMutator requests;

  /** What the entry changes in responses. */
  final HeaderMutator responses;

  /** The authority to send; empty where the entry has none. */
  final String authority;

  /** The entry's settings of filters, by name. */
  final Map<String, FilterConfig> filters;

  private RouteTarget(String cluster, Supplier<CallMeters> meters, RouteTarget entry) {
    this.cluster = cluster;
    this.meters = meters;
    weight = entry.weight;
    metersOf = entry.metersOf;
    requests = entry.requests;
    responses = entry.responses;
    authority = entry.authority;
    metadataMatch = entry.metadataMatch;
    filters = entry.filters;
  }

  private RouteTarget(
      ClusterWeight entry,
      Map<String, Object> metadataMatch,
      Function<String, CallMeters> metersOf,
      String at) {
    CallMeters found =
        entry.name().isEmpty() ? MeshMeters.NONE.calls("", "", "") : metersOf.apply(entry.name());
    cluster = entry.name();
    weight = entry.weight();
    meters = () -> found;
    this.metersOf = metersOf;
    requests = HeaderMutator.ofRequests(entry.requestHeaders(), at);
    responses = HeaderMutator.ofResponses(entry.responseHeaders(), at);
    authority = entry.hostRewriteLiteral().orElse("");
    this.metadataMatch = metadataMatch;
    filters = entry.typedPerFilterConfig();
  }

  static RouteTarget compile(
      ClusterWeight entry,
      Map<String, Object> metadataMatch,
      Function<String, CallMeters> metersOf,
      String at) {
    return new RouteTarget(entry, metadataMatch, metersOf, at);
  }

  /** The same entry, whose cluster a request named: it has meters only once it is called. */
  RouteTarget named(String name) {
    return name.isEmpty() ? this : new RouteTarget(name, () -> metersOf.apply(name), this);
  }

  long weight() {
    return weight;
  }

  /**
   * What endpoints must have, by {@code metadata_match}: keys and values of the namespace {@code
   * envoy.lb}, the entry's over the route's.
   */
  public Map<String, Object> metadataMatch() {
    return metadataMatch;
  }

  /** Its name; empty where a header was to name it and does not. */
  public String cluster() {
    return cluster;
  }

  /** The meters of calls that this route sends there. Only to be asked for known clusters. */
  public CallMeters meters() {
    return meters.get();
  }
}
