package dev.proxyless.mesh.call;

import static dev.proxyless.mesh.call.CallBed.fail;
import static dev.proxyless.mesh.call.CallBed.header;
import static dev.proxyless.mesh.call.CallBed.respond;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.testing.FakeRequest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What bounds a call and its tries: envoy-semantics 1.10 and 2.5. */
class TimeoutTest {

  private static final String EXPECTED = "x-envoy-expected-rq-timeout-ms";

  /** Columns: the route's action; the bounds of the first try in ms, 0 for none. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "'';                                                            15000;  0",
        "timeout: 3s;                                                   3000;   0",
        "timeout: 0s;                                                   0;      0",
        "max_stream_duration: {};                                       0;      0",
        "'{timeout: 3s, max_stream_duration: {max_stream_duration: 2s}}';  2000;  0",
        "'{timeout: 3s, max_stream_duration: {max_stream_duration: 0s}}';  0;     0",
        "'{timeout: 3s, retry_policy: {per_try_timeout: 1s}}';          3000;   1000",
        "'{timeout: 3s, retry_policy: {per_try_timeout: 3s}}';          3000;   0",
        "'{timeout: 3s, retry_policy: {per_try_timeout: 4s}}';          3000;   0",
        "'{timeout: 0s, retry_policy: {per_try_timeout: 4s}}';          0;      4000",
        "'{retry_policy: {per_try_timeout: 15s}}';                      15000;  0",
        "'{retry_policy: {per_try_timeout: 14.999s}}';                  15000;  14999",
        "'{timeout: 9000000000s}';                                    0;      0",
        "'{timeout: 0s, retry_policy: {per_try_timeout: 9000000000s}}'; 0;    0"
      })
  void theBoundsOfATry(String action, long timeLeft, long perTry) {
    Attempt attempt = CallBed.attempt(bed(action).forward().next());
    assertEquals(timeLeft, attempt.timeLeft().toMillis());
    assertEquals(perTry, attempt.perTryTimeout().toMillis());
  }

  /** Columns: the route's action, and what the endpoint is told. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "'';                                                   15000",
        "timeout: 3s;                                          3000",
        "timeout: 0s;                                          -",
        "timeout: 0.0001s;                                     1",
        "'{timeout: 3s, retry_policy: {per_try_timeout: 1s}}'; 1000",
        "'{timeout: 0s, retry_policy: {per_try_timeout: 1s}}'; 1000"
      })
  void theEndpointIsToldHowLongItMayTake(String action, String expected) {
    Attempt attempt = CallBed.attempt(bed(action).forward().next());
    assertEquals(expected, header(attempt.headerEdits(), EXPECTED));
  }

  @Test
  void aRetryIsToldTheTimeThatIsLeftWhereThatIsLess() {
    CallBed bed =
        bed("{timeout: 1s, retry_policy: {retry_on: 5xx, num_retries: 2, per_try_timeout: 0.6s}}");
    CallBed.Run run =
        bed.run(
            respond(503).after(Duration.ofMillis(500)),
            fail(Failure.PER_TRY_TIMEOUT).after(Duration.ofMillis(100)),
            respond(200));
    assertEquals("600", header(run.attempts().get(0).headerEdits(), EXPECTED));
    long second = 500 - run.delays().get(0).toMillis();
    assertEquals(Long.toString(second), header(run.attempts().get(1).headerEdits(), EXPECTED));
    assertEquals(second, run.attempts().get(1).timeLeft().toMillis());
  }

  @Test
  void aCallThatTakesLongerThanItsRouteAllows() {
    CallBed bed = bed("timeout: 3s");
    CallBed.Run run = bed.run(fail(Failure.CALL_TIMEOUT).after(Duration.ofSeconds(3)));
    assertEquals(504, run.status());
    assertEquals("UT", run.flags());
    assertEquals("response_timeout", run.local().info().details());
    assertEquals("upstream request timeout", run.local().body());
    assertEquals(
        "the route's timeout of 3000 ms was over after 1 try", run.local().info().explanation());
    assertEquals(run.endpoints(), bed.blamed());
    bed.assertNothingIsHeld();
  }

  @Test
  void theDefaultTimeoutIsToldAsSuch() {
    CallBed.Run run = bed("").run(fail(Failure.CALL_TIMEOUT).after(Duration.ofSeconds(15)));
    assertEquals(
        "the default timeout of 15000 ms, since the route sets none, was over after 1 try",
        run.local().info().explanation());
  }

  @Test
  void theTimeOfACallCoversAllTriesAndTheirBackOff() {
    CallBed bed =
        bed(
            "{timeout: 1s, retry_policy: {retry_on: 5xx, num_retries: 100, retry_back_off:"
                + " {base_interval: 0.1s, max_interval: 0.1s}}}");
    CallBed.Run run = bed.run(respond(503).after(Duration.ofMillis(200)));
    assertEquals(504, run.status());
    assertEquals("UT", run.flags());
    assertEquals(Duration.ofSeconds(1), bed.time.elapsed(), "not a millisecond more");
    assertTrue(run.attempts().size() >= 4, run.attempts().size() + " tries");
    assertTrue(
        run.local().info().explanation().endsWith("after " + run.attempts().size() + " tries"));
    bed.assertNothingIsHeld();
  }

  @Test
  void aBackOffThatWouldOutlastTheCallEndsWithIt() {
    CallBed bed =
        bed(
            "{timeout: 1s, retry_policy: {retry_on: 5xx, retry_back_off:"
                + " {base_interval: 1000s, max_interval: 1000s}}}");
    CallBed.Run run = bed.run(respond(503).after(Duration.ofMillis(100)));
    assertEquals(List.of(Duration.ofMillis(900)), run.delays());
    assertEquals(504, run.status());
    assertEquals(Duration.ofSeconds(1), bed.time.elapsed());
  }

  @Test
  void aTryThatTakesTooLongIsNotRetriedByConditionsOfOtherEnds() {
    CallBed bed =
        bed(
            "{timeout: 3s, retry_policy: {retry_on: 'connect-failure,retriable-status-codes',"
                + " retriable_status_codes: [504], per_try_timeout: 1s}}");
    CallBed.Run run = bed.run(fail(Failure.PER_TRY_TIMEOUT).after(Duration.ofSeconds(1)));
    assertEquals(504, run.status());
    assertEquals("UT", run.flags());
    assertEquals("upstream_per_try_timeout", run.local().info().details());
    assertEquals("upstream request timeout", run.local().body());
    assertEquals(
        "try 1 at " + run.endpoints().get(0) + " took longer than the per_try_timeout of 1000 ms",
        run.local().info().explanation());
    assertEquals(run.endpoints(), bed.blamed());
  }

  @Test
  void aTryThatTakesTooLongIsRetriedByReset() {
    CallBed bed = bed("{timeout: 3s, retry_policy: {retry_on: reset, per_try_timeout: 1s}}");
    CallBed.Run run = bed.run(fail(Failure.PER_TRY_TIMEOUT), respond(200));
    assertEquals(200, run.status());
    assertEquals(1, bed.countedTries("first", "timeout"));
  }

  @Test
  void maxStreamDurationHasWordsOfItsOwn() {
    CallBed bed = bed("max_stream_duration: {max_stream_duration: 2s}");
    CallBed.Run run = bed.run(fail(Failure.CALL_TIMEOUT).after(Duration.ofSeconds(2)));
    assertEquals(504, run.status());
    assertEquals("-", run.flags(), "as in Envoy, whose connection manager ends the stream");
    assertTrue(run.local().isFailure());
    assertEquals("max_duration_timeout", run.local().info().details());
    assertEquals("downstream duration timeout", run.local().body());
    assertTrue(run.local().info().explanation().startsWith("the max_stream_duration of 2000 ms"));
  }

  private static final FakeRequest STREAM_OF_70_MS =
      FakeRequest.get("http://serviceb:8000/").header("x-envoy-upstream-stream-duration-ms", "70");

  @Test
  void aHeaderBoundsTheStreamOfEachTry() {
    CallBed bed = bed("timeout: 15s\nretry_policy: {retry_on: reset, num_retries: 1}");
    CallBed.Run run =
        bed.run(
            STREAM_OF_70_MS,
            true,
            CallContext.NONE,
            fail(Failure.STREAM_DURATION).after(Duration.ofMillis(70)));
    assertEquals(2, run.attempts().size());
    for (Attempt attempt : run.attempts()) {
      assertEquals(Duration.ofMillis(70), attempt.timeLeft());
      assertEquals(Failure.STREAM_DURATION, attempt.timeLeftFailure());
    }
    assertEquals(504, run.status());
    assertEquals("URX,UMSDR", run.flags());
    assertEquals("upstream_max_stream_duration_reached", run.local().info().details());
    assertEquals("upstream max stream duration reached", run.local().body());
    assertTrue(
        run.local()
            .info()
            .explanation()
            .contains("longer than the 70 ms that the request's header"),
        run.local().info().explanation());
  }

  @Test
  void aClusterBoundsTheStreamOfEachTryUnlessAHeaderDoes() {
    CallBed bed =
        CallBed.with().cluster("common_http_protocol_options: {max_stream_duration: 0.3s}").build();
    CallBed.Run run = bed.run(fail(Failure.STREAM_DURATION).after(Duration.ofMillis(300)));
    assertEquals(Duration.ofMillis(300), run.attempts().get(0).timeLeft());
    assertEquals(504, run.status());
    assertEquals("UMSDR", run.flags());
    assertEquals(
        run.attempts().get(0) + " took longer than the 300 ms of its cluster's max_stream_duration",
        run.local().info().explanation());
    Attempt told = CallBed.attempt(bed.forward(STREAM_OF_70_MS, true, CallContext.NONE).next());
    assertEquals(Duration.ofMillis(70), told.timeLeft());
  }

  @Test
  void whatIsLeftOfTheCallBoundsItsLastTry() {
    CallBed bed = bed("timeout: 0.05s");
    Attempt attempt = CallBed.attempt(bed.forward(STREAM_OF_70_MS, true, CallContext.NONE).next());
    assertEquals(Duration.ofMillis(50), attempt.timeLeft());
    assertEquals(Failure.CALL_TIMEOUT, attempt.timeLeftFailure());
  }

  @Test
  void anInboundDeadlineBoundsTheCallAndBlamesNoEndpoint() {
    CallBed bed = bed("timeout: 3s");
    CallContext context = deadline(bed, 1_000);
    CallBed.Run run =
        bed.run(
            CallBed.GET, true, context, fail(Failure.CALL_TIMEOUT).after(Duration.ofSeconds(1)));
    assertEquals(1_000, run.attempts().get(0).timeLeft().toMillis());
    assertEquals("1000", header(run.attempts().get(0).headerEdits(), EXPECTED));
    assertEquals(504, run.status());
    assertEquals("UT", run.flags());
    assertEquals("response_timeout", run.local().info().details());
    assertEquals(
        "the deadline of the request that this process is serving was over after 1 try",
        run.local().info().explanation());
    assertEquals(List.of(), bed.blamed());
    bed.assertNothingIsHeld();
  }

  @Test
  void aLaterInboundDeadlineDoesNotLengthenTheCall() {
    CallBed bed = bed("timeout: 3s");
    MeshCall call = bed.forward(CallBed.GET, true, deadline(bed, 10_000));
    assertEquals(3_000, CallBed.attempt(call.next()).timeLeft().toMillis());
  }

  @Test
  void anInboundDeadlineBoundsARouteWithoutTimeout() {
    CallBed bed = bed("timeout: 0s");
    MeshCall call = bed.forward(CallBed.GET, true, deadline(bed, 10_000));
    assertEquals(10_000, CallBed.attempt(call.next()).timeLeft().toMillis());
  }

  @Test
  void aCallThatComesTooLateIsNotSent() {
    CallBed bed = bed("timeout: 3s");
    CallContext context = deadline(bed, 1_000);
    bed.time.advance(Duration.ofSeconds(1));
    CallBed.Run run = bed.run(CallBed.GET, true, context, respond(200));
    assertEquals(List.of(), run.endpoints());
    assertEquals(504, run.status());
    assertEquals("UT", run.flags());
    assertTrue(run.local().info().explanation().endsWith("was over after 0 tries"));
    bed.assertNothingIsHeld();
  }

  @Test
  void theTimeRunningOutInTheBodyBlamesNobody() {
    CallBed bed = bed("timeout: 3s");
    MeshCall call = bed.forward();
    Attempt attempt = CallBed.attempt(call.next());
    CallBed.tell(call, attempt, respond(200));
    call.bodyFailed(Failure.CALL_TIMEOUT);
    assertEquals(List.of(), bed.blamed());
    assertEquals("UT", call.info().flags().toString());
    assertEquals(1, bed.counted("failure", "UT"));
    bed.assertNothingIsHeld();
  }

  @Test
  void aBodyThatBreaksOffBlamesTheEndpoint() {
    CallBed bed = bed("timeout: 3s");
    MeshCall call = bed.forward();
    Attempt attempt = CallBed.attempt(call.next());
    CallBed.tell(call, attempt, respond(200));
    call.bodyFailed(Failure.CONNECTION_TERMINATION);
    assertEquals(List.of(attempt.endpoint().name()), bed.blamed());
    assertEquals("UC", call.info().flags().toString());
    bed.assertNothingIsHeld();
  }

  private static CallBed bed(String action) {
    String yaml = action.startsWith("{") ? block(action) : action;
    return CallBed.with().action(yaml).build();
  }

  /** A flow mapping's fields, one a line, so that they can stand beside others. */
  private static String block(String flow) {
    StringBuilder lines = new StringBuilder();
    int depth = 0;
    for (char c : flow.substring(1, flow.length() - 1).toCharArray()) {
      depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
      boolean separator = c == ',' && depth == 0;
      if (separator || !(c == ' ' && lines.toString().endsWith("\n"))) {
        lines.append(separator ? '\n' : c);
      }
    }
    return lines.toString();
  }

