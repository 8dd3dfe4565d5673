package dev.proxyless.mesh.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.model.EndpointAssignment.Health;
import dev.proxyless.mesh.model.Locality;
import dev.proxyless.mesh.testing.XdsYaml;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BalancingTest {

  private final Upstreams upstreams = new Upstreams();

  @Test
  void endpointsTakeTurns() {
    Upstream upstream = upstreams.create("", 3);
    List<String> first = Upstreams.picks(upstream, 3);
    assertEquals(3, new HashSet<>(first).size());
    assertEquals(first, Upstreams.picks(upstream, 3));
    assertEquals(first, Upstreams.picks(upstream, 3));
  }

  @Test
  void turnsAreFairAmongThreads() {
    Upstream upstream = upstreams.create("", 4);
    Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
    Runnable picks =
        () -> {
          for (int i = 0; i < 10_000; i++) {
            Endpoint picked = upstream.pick();
            counts
                .computeIfAbsent(String.valueOf(picked), each -> new AtomicInteger())
                .incrementAndGet();
          }
        };
    Executor threads = task -> new Thread(task).start(); // the common pool may have one alone
    CompletableFuture.allOf(
            CompletableFuture.runAsync(picks, threads),
            CompletableFuture.runAsync(picks, threads),
            CompletableFuture.runAsync(picks, threads))
        .join();
    assertEquals(4, counts.size());
    counts.forEach((name, count) -> assertEquals(7_500, count.get(), name));
  }

  @Test
  void turnsGoOnAcrossAnUpdate() {
    Upstream upstream = upstreams.create("", 3);
    List<String> round = Upstreams.picks(upstream, 3);
    Upstreams.picks(upstream, 1);
    upstream.update(Upstreams.addresses(3));
    assertEquals(List.of(round.get(1)), Upstreams.picks(upstream, 1));
  }

  @Test
  void clientsDoNotAllBeginAtTheSameEndpoint() {
    Set<String> first = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      first.addAll(Upstreams.picks(upstreams.create("", 3), 1));
    }
    assertTrue(first.size() > 1, "all began at " + first);
  }

  @Test
  void aClusterWithoutEndpointsHasNoneToPick() {
    assertNull(upstreams.create("", 0).pick());
  }

  @ParameterizedTest
  @EnumSource(
      value = Health.class,
      names = {"UNHEALTHY", "DRAINING", "TIMEOUT"})
  void whatDiscoveryCallsUnfitTakesNoTraffic(Health health) {
    Upstream upstream = upstreams.create("", 0);
    upstream.update(
        new EndpointAssignment.Builder()
            .add("10.0.0.1", 80, "", Health.HEALTHY, 0, Locality.UNKNOWN)
            .add("10.0.0.2", 80, "", Health.UNKNOWN, 0, Locality.UNKNOWN)
            .add("10.0.0.3", 80, "", health, 0, Locality.UNKNOWN)
            .build());
    assertEquals(
        Set.of("10.0.0.1:80", "10.0.0.2:80"), new HashSet<>(Upstreams.picks(upstream, 10)));
    assertFalse(upstream.isPanic());
  }

  @Test
  void belowThePanicThresholdHealthIsDisregarded() {
    Upstream upstream = upstreams.create("", 0);
    upstream.update(healthy(1, 3));
    assertTrue(upstream.isPanic());
    assertEquals(3, new HashSet<>(Upstreams.picks(upstream, 3)).size());
    upstream.update(healthy(2, 4));
    assertFalse(upstream.isPanic(), "half are healthy, and the threshold is 50");
    assertEquals(2, new HashSet<>(Upstreams.picks(upstream, 4)).size());
  }

  @Test
  void aPanicThresholdOfZeroLeavesNobodyToPick() {
    Upstream upstream =
        upstreams.create("common_lb_config: {healthy_panic_threshold: {value: 0}}", 0);
    upstream.update(healthy(0, 3));
    assertNull(upstream.pick());
    assertFalse(upstream.isPanic());
    upstream.update(healthy(1, 100));
    assertEquals(Set.of("10.0.0.1:80"), new HashSet<>(Upstreams.picks(upstream, 10)));
  }

  @Test
  void aNewPanicThresholdActsOnTheEndpointsThereAre() {
    Upstream upstream = upstreams.create("", 0);
    upstream.update(healthy(1, 3));
    Upstream next =
        upstream.next(
            XdsYaml.cluster(
                Upstreams.cluster("common_lb_config: {healthy_panic_threshold: {value: 20}}")));
    assertFalse(next.isPanic());
    assertEquals(Set.of("10.0.0.1:80"), new HashSet<>(Upstreams.picks(next, 10)));
  }

  @Test
  void theFirstPriorityTakesAllWhileItIsHealthyEnough() {
    Upstream upstream = upstreams.create("", 0);
    upstream.update(priorities(8, 10, 10));
    assertEquals(1.0, shareOfPriority(upstream, 0), 0);
  }

  @Test
  void whatTheFirstPriorityCannotCarryGoesToTheNext() {
    Upstream upstream = upstreams.create("", 0);
    upstream.update(priorities(5, 10, 10));
    // 70 percent; five standard deviations of 20000 picks are 1.6 points
    assertEquals(0.70, shareOfPriority(upstream, 0), 0.017);
    assertFalse(upstream.isPanic());
    upstream.update(priorities(0, 10, 10));
    assertEquals(0.0, shareOfPriority(upstream, 0), 0);
  }

  @Test
  void degradedEndpointsTakeWhatHealthyOnesCannot() {
    Upstream upstream = upstreams.create("", 0);
    EndpointAssignment.Builder builder = new EndpointAssignment.Builder();
    for (int i = 1; i <= 10; i++) {
      Health health = i <= 5 ? Health.HEALTHY : Health.DEGRADED;
      builder.add("10.0.0." + i, 80, "", health, 0, Locality.UNKNOWN);
    }
    upstream.update(builder.build());
    Map<Health, Integer> counts = new TreeMap<>();
    for (int i = 0; i < 20_000; i++) {
      Endpoint picked = upstream.pick();
      counts.merge(picked == null ? Health.UNKNOWN : picked.health(), 1, Integer::sum);
    }
    assertEquals(0.70, counts.getOrDefault(Health.HEALTHY, 0) / 20_000.0, 0.017);
    assertEquals(20_000, counts.values().stream().mapToInt(Integer::intValue).sum());
  }

  @Test
  void aRejectedEndpointIsPickedAroundAsOftenAsAllowedAndThenUsedAllTheSame() {
    Upstream upstream = upstreams.create("", 2);
    Endpoint first = upstream.pick();
    Upstreams.picks(upstream, 1);
    Endpoint second = upstream.pick(endpoint -> endpoint == first, 1, Set.of());
    assertNotEquals(String.valueOf(first), String.valueOf(second));
    Endpoint only = upstream.pick(endpoint -> true, 5, Set.of());
    assertTrue(only != null, "the last picked is used");
    AtomicInteger asked = new AtomicInteger();
    upstream.pick(endpoint -> asked.incrementAndGet() > 0, 5, Set.of());
    assertEquals(5, asked.get());
  }

  private static double shareOfPriority(Upstream upstream, int priority) {
    int count = 0;
    for (int i = 0; i < 20_000; i++) {
      Endpoint picked = upstream.pick();
      count += picked != null && picked.priority() == priority ? 1 : 0;
    }
    return count / 20_000.0;
  }

  private static EndpointAssignment healthy(int healthy, int all) {
    EndpointAssignment.Builder builder = new EndpointAssignment.Builder();
    for (int i = 1; i <= all; i++) {
      Health health = i <= healthy ? Health.HEALTHY : Health.UNHEALTHY;
      builder.add("10.0.0." + i, 80, "", health, 0, Locality.UNKNOWN);
    }
    return builder.build();
  }

  /** Two priorities, the second all healthy. */
  private static EndpointAssignment priorities(int healthy, int first, int second) {
    EndpointAssignment.Builder builder = new EndpointAssignment.Builder();
    for (int i = 1; i <= first; i++) {
      Health health = i <= healthy ? Health.HEALTHY : Health.UNHEALTHY;
      builder.add("10.0.0." + i, 80, "", health, 0, Locality.UNKNOWN);
    }
    for (int i = 1; i <= second; i++) {
      builder.add("10.0.1." + i, 80, "", Health.HEALTHY, 1, Locality.UNKNOWN);
    }
    return builder.build();
  }
}
