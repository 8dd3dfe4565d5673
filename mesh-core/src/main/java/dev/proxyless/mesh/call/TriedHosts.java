package dev.proxyless.mesh.call;

import dev.proxyless.mesh.cluster.Endpoint;
import dev.proxyless.mesh.cluster.Upstream;
import dev.proxyless.mesh.model.Metadata;
import dev.proxyless.mesh.model.RetryPolicy.HostSelection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints that a call has tried, and how a policy leads its next try around them. Belongs to
 * the thread that makes the call. Source: Envoy's {@code RetryHostPredicate} and {@code
 * RetryPriority} extensions.
 */
final class TriedHosts {

  private final HostSelection selection;
  private final List<Endpoint> tried = new ArrayList<>();
  private final List<Integer> priorities = new ArrayList<>();
  private final Set<Integer> leftOut = new HashSet<>();

  TriedHosts(HostSelection selection, Endpoint first) {
    this.selection = selection;
    add(first);
  }

  private void add(Endpoint endpoint) {
    tried.add(endpoint);
    priorities.add(endpoint.priority());
  }

  /** The endpoint for the next try: around those that the policy avoids, if there are others. */
  @Nullable Endpoint pick(Upstream upstream) {
    Endpoint picked =
        upstream.pick(this::isAvoided, selection.maxAttempts(), prioritiesLeftOut(upstream));
    if (picked != null) {
      add(picked);
    }
    return picked;
  }

  private boolean isAvoided(Endpoint endpoint) {
    if (selection.previousHosts() && tried.contains(endpoint)) {
      return true;
    }
    Map<String, Object> labels =
        endpoint.metadata().filterMetadata().getOrDefault(Metadata.LB, Map.of());
    if (selection.omitCanary() && Boolean.TRUE.equals(labels.get("canary"))) {
      return true;
    }
    for (Metadata omitted : selection.omitted()) {
      Map<String, Object> unwanted = omitted.filterMetadata().getOrDefault(Metadata.LB, Map.of());
      if (!unwanted.isEmpty() && labels.entrySet().containsAll(unwanted.entrySet())) {
        return true;
      }
    }
    return false;
  }

  /**
   * When the priorities of all tries together leave nothing to pick, all count again. Source:
   * Envoy's {@code PreviousPrioritiesRetryPriority}.
   */
  private Set<Integer> prioritiesLeftOut(Upstream upstream) {
    if (selection.previousPriorities().isEmpty()) {
      return Set.of();
    }
    int frequency = selection.previousPriorities().getAsInt();
    if (!priorities.isEmpty() && priorities.size() % frequency == 0) {
      leftOut.addAll(priorities);
      if (!upstream.isUsableWithout(leftOut)) {
        leftOut.clear();
        priorities.clear();
      }
    }
    return leftOut;
  }
}
