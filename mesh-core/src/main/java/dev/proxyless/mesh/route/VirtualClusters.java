package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.HeaderMatcher;
import dev.proxyless.mesh.model.VirtualCluster;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The virtual clusters of a virtual host, compiled. Immutable. */
final class VirtualClusters {

  static final VirtualClusters NONE = new VirtualClusters(List.of());

  /** What Envoy calls requests that no virtual cluster takes. */
  private static final String OTHER = "other";

  private record Named(String name, List<HeaderCondition> conditions) {}

  private final List<Named> clusters;

  private VirtualClusters(List<Named> clusters) {
    this.clusters = clusters;
  }

  /** Compiles them; {@code at} is their virtual host. */
  static VirtualClusters compile(List<VirtualCluster> clusters, String at) {
    if (clusters.isEmpty()) {
      return NONE;
    }
    List<Named> compiled = new ArrayList<>();
    for (VirtualCluster cluster : clusters) {
      String path = at + ".virtual_clusters[" + compiled.size() + "]";
      List<HeaderCondition> conditions = new ArrayList<>();
      for (HeaderMatcher matcher : cluster.headers()) {
        conditions.add(
            HeaderCondition.compile(matcher, path + ".headers[" + conditions.size() + "]"));
      }
      compiled.add(new Named(cluster.name(), List.copyOf(conditions)));
    }
    return new VirtualClusters(List.copyOf(compiled));
  }

  /** The first that takes a request, {@code other} where none does, empty where there are none. */
  String name(RequestView request) {
    if (clusters.isEmpty()) {
      return "";
    }
    String taken = taken(request);
    return taken == null ? OTHER : taken;
  }

  /** The first that takes a request, or null: what {@code %VIRTUAL_CLUSTER_NAME%} tells. */
  @Nullable String taken(RequestView request) {
    for (int i = 0; i < clusters.size(); i++) {
      if (all(clusters.get(i).conditions, request)) {
        return clusters.get(i).name;
      }
    }
    return null;
  }

  private static boolean all(List<HeaderCondition> conditions, RequestView request) {
    for (HeaderCondition condition : conditions) {
      if (!condition.test(request)) {
        return false;
      }
    }
    return true;
  }
}
