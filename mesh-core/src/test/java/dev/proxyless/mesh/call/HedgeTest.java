package dev.proxyless.mesh.call;

import static dev.proxyless.mesh.call.CallBed.attempt;
import static dev.proxyless.mesh.call.CallBed.fail;
import static dev.proxyless.mesh.call.CallBed.respond;
import static dev.proxyless.mesh.call.CallBed.tell;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.cluster.Safeguards;
import dev.proxyless.mesh.telemetry.AttemptInfo;
import dev.proxyless.mesh.telemetry.CallListener;
import dev.proxyless.mesh.testing.FakeRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tries beside tries that take long: envoy-semantics 2.6, and backup requests. */
class HedgeTest {

  private static final String POLICY =
      "retry_policy: {retry_on: 5xx, num_retries: 2, per_try_timeout: 1s}\n"
          + "hedge_policy: {hedge_on_per_try_timeout: true}";

  private final CallBed bed = CallBed.with().action(POLICY).build();

  @Test
  void aTryThatTakesLongGoesOnBesideTheNext() {
    MeshCall call = bed.forward();
    assertTrue(call.mayHedge());
    Attempt first = attempt(call.next());
    assertEquals(Duration.ofSeconds(1), first.hedgeAfter());
    assertEquals(Duration.ZERO, first.perTryTimeout(), "it is not cut");
    assertInstanceOf(Verdict.Retry.class, call.tookLong(first));
    Attempt second = attempt(call.next());
    assertEquals(2, bed.upstream.endpoints().stream().mapToInt(each -> each.active()).sum());
    assertInstanceOf(Verdict.Accept.class, tell(call, first, respond(200)));
    assertEquals(first.endpoint().name(), call.info().endpoint(), "the one that answered");
    assertEquals(2, call.info().attempts());
    call.finished();
    assertEquals(1, bed.countedTries("retry", "cancelled"));
    assertEquals(1, bed.countedTries("first", "success"));
    assertNotEquals(first, second);
    bed.assertNothingIsHeld();
  }

  @Test
  void theEndpointOfASlowTryIsBlamedOnceAsForATimeout() {
    MeshCall call = bed.forward();
    Attempt first = attempt(call.next());
    call.tookLong(first);
    assertEquals(List.of(first.endpoint().name()), bed.blamed());
    attempt(call.next());
    tell(call, first, fail(Failure.REMOTE_RESET));
    assertEquals(List.of(first.endpoint().name()), bed.blamed());
    call.cancelled();
    bed.assertNothingIsHeld();
  }

  @Test
  void aCallThatServesARetryIsNotHedged() {
    ServedRetries served = new ServedRetries(true);
    MeshCall call =
        bed.forward(
            CallBed.GET, true, CallContext.serving(CallContext.NO_DEADLINE, List.of(), served));
    assertInstanceOf(Verdict.Wait.class, call.tookLong(attempt(call.next())));
    assertTrue(served.isSpent());
    call.cancelled();
    bed.assertNothingIsHeld();
  }

  @Test
  void eachTryIsToldOfOnce() {
    List<Integer> ended = new ArrayList<>();
    List<Integer> slow = new ArrayList<>();
    CallListener listener =
        new CallListener() {
          @Override
          public void attempt(AttemptInfo attempt) {
            ended.add(attempt.number());
          }

          @Override
          public void slow(AttemptInfo attempt) {
            slow.add(attempt.number());
          }
        };
    MeshCall call = bed.forward(CallBed.GET, true, CallContext.NONE.toldTo(listener));
    Attempt first = attempt(call.next());
    call.tookLong(first);
    Attempt second = attempt(call.next());
    tell(call, second, respond(200));
    call.finished();
    assertEquals(List.of(1), slow);
    assertEquals(List.of(1, 2), ended);
  }

  @Test
  void whatRetryOnSaysDoesNotMatterForASlowTry() {
    CallBed conditions =
        CallBed.with()
            .action(
                "retry_policy: {retry_on: connect-failure, per_try_timeout: 1s}\n"
                    + "hedge_policy: {hedge_on_per_try_timeout: true}")
            .build();
    MeshCall call = conditions.forward();
    assertInstanceOf(Verdict.Retry.class, call.tookLong(attempt(call.next())));
    call.cancelled();
    conditions.assertNothingIsHeld();
  }

  @Test
  void aBadAnswerIsDroppedWhileAnotherTryIsInFlight() {
    MeshCall call = bed.forward();
    Attempt first = attempt(call.next());
    call.tookLong(first);
    Attempt second = attempt(call.next());
    assertInstanceOf(
        Verdict.Wait.class, tell(call, first, respond(503)), "a slow one is not retried again");
    assertInstanceOf(Verdict.Retry.class, tell(call, second, respond(503)), "one retry is left");
    Attempt third = attempt(call.next());
    assertInstanceOf(Verdict.Accept.class, tell(call, third, respond(503)));
    call.finished();
    assertEquals("URX", call.info().flags().toString());
    bed.assertNothingIsHeld();
  }