  private static Attempt firstOf(CallBed bed) {
    return CallBed.attempt(bed.forward().next());
  }

  @Test
  void idlingIsBoundedByTheRouteElseTheConnectionManagerElseFiveMinutes() {
    assertEquals(Duration.ofMinutes(5), firstOf(CallBed.with().build()).idleTimeout());
    CallBed.Builder manager = CallBed.with().streamIdleTimeout(Duration.ofSeconds(9));
    assertEquals(Duration.ofSeconds(9), firstOf(manager.build()).idleTimeout());
    assertEquals(
        Duration.ofSeconds(7), firstOf(manager.action("idle_timeout: 7s").build()).idleTimeout());
    assertEquals(Duration.ZERO, firstOf(manager.action("idle_timeout: 0s").build()).idleTimeout());
  }

  @Test
  void aCallThatIdlesIsNotRetried() {
    CallBed bed =
        CallBed.with()
            .action("idle_timeout: 7s\nretry_policy: {retry_on: '5xx,reset', num_retries: 3}")
            .build();
    CallBed.Run run = bed.run(fail(Failure.STREAM_IDLE_TIMEOUT));
    assertEquals(504, run.status());
    assertEquals("stream timeout", run.local().body());
    assertEquals("SI", run.flags());
    assertEquals("stream_idle_timeout", run.local().info().details());
    assertTrue(
        run.local().info().explanation().endsWith("for the idle_timeout of 7000 ms"),
        run.local().info().explanation());
    assertEquals(1, run.attempts().size());
    bed.assertNothingIsHeld();
  }

  @Test
  void aTryThatIdlesIsRetriedAsOneThatTakesTooLong() {
    CallBed bed =
        CallBed.with().retry("retry_on: reset, num_retries: 1, per_try_idle_timeout: 2s").build();
    assertEquals(Duration.ofSeconds(2), firstOf(bed).idleTimeout());
    CallBed.Run run = bed.run(fail(Failure.PER_TRY_IDLE_TIMEOUT));
    assertEquals(2, run.attempts().size());
    assertEquals("URX,UT", run.flags());
    assertEquals("upstream_per_try_idle_timeout", run.local().info().details());
    assertTrue(
        run.local().info().explanation().contains("for the per_try_idle_timeout of 2000 ms"),
        run.local().info().explanation());
  }

  private static CallContext deadline(CallBed bed, long millis) {
    return CallContext.serving(bed.time.nanoTime() + millis * 1_000_000, List.of());
  }
}
