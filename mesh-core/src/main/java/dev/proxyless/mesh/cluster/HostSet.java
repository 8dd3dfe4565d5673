package dev.proxyless.mesh.cluster;

import dev.proxyless.mesh.cluster.RoundRobin.Kind;
import dev.proxyless.mesh.cluster.RoundRobin.Ring;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntUnaryOperator;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of a cluster at one moment, and the rings among which picks choose by {@link
 * PriorityLoad}. Immutable but for whose turn it is.
 */
final class HostSet {

  private final List<Endpoint> all;
  private final Ring[] rings;

  /** Ring {@code i} takes the percentiles up to {@code upTo[i]}. */
  private final int[] upTo;

  private final boolean panic;
  private final double panicThreshold;

  /** What is left where retries leave priorities out; made when it is first asked for. */
  private final ConcurrentHashMap<Set<Integer>, HostSet> parts = new ConcurrentHashMap<>(0);

  private HostSet(List<Endpoint> all, List<Share> shares, boolean panic, double panicThreshold) {
    this.all = all;
    this.panic = panic;
    this.panicThreshold = panicThreshold;
    rings = shares.stream().map(Share::ring).toArray(Ring[]::new);
    upTo = new int[rings.length];
    int sum = 0;
    for (int i = 0; i < upTo.length; i++) {
      sum += shares.get(i).percent();
      upTo[i] = sum;
    }
  }

  private record Share(int percent, Ring ring) {}

  static HostSet of(List<Endpoint> endpoints, double panicThreshold, RoundRobin turns) {
    TreeMap<Integer, List<Endpoint>> priorities = new TreeMap<>();
    for (Endpoint endpoint : endpoints) {
      priorities.computeIfAbsent(endpoint.priority(), each -> new ArrayList<>()).add(endpoint);
    }
    PriorityLoad load =
        PriorityLoad.of(
            priorities.values().stream().map(HostSet::level).toArray(PriorityLoad.Level[]::new),
            panicThreshold);
    List<Share> shares = new ArrayList<>();
    boolean panic = share(priorities, Kind.HEALTHY, load::healthy, load, turns, shares);
    panic |= share(priorities, Kind.DEGRADED, load::degraded, load, turns, shares);
    return new HostSet(List.copyOf(endpoints), shares, panic, panicThreshold);
  }

  private static PriorityLoad.Level level(List<Endpoint> endpoints) {
    return new PriorityLoad.Level(
        endpoints.size(), Kind.HEALTHY.of(endpoints).length, Kind.DEGRADED.of(endpoints).length);
  }

  /** Adds the rings of one kind. Returns whether one of them is of a priority in panic. */
  private static boolean share(
      Map<Integer, List<Endpoint>> priorities,
      Kind kind,
      IntUnaryOperator percent,
      PriorityLoad load,
      RoundRobin turns,
      List<Share> shares) {
    boolean panic = false;
    int i = 0;
    for (Map.Entry<Integer, List<Endpoint>> each : priorities.entrySet()) {
      int share = percent.applyAsInt(i);
      if (share > 0) {
        panic |= load.isPanic(i);
        Kind chosen = load.isPanic(i) ? Kind.ALL : kind;
        shares.add(new Share(share, turns.ring(each.getKey(), chosen, chosen.of(each.getValue()))));
      }
      i++;
    }
    return panic;
  }

  /** The next endpoint in turn, or null where there is none to pick. */
  @Nullable Endpoint pick(LongSupplier random) {
    if (rings.length <= 1) {
      return rings.length == 0 ? null : rings[0].next();
    }
    long percentile = Long.remainderUnsigned(random.getAsLong(), 100) + 1;
    int chosen = 0;
    while (percentile > upTo[chosen]) {
      chosen++;
    }
    return rings[chosen].next();
  }

  /** Without the endpoints of some priorities, among which turns begin anew. */
  HostSet without(Set<Integer> priorities) {
    if (priorities.isEmpty()) {
      return this;
    }
    return parts.computeIfAbsent(
        Set.copyOf(priorities),
        leftOut ->
            of(
                all.stream().filter(each -> !leftOut.contains(each.priority())).toList(),
                panicThreshold,
                new RoundRobin(() -> 0)));
  }

  /** Whether any endpoint is healthy or degraded. */
  boolean isUsable() {
    return all.stream().anyMatch(each -> each.isHealthy() || each.isDegraded());
  }

  int size() {
    return all.size();
  }

  List<Endpoint> all() {
    return all;
  }

  /** Whether picks of any priority disregard health. */
  boolean isPanic() {
    return panic;
  }

  int ejectedCount() {
    int count = 0;
    for (Endpoint endpoint : all) {
      if (endpoint.isEjected()) {
        count++;
      }
    }
    return count;
  }
}