  @Test
  void theLastTryInFlightEndsTheCall() {
    CallBed once =
        CallBed.with()
            .action(
                "retry_policy: {retry_on: 5xx, num_retries: 1, per_try_timeout: 1s}\n"
                    + "hedge_policy: {hedge_on_per_try_timeout: true}")
            .build();
    MeshCall call = once.forward();
    Attempt first = attempt(call.next());
    call.tookLong(first);
    Attempt second = attempt(call.next());
    assertInstanceOf(Verdict.Wait.class, call.tookLong(second), "no retry is left");
    assertInstanceOf(Verdict.Wait.class, tell(call, second, fail(Failure.REMOTE_RESET)));
    Verdict.GiveUp end =
        assertInstanceOf(
            Verdict.GiveUp.class, tell(call, first, fail(Failure.CONNECTION_TERMINATION)));
    assertEquals(503, end.reply().status());
    once.assertNothingIsHeld();
  }

  @Test
  void cancellingEndsAllTries() {
    MeshCall call = bed.forward();
    Attempt first = attempt(call.next());
    call.tookLong(first);
    attempt(call.next());
    call.cancelled();
    assertEquals(1, bed.countedTries("first", "cancelled"));
    assertEquals(1, bed.countedTries("retry", "cancelled"));
    assertEquals(Duration.ZERO, bed.time.elapsed());
    bed.assertNothingIsHeld();
  }

  @Test
  void theCallsOwnTimeEndsAllTries() {
    MeshCall call = bed.forward();
    Attempt first = attempt(call.next());
    call.tookLong(first);
    Attempt second = attempt(call.next());
    Verdict.GiveUp end =
        assertInstanceOf(Verdict.GiveUp.class, tell(call, second, fail(Failure.CALL_TIMEOUT)));
    assertEquals(504, end.reply().status());
    bed.assertNothingIsHeld();
  }

  @Test
  void withoutARetryPolicyNothingIsMadeBeside() {
    CallBed none = CallBed.with().action("hedge_policy: {hedge_on_per_try_timeout: true}").build();
    MeshCall call = none.forward();
    assertFalse(call.mayHedge());
    call.cancelled();
    assertFalse(bed.forward(CallBed.GET, false, CallContext.NONE).mayHedge(), "not replayable");
  }

  private static final String HEADER = "x-envoy-hedge-on-per-try-timeout";

  @Test
  void aRequestCanAskForItAndRefuseIt() {
    assertFalse(
        bed.forward(CallBed.GET.header(HEADER, "false"), true, CallContext.NONE).mayHedge());
    CallBed plain = CallBed.with().retry("retry_on: 5xx, per_try_timeout: 1s").build();
    assertTrue(
        plain.forward(CallBed.GET.header(HEADER, "true"), true, CallContext.NONE).mayHedge());
  }

  private static CallBed backups(double percent) {
    return CallBed.with()
        .safeguards(
            new Safeguards(Optional.empty(), Optional.of(new Safeguards.Backups(90, percent))))
        .build();
  }

  /** Calls that take 10 ms each, so that the cluster's latency is known. */
  private static void learn(CallBed learning) {
    for (int i = 0; i < 100; i++) {
      MeshCall call = learning.forward();
      Attempt attempt = attempt(call.next());
      learning.time.advance(Duration.ofMillis(10));
      tell(call, attempt, respond(200));
      call.finished();
    }
    learning.time.advance(Duration.ofSeconds(10));
    learning.forward().cancelled(); // counts in the next window
  }

  @Test
  void aBackupRequestIsMadeAfterWhatMostCallsTake() {
    CallBed learned = backups(100);
    assertFalse(learned.forward().mayHedge(), "nothing is known yet");
    learn(learned);
    MeshCall call = learned.forward();
    assertTrue(call.mayHedge());
    Attempt first = attempt(call.next());
    long after = first.hedgeAfter().toMillis();
    assertTrue(after >= 10 && after < 12, "after " + first.hedgeAfter());
    assertEquals(new Verdict.Retry(Duration.ZERO), call.tookLong(first));
    Attempt second = attempt(call.next());
    assertNotEquals(first.endpoint(), second.endpoint());
    assertEquals(List.of(), learned.blamed(), "being slower than most is no fault");
    assertInstanceOf(Verdict.Wait.class, call.tookLong(second), "one is enough");
    assertInstanceOf(Verdict.Accept.class, tell(call, second, respond(200)));
    call.finished();
  }

  @Test
  void backupRequestsHaveABudget() {
    CallBed learned = backups(4);
    learn(learned);
    int made = 0;
    for (int i = 0; i < 50; i++) {
      MeshCall call = learned.forward();
      if (call.tookLong(attempt(call.next())) instanceof Verdict.Retry) {
        made++;
      }
      call.cancelled();
    }
    assertTrue(made >= 1 && made <= 2, made + " of 50 calls");
  }

  @Test
  void onlyWhatIsSafeIsSentTwice() {
    CallBed learned = backups(5);
    learn(learned);
    FakeRequest post = FakeRequest.of("POST", "http://serviceb:8000/orders");
    assertFalse(learned.forward(post, true, CallContext.NONE).mayHedge());
  }
}
