package dev.proxyless.mesh.call;

import static dev.proxyless.mesh.call.CallBed.fail;
import static dev.proxyless.mesh.call.CallBed.respond;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.cluster.Safeguards;
import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.model.Locality;
import dev.proxyless.mesh.model.Metadata;
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
import java.util.Map;
import java.util.Optional;
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

  /** How many retries so many failing calls make. */
  private static long retriesOf(CallBed bed, int calls) {
    long retries = 0;
    for (int i = 0; i < calls; i++) {
      retries += bed.run(fail(Failure.REMOTE_RESET)).attempts().size() - 1;
    }
    return retries;
  }

  @Test
  void aShareOfTheLatestCallsMayBeRetries() {
    CallBed bed =
        CallBed.with()
            .withoutBlame()
            .retry("retry_on: reset, num_retries: 2, retry_back_off: {base_interval: 0.001s}")
            .safeguards(
                new Safeguards(Optional.of(new Safeguards.Throttle(20, 0)), Optional.empty()))
            .build();
    assertEquals(20, retriesOf(bed, 100));
    CallBed.Run denied = bed.run(fail(Failure.REMOTE_RESET));
    assertEquals("UO,UR", denied.flags());
    assertTrue(
        denied.local().info().explanation().endsWith("as retry_throttle in mesh.yaml allows"),
        denied.local().info().explanation());
    bed.time.advance(Duration.ofSeconds(11));
    assertEquals(2, retriesOf(bed, 10), "what is long ago does not count");
    bed.assertNothingIsHeld();
  }

  @Test
  void aFewRetriesEachSecondAreAllowedBesides() {
    CallBed bed =
        CallBed.with()
            .withoutBlame()
            .retry("retry_on: reset, num_retries: 2, retry_back_off: {base_interval: 0.001s}")
            .safeguards(
                new Safeguards(Optional.of(new Safeguards.Throttle(0, 3)), Optional.empty()))
            .build();
    assertEquals(30, retriesOf(bed, 100), "3 each second, of ten seconds");
  }

  private static final String RATE_LIMITED =
      "retry_on: 'retriable-status-codes', retriable_status_codes: [429],"
          + " rate_limited_retry_back_off: {reset_headers: [{name: retry-after}, {name:"
          + " x-ratelimit-reset, format: UNIX_TIMESTAMP}], max_interval: 10s}";

  /** The delay before the one retry after such a response. */
  private static Duration rateLimited(CallBed bed, String name, String value) {
    return bed.run(respond(429, name, value), respond(200)).delays().get(0);
  }

  @Test
  void aRateLimitedResponseSaysWhenToComeAgain() {
    CallBed bed = CallBed.with().retry(RATE_LIMITED).withoutBlame().build();
    Duration delay = rateLimited(bed, "retry-after", "2");
    assertTrue(
        delay.toMillis() >= 2_000 && delay.toMillis() < 3_000, "2 s and up to half: " + delay);
    String reset = Long.toString(bed.time.now().getEpochSecond() + 4);
    delay = rateLimited(bed, "x-ratelimit-reset", reset);
    assertTrue(delay.toMillis() >= 4_000 && delay.toMillis() < 6_000, "in 4 s: " + delay);
  }

  @Test
  void whatARateLimitedResponseSaysInVainLeavesTheOrdinaryBackOff() {
    CallBed bed = CallBed.with().retry(RATE_LIMITED).withoutBlame().build();
    for (String value : List.of("11", "0", "-1", "soon", "1.5", "99999999999999999999", "")) {
      assertTrue(rateLimited(bed, "retry-after", value).toMillis() < 25, value);
    }
    assertTrue(rateLimited(bed, "x-ratelimit-reset", "1").toMillis() < 25, "long ago");
  }

  @Test
  void theFirstResetHeaderThatCanBeReadCountsThoughItAsksForNoTime() {
    CallBed bed = CallBed.with().retry(RATE_LIMITED).withoutBlame().build();
    String reset = Long.toString(bed.time.now().getEpochSecond() + 4);
    Duration delay =
        bed.run(respond(429, "retry-after", "0", "x-ratelimit-reset", reset), respond(200))
            .delays()
            .get(0);
    assertTrue(delay.toMillis() < 25, "" + delay);
  }

  @Test
  void theRateLimitedBackOffIsForResponsesAlone() {
    CallBed bed =
        CallBed.with().retry(RATE_LIMITED.replace("retriable-status-codes'", "reset'")).build();
    CallBed.Run run = bed.run(fail(Failure.REMOTE_RESET), respond(200));
    assertTrue(run.delays().get(0).toMillis() < 25, "" + run.delays());
  }

  private static Metadata labels(String key, Object value) {
    return new Metadata(Map.of(Metadata.LB, Map.of(key, value)));
  }

  private static EndpointAssignment endpoints(
      Metadata first, int firstPriority, Metadata second, int secondPriority) {
    return new EndpointAssignment.Builder()
        .add(
            "10.0.0.1",
            80,
            "",
            EndpointAssignment.Health.UNKNOWN,
            firstPriority,
            Locality.UNKNOWN,
            first)
        .add(
            "10.0.0.2",
            80,
            "",
            EndpointAssignment.Health.UNKNOWN,
            secondPriority,
            Locality.UNKNOWN,
            second)
        .build();
  }

  private static final String EXTENSION = "type.googleapis.com/envoy.extensions.retry.";

  private static CallBed selecting(String predicates) {
    return CallBed.with()
        .withoutBlame()
        .action(
            "timeout: 0s\nretry_policy: {retry_on: 5xx, num_retries: 6, host_selection_retry_max_attempts: 9, "
                + predicates.replace("EXT/", EXTENSION)
                + "}")
        .build();
  }

  @Test
  void retriesLeaveOutCanariesAndLabelledEndpoints() {
    for (String predicate :
        List.of(
            "{name: a, typed_config: {'@type': EXT/host.omit_canary_hosts.v3.OmitCanaryHostsPredicate}}",
            "{name: a, typed_config: {'@type': EXT/host.omit_host_metadata.v3.OmitHostMetadataConfig,"
                + " metadata_match: {filter_metadata: {envoy.lb: {canary: true}}}}}")) {
      CallBed bed = selecting("retry_host_predicate: [" + predicate + "]");
      bed.upstream.update(endpoints(labels("canary", true), 0, labels("canary", false), 0));
      List<String> tried = bed.run(respond(503)).endpoints();
      assertEquals(
          List.of("10.0.0.2:80"), tried.subList(1, 7).stream().distinct().toList(), predicate);
    }
  }

  @Test
  void theFirstTryAvoidsNobody() {
    CallBed bed =
        selecting(
            "retry_host_predicate: [{name: a, typed_config: {'@type':"
                + " EXT/host.omit_canary_hosts.v3.OmitCanaryHostsPredicate}}]");
    bed.upstream.update(endpoints(labels("canary", true), 0, labels("canary", false), 0));
    HashSet<String> firsts = new HashSet<>();
    for (int i = 0; i < 4; i++) {
      firsts.add(bed.run(respond(200)).endpoints().get(0));
    }
    assertEquals(2, firsts.size());
  }

  @Test
  void retriesMoveToPrioritiesThatWereNotTried() {
    CallBed bed =
        selecting(
            "retry_priority: {name: p, typed_config: {'@type':"
                + " EXT/priority.previous_priorities.v3.PreviousPrioritiesConfig, update_frequency:"
                + " 2}}");
    bed.upstream.update(endpoints(Metadata.EMPTY, 0, Metadata.EMPTY, 1));
    String zero = "10.0.0.1:80";
    String one = "10.0.0.2:80";
    assertEquals(
        List.of(zero, zero, one, one, zero, zero, one),
        bed.run(respond(503)).endpoints(),
        "after two tries of all, all count again");
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
