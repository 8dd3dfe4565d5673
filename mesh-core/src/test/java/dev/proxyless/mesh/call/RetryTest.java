package dev.proxyless.mesh.call;

import static dev.proxyless.mesh.call.CallBed.fail;
import static dev.proxyless.mesh.call.CallBed.respond;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.model.RetryPolicy;
import dev.proxyless.mesh.model.RouteAction.Priority;
import dev.proxyless.mesh.route.RetryRules;
import dev.proxyless.mesh.telemetry.MeshTracing;
import dev.proxyless.mesh.testing.FakeRequest;
import dev.proxyless.mesh.testing.XdsYaml;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Retries: how many, where, when and what is left of them in the end: envoy-semantics 2.2-2.4. */
class RetryTest {

  private static final String PREVIOUS_HOSTS =
      ", retry_host_predicate: [{name: envoy.retry_host_predicates.previous_hosts}],"
          + " host_selection_retry_max_attempts: 5";

  @Test
  void aPolicyWithoutANumberRetriesOnce() {
    CallBed bed = CallBed.with().retry("retry_on: 5xx").build();
    CallBed.Run run = bed.run(respond(503));
    assertEquals(2, run.attempts().size());
    assertEquals(503, run.status());
    assertEquals("URX", run.flags());
    assertEquals(1, bed.countedTries("first", "server_error"));
    assertEquals(1, bed.countedTries("retry", "server_error"));
    assertEquals(1, bed.counted("failure", "URX"));
  }

  @Test
  void zeroRetriesAreNone() {
    CallBed.Run run =
        CallBed.with().retry("retry_on: 5xx, num_retries: 0").build().run(respond(503));
    assertEquals(1, run.attempts().size());
    assertEquals("URX", run.flags());
  }

  @Test
  void theLastResponseIsTheCallers() {
    CallBed bed = CallBed.with().retry("retry_on: 5xx, num_retries: 2").build();
    CallBed.Run run = bed.run(respond(503), respond(502), respond(500));
    assertEquals(500, run.status());
    assertTrue(run.reply().isEmpty());
    assertEquals(3, run.call().info().attempts());
    assertEquals("via_upstream", run.call().info().details());
    bed.assertNothingIsHeld();
  }

  @Test
  void aRetryThatSucceedsLeavesNoFlag() {
    CallBed bed = CallBed.with().retry("retry_on: 5xx, num_retries: 2").build();
    CallBed.Run run = bed.run(respond(503), fail(Failure.REMOTE_RESET), respond(200));
    assertEquals(200, run.status());
    assertEquals("-", run.flags());
    assertEquals(1, bed.counted("success", "-"));
    bed.assertNothingIsHeld();
  }

  @Test
  void theFlagsOfALastTryThatFailedSayThatRetriesRanOutFirst() {
    CallBed bed = CallBed.with().retry("retry_on: connect-failure, num_retries: 1").build();
    CallBed.Run run = bed.run(fail(Failure.REMOTE_CONNECTION_FAILURE));
    assertEquals("URX,UF", run.flags());
    assertEquals(
        "upstream connect error or disconnect/reset before headers. retried and the latest reset"
            + " reason: remote connection failure",
        run.local().body());
    assertTrue(
        run.local().info().explanation().endsWith(": as scripted; no retry is left after 1"),
        run.local().info().explanation());
  }

  @Test
  void previousHostsAreAvoided() {
    for (int i = 0; i < 20; i++) {
      CallBed bed =
          CallBed.with()
              .retry("retry_on: 5xx, num_retries: 2" + PREVIOUS_HOSTS)
              .withoutBlame()
              .build();
      CallBed.Run run = bed.run(respond(503));
      assertEquals(3, new HashSet<>(run.endpoints()).size(), run.endpoints().toString());
    }
  }

  @Test
  void withNobodyElseAPreviousHostIsTriedAgain() {
    CallBed bed = CallBed.with().retry("retry_on: 5xx" + PREVIOUS_HOSTS).endpoints(1).build();
    assertEquals(List.of("10.0.0.1:80", "10.0.0.1:80"), bed.run(respond(503)).endpoints());
  }

  @Test
  void theBackOffDoublesFrom25MillisecondsTo250WithFullJitter() {
    Backoff backoff = backoff(Duration.ofMillis(25), Duration.ofMillis(250));
    // 249 modulo the interval
    assertEquals(
        List.of(24L, 49L, 49L, 49L, 249L, 249L), delays(backoff, 249, 249, 249, 249, 249, 249));
    assertEquals(
        List.of(0L, 0L, 0L, 0L, 0L),
        delays(backoff(Duration.ofMillis(25), Duration.ofMillis(250)), 0, 50, 100, 200, 250));
    // 2^64 - 1 is 15 modulo 25
    assertEquals(List.of(15L), delays(backoff(Duration.ofMillis(25), Duration.ofMillis(250)), -1));
  }

  @Test
  void aBackOffIsAtLeastOfAMillisecondsInterval() {
    Backoff backoff = backoff(Duration.ofNanos(10), Duration.ofNanos(20));
    assertEquals(List.of(0L, 0L), delays(backoff, 7, 7));
  }

