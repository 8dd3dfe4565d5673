package dev.proxyless.mesh.call;

import static dev.proxyless.mesh.call.CallBed.fail;
import static dev.proxyless.mesh.call.CallBed.respond;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A call that its caller gives up blames nobody and keeps nothing, whenever that happens. */
class CancellationTest {

  private static final List<Failure> FAILURES = List.of(Failure.values());

  private final CallBed bed = CallBed.with().retry("retry_on: 5xx, num_retries: 3").build();

  @Test
  void beforeTheFirstTry() {
    MeshCall call = bed.forward();
    call.cancelled();
    assertAbandoned(call);
    assertEquals(1, bed.counted("cancelled", "DC"));
  }

  @Test
  void duringATry() {
    MeshCall call = bed.forward();
    Attempt attempt = CallBed.attempt(call.next());
    call.cancelled();
    assertEquals(1, bed.countedTries("first", "cancelled"));
    assertTrue(CallBed.tell(call, attempt, fail(Failure.LOCAL_RESET)) instanceof Verdict.GiveUp);
    assertAbandoned(call);
  }

  @Test
  void duringTheBackOff() {
    MeshCall call = bed.forward();
    CallBed.tell(call, CallBed.attempt(call.next()), respond(503));
    List<String> blamed = bed.blamed();
    call.cancelled();
    assertEquals(blamed, bed.blamed());
    assertEquals(1, bed.countedTries("first", "server_error"));
    bed.assertNothingIsHeld();
    assertEquals("DC", call.info().flags().toString());
    assertTrue(call.next() instanceof Step.Reply);
    bed.assertNothingIsHeld();
  }

  @Test
  void duringTheBody() {
    MeshCall call = bed.forward();
    CallBed.tell(call, CallBed.attempt(call.next()), respond(200));
    call.cancelled();
    assertEquals(1, bed.counted("cancelled", "DC"));
    assertEquals(1, bed.countedTries("first", "success"), "the try had answered");
    assertAbandoned(call);
  }

  @Test
  void afterTheEndItDoesNothing() {
    MeshCall call = bed.forward();
    CallBed.tell(call, CallBed.attempt(call.next()), respond(200));
    call.finished();
    call.cancelled();
    call.bodyFailed(Failure.REMOTE_RESET);
    call.finished();
    assertEquals("-", call.info().flags().toString());
    assertEquals(1, bed.counted("success", "-"));
    assertEquals(0, bed.counted("cancelled", "DC"));
    assertEquals(List.of(), bed.blamed());
    bed.assertNothingIsHeld();
  }

  @Test
  void afterALocalReplyItDoesNothing() {
    CallBed.Run run = bed.run(fail(Failure.REMOTE_RESET));
    run.call().cancelled();
    assertEquals("URX,UR", run.call().info().flags().toString());
    bed.assertNothingIsHeld();
  }

  /** A transport that goes on after the cancellation learns that there is nothing more to do. */
  private void assertAbandoned(MeshCall call) {
    assertEquals(List.of(), bed.blamed());
    bed.assertNothingIsHeld();
    LocalReply reply = ((Step.Reply) call.next()).reply();
    assertEquals(499, reply.status());
    assertEquals("downstream_remote_disconnect", reply.info().details());
    assertEquals("DC", reply.info().flags().toString());
    bed.assertNothingIsHeld();
  }

  @Test
  void whateverHappensInWhateverOrderEverythingIsGivenBack() {
    long seed = new java.util.Random().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    try {
      for (int round = 0; round < 2_000; round++) {
        randomCall(random);
        bed.assertNothingIsHeld();
        bed.time.advance(Duration.ofHours(1));
      }
    } catch (AssertionError wrong) {
      throw new AssertionError("seed " + seed, wrong);
    }
  }

  private void randomCall(SplittableRandom random) {
    MeshCall call = bed.forward();
    for (int step = 0; step < 20; step++) {
      if (random.nextInt(10) == 0) {
        call.cancelled();
      }
      Step next = call.next();
      if (next instanceof Step.Reply) {
        return;
      }
      if (random.nextInt(10) == 0) {
        call.cancelled();
      }
      CallBed.Outcome outcome =
          random.nextBoolean()
              ? respond(random.nextInt(200, 600))
              : fail(FAILURES.get(random.nextInt(FAILURES.size())));
      Verdict verdict = CallBed.tell(call, CallBed.attempt(next), outcome);
      if (verdict instanceof Verdict.GiveUp) {
        return;
      }
      if (verdict instanceof Verdict.Accept) {
        switch (random.nextInt(3)) {
          case 0 -> call.finished();
          case 1 -> call.cancelled();
          default -> call.bodyFailed(Failure.REMOTE_RESET);
        }
        return;
      }
      bed.time.advance(((Verdict.Retry) verdict).delay());
    }
    call.cancelled();
  }

  /** Its two threads meet 40000 times; the bound is for one that hangs, not for a busy machine. */
  @Test
  @Timeout(300)
  void anotherThreadMayCancelAtAnyMoment() throws Exception {
    CallBed free =
        CallBed.with()
            .withoutBlame()
            .action("timeout: 0s\nretry_policy: {retry_on: 5xx, num_retries: 5}")
            .build();
    int rounds = 20_000;
    CyclicBarrier barrier = new CyclicBarrier(2);
    MeshCall[] shared = new MeshCall[1];
    Thread canceller =
        new Thread(
            () -> {
              try {
                for (int i = 0; i < rounds; i++) {
                  barrier.await(30, TimeUnit.SECONDS);
                  shared[0].cancelled();
                  barrier.await(30, TimeUnit.SECONDS);
                }
              } catch (Exception broken) {
                throw new IllegalStateException(broken);
              }
            });
    canceller.start();
    for (int i = 0; i < rounds; i++) {
      MeshCall call = free.forward();
      shared[0] = call;
      barrier.await(30, TimeUnit.SECONDS);
      boolean going = true;
      while (going) {
        Step step = call.next();
        going =
            step instanceof Step.Try
                && CallBed.tell(call, CallBed.attempt(step), respond(503)) instanceof Verdict.Retry;
      }
      barrier.await(30, TimeUnit.SECONDS);
      free.assertNothingIsHeld();
    }
    canceller.join(30_000);
    assertEquals(false, canceller.isAlive());
  }
}
