package dev.proxyless.mesh.cluster;

import dev.proxyless.mesh.model.EndpointAssignment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The living endpoints of one cluster. Changed on the configuration thread alone; the current
 * {@link HostSet} is read by any thread, whole.
 */
final class Hosts {

  private Map<String, Endpoint> byName = new LinkedHashMap<>();
  private final RoundRobin turns;
  private double panicThreshold;
  private volatile HostSet current;

  Hosts(double panicThreshold, RoundRobin turns) {
    this.panicThreshold = panicThreshold;
    this.turns = turns;
    current = HostSet.of(List.of(), panicThreshold, turns);
  }

  HostSet current() {
    return current;
  }

  void panicThreshold(double threshold) {
    if (threshold != panicThreshold) {
      panicThreshold = threshold;
      refresh();
    }
  }

  /**
   * Takes over what discovery says. An address that stays keeps its endpoint; one that goes is
   * retired. Of an address that stands twice, the first counts.
   */
  void update(EndpointAssignment assignment) {
    Map<String, Endpoint> next = new LinkedHashMap<>();
    for (int i = 0; i < assignment.size(); i++) {
      Endpoint endpoint = endpoint(assignment.address(i), assignment.port(i));
      if (next.putIfAbsent(endpoint.name(), endpoint) == null) {
        endpoint.update(
            assignment.hostname(i),
            assignment.health(i),
            assignment.priority(i),
            assignment.locality(i),
            assignment.metadata(i));
      }
    }
    List<Endpoint> gone = new ArrayList<>();
    byName.forEach(
        (name, endpoint) -> {
          if (!next.containsKey(name)) {
            gone.add(endpoint);
          }
        });
    byName = next;
    refresh();
    gone.forEach(Endpoint::retire);
  }

  private Endpoint endpoint(String address, int port) {
    Endpoint fresh = new Endpoint(address, port);
    return byName.getOrDefault(fresh.name(), fresh);
  }

  boolean has(Endpoint endpoint) {
    return byName.get(endpoint.name()) == endpoint;
  }

  /** Publishes anew after the health or ejection of an endpoint has changed. */
  void refresh() {
    current = HostSet.of(List.copyOf(byName.values()), panicThreshold, turns);
  }

  void close() {
    byName.values().forEach(Endpoint::retire);
    byName = new LinkedHashMap<>();
    refresh();
  }
}