  @Test
  void aRoutesOwnBackOffActs() {
    CallBed bed =
        CallBed.with()
            .action(
                "timeout: 0s\nretry_policy: {retry_on: 5xx, num_retries: 50,"
                    + " retry_back_off: {base_interval: 1s, max_interval: 1s}}")
            .build();
    CallBed.Run run = bed.run(respond(503));
    assertEquals(50, run.delays().size());
    assertTrue(run.delays().stream().allMatch(delay -> delay.toMillis() < 1_000));
    assertTrue(run.delays().stream().anyMatch(delay -> delay.toMillis() > 250));
  }

  @Test
  void whenTheClusterHasNoRoomForARetryTheFirstResponseIsTheCallers() {
    CallBed bed = CallBed.with().retry("retry_on: 5xx, num_retries: 2").build();
    bed.fillRetries();
    CallBed.Run run = bed.run(respond(503));
    assertEquals(1, run.attempts().size());
    assertEquals(503, run.status());
    assertEquals("UO", run.flags());
    assertTrue(run.reply().isEmpty(), "the response is the endpoint's own");
    assertEquals(
        1, bed.meters.get("mesh.circuit.overflow").tag("resource", "retries").counter().count());
    assertEquals(
        1, bed.meters.get("mesh.client.retry.denied").tag("cause", "overload").counter().count());
    bed.upstream.releaseRetry(Priority.DEFAULT);
    bed.upstream.releaseRetry(Priority.DEFAULT);
    bed.assertNothingIsHeld();
  }

  @Test
  void whenTheClusterHasNoRoomForARetryAFailureSaysSo() {
    CallBed bed = CallBed.with().retry("retry_on: reset").build();
    bed.fillRetries();
    CallBed.Run run = bed.run(fail(Failure.CONNECTION_TERMINATION));
    assertEquals("UO,UC", run.flags());
    assertTrue(
        run.local()
            .info()
            .explanation()
            .contains("cluster c has as many retries in flight as its max_retries of 2 allows"),
        run.local().info().explanation());
  }

  @Test
  void aRetryHoldsItsPlaceWhileItWaitsAndNoLonger() {
    CallBed bed = CallBed.with().retry("retry_on: 5xx").build();
    MeshCall first = bed.forward();
    MeshCall second = bed.forward();
    CallBed.tell(first, CallBed.attempt(first.next()), respond(503));
    CallBed.tell(second, CallBed.attempt(second.next()), respond(503));
    assertEquals(false, bed.upstream.tryRetry(Priority.DEFAULT));
    Attempt retry = CallBed.attempt(first.next());
    assertTrue(bed.upstream.tryRetry(Priority.DEFAULT));
    bed.upstream.releaseRetry(Priority.DEFAULT);
    CallBed.tell(first, retry, respond(200));
    first.finished();
    second.cancelled();
    bed.assertNothingIsHeld();
  }

  @Test
  void aBodyThatCannotBeSentTwiceIsNotRetriedOnceAnyOfItWasSent() {
    CallBed bed = CallBed.with().retry("retry_on: '5xx,connect-failure', num_retries: 3").build();
    FakeRequest post = FakeRequest.of("POST", "http://h/");
    assertEquals(1, bed.run(post, false, CallContext.NONE, respond(503)).attempts().size());
    assertEquals(
        1, bed.run(post, false, CallContext.NONE, fail(Failure.REMOTE_RESET)).attempts().size());
    CallBed.Run run =
        bed.run(
            post,
            false,
            CallContext.NONE,
            fail(Failure.REMOTE_CONNECTION_FAILURE),
            fail(Failure.CONNECTION_TIMEOUT),
            respond(503));
    assertEquals(3, run.attempts().size(), "nothing is sent where no connection was made");
    assertEquals(503, run.status());
    bed.assertNothingIsHeld();
  }

  @Test
  void aPolicySetOnTheThreadStandsInForTheRoutes() {
    CallBed bed = CallBed.with().retry("retry_on: 5xx, num_retries: 5").build();
    CallContexts contexts = new CallContexts(MeshTracing.NONE);
    try (CallContexts.Scope scope = contexts.retrying(rules("{retry_on: retriable-4xx}"))) {
      assertNotNull(scope);
      CallContext context = contexts.capture();
      assertEquals(1, bed.run(CallBed.GET, true, context, respond(503)).attempts().size());
      assertEquals(2, bed.run(CallBed.GET, true, context, respond(409)).attempts().size());
    }
    assertEquals(6, bed.run(respond(503)).attempts().size());
  }

  private static RetryRules rules(String policy) {
    String yaml =
        "name: t\nvirtual_hosts: [{name: v, domains: ['*'], retry_policy: " + policy + "}]";
    return RetryRules.compile(
        XdsYaml.routes(yaml).virtualHosts().get(0).retryPolicy().orElseThrow(), "");
  }

  private static Backoff backoff(Duration base, Duration max) {
    RetryPolicy plain = RetryPolicy.NONE;
    return new Backoff(
        new RetryPolicy(
            plain.retryOn(),
            plain.numRetries(),
            plain.perTryTimeout(),
            plain.perTryIdleTimeout(),
            plain.retriableStatusCodes(),
            plain.retriableHeaders(),
            plain.retriableRequestHeaders(),
            new RetryPolicy.BackOff(base, max),
            plain.rateLimitedBackOff(),
            plain.hostSelection()));
  }

  private static List<Long> delays(Backoff backoff, long... randoms) {
    List<Long> delays = new ArrayList<>();
    LongStream.of(randoms).forEach(random -> delays.add(backoff.next(random).toMillis()));
    return delays;
  }
}
