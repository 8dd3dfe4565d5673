package dev.proxyless.mesh.call;

import static dev.proxyless.mesh.call.CallBed.fail;
import static dev.proxyless.mesh.call.CallBed.respond;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A try whose idle connection had died, where no retry policy has a say. */
class ResendTest {

  private final CallBed bed = CallBed.with().build();

  @Test
  void theRequestIsSentAgainToTheSameEndpointAtOnceAndNobodyIsBlamed() {
    CallBed.Run run = bed.run(fail(Failure.DEAD_CONNECTION), respond(200));
    assertEquals(200, run.status());
    assertEquals(1, run.endpoints().stream().distinct().count());
    assertEquals(List.of(Duration.ZERO), run.delays());
    assertEquals(List.of(), bed.blamed());
    bed.assertNothingIsHeld();
  }

  @Test
  void itIsSentAgainOnce() {
    CallBed.Run run = bed.run(fail(Failure.DEAD_CONNECTION));
    assertEquals(503, run.status());
    assertEquals("UC", run.flags());
    assertEquals(2, run.attempts().size());
    assertEquals(1, bed.blamed().size(), "the fresh connection was the endpoint's");
    bed.assertNothingIsHeld();
  }

  @Test
  void aBodyThatCannotBeSentAgainIsNot() {
    CallBed.Run run = bed.run(CallBed.GET, false, CallContext.NONE, fail(Failure.DEAD_CONNECTION));
    assertEquals(503, run.status());
    assertEquals(1, run.attempts().size());
  }

  @Test
  void aBodyThatTurnsOutTooLongIsNot() {
    MeshCall call = bed.forward();
    Attempt attempt = CallBed.attempt(call.next());
    call.tooLongToReplay();
    Verdict verdict = CallBed.tell(call, attempt, fail(Failure.DEAD_CONNECTION));
    assertInstanceOf(Verdict.GiveUp.class, verdict);
    bed.assertNothingIsHeld();
  }

  @Test
  void itTakesOneOfTheClustersRetriesUntilItBegins() {
    bed.fillRetries();
    CallBed.Run run = bed.run(fail(Failure.DEAD_CONNECTION), respond(200));
    assertEquals(503, run.status());
    assertEquals(1, run.attempts().size());
  }

  @Test
  void aCancellationGivesTheRetryBack() {
    MeshCall call = bed.forward();
    CallBed.tell(call, CallBed.attempt(call.next()), fail(Failure.DEAD_CONNECTION));
    call.cancelled();
    bed.assertNothingIsHeld();
  }

  @Test
  void aPolicysRetriesFollowIt() {
    CallBed policy = CallBed.with().retry("retry_on: retriable-4xx, num_retries: 1").build();
    CallBed.Run run = policy.run(fail(Failure.DEAD_CONNECTION), respond(409), respond(200));
    assertEquals(200, run.status());
    assertEquals(3, run.attempts().size());
    policy.assertNothingIsHeld();
  }
}
