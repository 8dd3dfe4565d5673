package dev.proxyless.mesh.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.model.RouteAction.Priority;
import dev.proxyless.mesh.telemetry.MeshListener;
import dev.proxyless.mesh.telemetry.MeshTracing;
import dev.proxyless.mesh.telemetry.MicrometerMeters;
import dev.proxyless.mesh.telemetry.Telemetry;
import dev.proxyless.mesh.testing.VirtualTime;
import dev.proxyless.mesh.testing.XdsYaml;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

/** Envoy's circuit breakers: envoy-semantics 3.12. */
class LimitsTest {

  private final Upstreams upstreams = new Upstreams();

  @Test
  void asManyRequestsAsAllowedAreInFlight() {
    Upstream upstream = upstreams.create(thresholds("max_requests: 2"), 1);
    assertTrue(upstream.tryRequest(Priority.DEFAULT));
    assertTrue(upstream.tryRequest(Priority.DEFAULT));
    assertFalse(upstream.tryRequest(Priority.DEFAULT));
    upstream.releaseRequest(Priority.DEFAULT);
    assertTrue(upstream.tryRequest(Priority.DEFAULT));
  }

  @Test
  void asManyRetriesAsAllowedWait() {
    Upstream upstream = upstreams.create(thresholds("max_retries: 1"), 1);
    assertTrue(upstream.tryRetry(Priority.DEFAULT));
    assertFalse(upstream.tryRetry(Priority.DEFAULT));
    upstream.releaseRetry(Priority.DEFAULT);
    assertTrue(upstream.tryRetry(Priority.DEFAULT));
  }

  @Test
  void aRetryBudgetIsAShareOfTheRequestsInFlightAndStandsInForMaxRetries() {
    Upstream upstream =
        upstreams.create(
            thresholds(
                "max_retries: 0, retry_budget: {budget_percent: {value: 20}, min_retry_concurrency:"
                    + " 2}"),
            1);
    assertEquals(2, retries(upstream, 10));
    assertEquals(100, requests(upstream, 100));
    assertEquals(18, retries(upstream, 100), "20 in all");
    upstream.releaseRetry(Priority.DEFAULT);
    assertEquals(1, retries(upstream, 5));
  }

  @Test
  void anInterruptedThreadFindsRoomWhereThereIsSome() {
    Upstream upstream = upstreams.create(thresholds("max_requests: 1, max_retries: 1"), 1);
    Thread.currentThread().interrupt();
    assertTrue(upstream.tryRequest(Priority.DEFAULT));
    assertTrue(upstream.tryRetry(Priority.DEFAULT));
    assertTrue(Thread.interrupted(), "and stays interrupted");
  }

  @Test
  void theDefaultsAre1024RequestsAnd3Retries() {
    Upstream upstream = upstreams.create("", 1);
    assertEquals(1024, requests(upstream, 2_000));
    assertEquals(3, retries(upstream, 10));
  }

  @Test
  void aLimitOfZeroLetsNothingThrough() {
    Upstream upstream = upstreams.create(thresholds("max_requests: 0, max_retries: 0"), 1);
    assertEquals(0, requests(upstream, 5));
    assertEquals(0, retries(upstream, 5));
  }

  @Test
  void theLargestNumberIsNoLimit() {
    Upstream upstream =
        upstreams.create(thresholds("max_requests: 4294967295, max_retries: 2147483647"), 1);
    assertEquals(100_000, requests(upstream, 100_000));
    assertEquals(100_000, retries(upstream, 100_000));
  }

  @Test
  void onlyAPrioritysFirstThresholdsCount() {
    Upstream upstream =
        upstreams.create(
            "circuit_breakers: {thresholds: [{priority: HIGH, max_requests: 1},"
                + " {max_requests: 2}, {max_requests: 3}]}",
            1);
    assertEquals(2, requests(upstream, 5));
  }

  @Test
  void eachPriorityHasLimitsOfItsOwn() {
    Upstream upstream =
        upstreams.create(
            "circuit_breakers: {thresholds: [{priority: HIGH, max_requests: 1, max_retries: 0},"
                + " {max_requests: 2}]}",
            1);
    assertEquals(2, requests(upstream, 5));
    assertTrue(upstream.tryRequest(Priority.HIGH));
    assertFalse(upstream.tryRequest(Priority.HIGH));
    assertFalse(upstream.tryRetry(Priority.HIGH));
    assertTrue(upstream.tryRetry(Priority.DEFAULT));
    upstream.releaseRequest(Priority.HIGH);
    assertTrue(upstream.tryRequest(Priority.HIGH));
    assertFalse(upstream.tryRequest(Priority.DEFAULT));
  }

  @Test
  void limitsThatStayKeepTheirCountAcrossVersions() {
    Upstream upstream = upstreams.create(thresholds("max_requests: 2"), 1);
    assertTrue(upstream.tryRequest(Priority.DEFAULT));
    Upstream next =
        upstream.next(
            XdsYaml.cluster(
                Upstreams.cluster(thresholds("max_requests: 2") + "\nconnect_timeout: 1s")));
    assertEquals(1, requests(next, 5));
  }

  @Test
  void aCallGivesItsPlaceBackWhereItTookIt() {
    Upstream upstream = upstreams.create(thresholds("max_requests: 1"), 1);
    assertTrue(upstream.tryRequest(Priority.DEFAULT));
    Upstream next =
        upstream.next(XdsYaml.cluster(Upstreams.cluster(thresholds("max_requests: 2"))));
    upstream.releaseRequest(Priority.DEFAULT);
    assertEquals(2, requests(next, 5), "a place that another version gave is not its own");
  }

  @Test
  void theGaugeOfTriesInFlightReturnsToZero() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    VirtualTime time = new VirtualTime(Upstreams.SEED);
    Telemetry telemetry =
        new Telemetry(new MicrometerMeters(registry), MeshTracing.NONE, MeshListener.NONE);
    Upstream upstream =
        Upstream.create(
            XdsYaml.cluster(Upstreams.cluster(thresholds("max_requests: 1"))),
            time,
            time.serial("config"),
            telemetry);
    upstream.update(Upstreams.addresses(3));
    assertTrue(upstream.tryRequest(Priority.DEFAULT));
    assertFalse(upstream.tryRequest(Priority.DEFAULT));
    assertEquals(1, registry.get("mesh.client.active").gauge().value());
    upstream.releaseRequest(Priority.DEFAULT);
    assertEquals(0, registry.get("mesh.client.active").gauge().value());
    assertEquals(3, registry.get("mesh.lb.endpoints").tag("state", "known").gauge().value());
    upstream.close();
    assertTrue(registry.getMeters().isEmpty());
  }

  private static String thresholds(String limits) {
    return "circuit_breakers: {thresholds: [{" + limits + "}]}";
  }

  private static int requests(Upstream upstream, int asked) {
    int given = 0;
    for (int i = 0; i < asked; i++) {
      given += upstream.tryRequest(Priority.DEFAULT) ? 1 : 0;
    }
    return given;
  }

  private static int retries(Upstream upstream, int asked) {
    int given = 0;
    for (int i = 0; i < asked; i++) {
      given += upstream.tryRetry(Priority.DEFAULT) ? 1 : 0;
    }
    return given;
  }
}
