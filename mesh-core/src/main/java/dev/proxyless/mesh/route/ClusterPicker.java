package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.Metadata;
import dev.proxyless.mesh.model.RouteAction.ClusterSpecifier;
import dev.proxyless.mesh.model.RouteAction.ClusterWeight;
import dev.proxyless.mesh.model.RouteAction.Forward;
import dev.proxyless.mesh.telemetry.MeshMeters.CallMeters;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Chooses a route's cluster. Source: Envoy's {@code WeightedClusterSpecifierPlugin}: the first
 * entry whose cumulative weight exceeds {@code number % total}. The number is that of a header
 * named by {@code header_name}, where it has exactly one value which is an unsigned 64-bit number;
 * else the route's hash with {@code use_hash_policy}, where there is one; else the request's random
 * number. Immutable.
 */
final class ClusterPicker {

  static final ClusterPicker NONE = new ClusterPicker(List.of(), null, null);

  /**
   * An entry.
   *
   * @param header names the cluster, a part of the request line too; null where the entry does
   */
  private record Choice(RouteTarget target, @Nullable HeaderName header) {}

  private final Choice[] choices;
  private final long[] cumulativeWeights;
  private final @Nullable String numberHeader;
  private final @Nullable HashPolicies hashPolicies;

  private ClusterPicker(
      List<Choice> choices, @Nullable String numberHeader, @Nullable HashPolicies hashPolicies) {
    this.choices = choices.toArray(Choice[]::new);
    this.numberHeader = numberHeader;
    this.hashPolicies = hashPolicies;
    cumulativeWeights = new long[this.choices.length];
    long sum = 0;
    for (int i = 0; i < this.choices.length; i++) {
      sum += this.choices[i].target.weight();
      cumulativeWeights[i] = sum;
    }
  }

  /** Compiles the choice; {@code at} is the action that holds it. */
  static ClusterPicker compile(
      Forward forward, HashPolicies hashPolicies, Function<String, CallMeters> meters, String at) {
    List<Choice> choices = new ArrayList<>();
    if (forward.cluster() instanceof ClusterSpecifier.Weighted weighted) {
      for (ClusterWeight entry : weighted.clusters()) {
        String path = at + ".weighted_clusters.clusters[" + choices.size() + "]";
        choices.add(choice(entry, forward, meters, path));
      }
      return new ClusterPicker(
          choices,
          weighted.randomHeader().orElse(null),
          weighted.useHashPolicy() ? hashPolicies : null);
    }
    if (forward.cluster() instanceof ClusterSpecifier.Named named) {
      choices.add(choice(ClusterWeight.of(named.cluster(), 1), forward, meters, at));
    } else if (forward.cluster() instanceof ClusterSpecifier.FromHeader header) {
      ClusterWeight plain = ClusterWeight.of("", 1);
      choices.add(
          choice(
              new ClusterWeight(
                  "",
                  header.header(),
                  1,
                  plain.metadataMatch(),
                  plain.requestHeaders(),
                  plain.responseHeaders(),
                  plain.hostRewriteLiteral(),
                  plain.typedPerFilterConfig()),
              forward,
              meters,
              at));
    }
    return new ClusterPicker(choices, null, null);
  }

  private static Choice choice(
      ClusterWeight entry, Forward forward, Function<String, CallMeters> meters, String at) {
    return new Choice(
        RouteTarget.compile(
            entry, lbMetadata(forward.metadataMatch(), entry.metadataMatch()), meters, at),
        entry.name().isEmpty() ? HeaderName.of(entry.clusterHeader()) : null);
  }

  /** What endpoints must have, of a route and of its entry, whose values win. */
  private static Map<String, Object> lbMetadata(Metadata route, Metadata entry) {
    Map<String, Object> ofRoute = route.filterMetadata().getOrDefault(Metadata.LB, Map.of());
    Map<String, Object> ofEntry = entry.filterMetadata().getOrDefault(Metadata.LB, Map.of());
    if (ofEntry.isEmpty()) {
      return ofRoute;
    }
    Map<String, Object> merged = new HashMap<>(ofRoute);
    merged.putAll(ofEntry);
    return Collections.unmodifiableMap(merged);
  }

  RouteTarget pick(RequestHead head, StreamInfo info) {
    Choice choice = choices.length == 1 ? choices[0] : choices[index(head, info)];
    if (choice.header == null) {
      return choice.target;
    }
    String cluster = choice.header.first(head, info);
    return choice.target.named(cluster == null ? "" : cluster);
  }

  private int index(RequestHead head, StreamInfo info) {
    long number = number(head, info);
    long selected = Long.remainderUnsigned(number, cumulativeWeights[choices.length - 1]);
    int chosen = 0;
    while (selected >= cumulativeWeights[chosen]) {
      chosen++;
    }
    return chosen;
  }

  private long number(RequestHead head, StreamInfo info) {
    if (numberHeader != null) {
      OptionalLong told = single(head, numberHeader);
      if (told.isPresent()) {
        return told.getAsLong();
      }
    }
    if (hashPolicies != null) {
      OptionalLong hash = hashPolicies.hash(head, info);
      if (hash.isPresent()) {
        return hash.getAsLong();
      }
    }
    return info.random();
  }

  private static OptionalLong single(RequestHead head, String header) {
    String value = null;
    for (int i = 0; i < head.headerCount(); i++) {
      if (head.headerName(i).equalsIgnoreCase(header)) {
        if (value != null) {
          return OptionalLong.empty();
        }
        value = head.headerValue(i);
      }
    }
    try {
      return value == null
          ? OptionalLong.empty()
          : OptionalLong.of(Long.parseUnsignedLong(value.strip()));
    } catch (NumberFormatException notANumber) {
      return OptionalLong.empty();
    }
  }

  /** The entries that name their cluster. */
  List<RouteTarget> targets() {
    List<RouteTarget> targets = new ArrayList<>();
    for (Choice choice : choices) {
      if (choice.header == null) {
        targets.add(choice.target);
      }
    }
    return List.copyOf(targets);
  }
}
