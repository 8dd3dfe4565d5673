package dev.proxyless.mesh.call;

import static dev.proxyless.mesh.call.CallBed.fail;
import static dev.proxyless.mesh.call.CallBed.header;
import static dev.proxyless.mesh.call.CallBed.respond;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.proxyless.mesh.model.HttpConnectionManager.Router;
import dev.proxyless.mesh.route.HeaderEdit;
import dev.proxyless.mesh.testing.FakeRequest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The request headers that steer Envoy's router: envoy-semantics 1.10 and 1.11. */
class EnvoyHeadersTest {

  private static final String EXPECTED = "x-envoy-expected-rq-timeout-ms";

  private static FakeRequest with(String... headers) {
    FakeRequest request = CallBed.GET;
    for (int i = 0; i < headers.length; i += 2) {
      request = request.header(headers[i], headers[i + 1]);
    }
    return request;
  }

  private static Attempt first(CallBed bed, FakeRequest request) {
    return CallBed.attempt(bed.forward(request, true, CallContext.NONE).next());
  }

  private static boolean isRemoved(Attempt attempt, String name) {
    return attempt.headerEdits().contains(HeaderEdit.remove(name));
  }

  @ParameterizedTest(name = "{0} ms of the request and {1} of the route: {2}")
  @CsvSource({
    "700, timeout: 3s, 700",
    "0, timeout: 3s, -",
    "soon, timeout: 3s, 3000",
    "+700, timeout: 3s, 700",
    "-0, timeout: 3s, 3000",
    "9223372036854775808, timeout: 3s, 3000",
    "700, max_stream_duration: {}, 700"
  })
  void aRequestCanSayHowLongItMayTake(String header, String action, String expected) {
    Attempt attempt =
        first(
            CallBed.with().action(action).build(), with("x-envoy-upstream-rq-timeout-ms", header));
    assertEquals(expected, header(attempt.headerEdits(), EXPECTED));
    assertEquals(true, isRemoved(attempt, "x-envoy-upstream-rq-timeout-ms"));
  }

  @Test
  void aPerTryTimeoutOfTheRequestReplacesThePolicys() {
    CallBed bed = CallBed.with().retry("retry_on: 5xx, per_try_timeout: 2s").build();
    Attempt attempt = first(bed, with("x-envoy-upstream-rq-per-try-timeout-ms", "300"));
    assertEquals(Duration.ofMillis(300), attempt.perTryTimeout());
    assertEquals("300", header(attempt.headerEdits(), EXPECTED));
    assertEquals(true, isRemoved(attempt, "x-envoy-upstream-rq-per-try-timeout-ms"));
  }

  @Test
  void aPerTryTimeoutThatTheWholeCallsWouldCutIsIgnored() {
    CallBed bed = CallBed.with().action("timeout: 1s").build();
    Attempt attempt = first(bed, with("x-envoy-upstream-rq-per-try-timeout-ms", "1000"));
    assertEquals(Duration.ZERO, attempt.perTryTimeout());
    assertEquals("1000", header(attempt.headerEdits(), EXPECTED));
  }

  @Test
  void theExpectedTimeoutOfTheHopBeforeCountsWhereTheRouterRespectsIt() {
    FakeRequest request = with(EXPECTED, "250", "x-envoy-upstream-rq-timeout-ms", "700");
    assertEquals(
        "250",
        header(
            first(CallBed.with().router(new Router(false, true, List.of())).build(), request)
                .headerEdits(),
            EXPECTED));
    assertEquals("700", header(first(CallBed.with().build(), request).headerEdits(), EXPECTED));
  }

  @Test
  void aTimeoutThatIsNotReadIsSentOn() {
    String own = "x-envoy-upstream-rq-timeout-ms";
    CallBed respecting = CallBed.with().router(new Router(false, true, List.of())).build();
    assertEquals(false, isRemoved(first(respecting, with(EXPECTED, "250", own, "700")), own));
    assertEquals(true, isRemoved(first(respecting, with(own, "700")), own));
    assertEquals(
        true, isRemoved(first(CallBed.with().build(), with(EXPECTED, "250", own, "700")), own));
  }

  @ParameterizedTest(name = "{0}, grpc-timeout {1}: sent {2}, expected {3}")
  @CsvSource(
      delimiter = '|',
      value = {
        "max_grpc_timeout: 10s                           | 4S     | 4000m   | 4000",
        "max_grpc_timeout: 10s                           | 1H     | 10000m  | 10000",
        "max_grpc_timeout: 0s                            | 1H     | 3600000m | 3600000",
        "max_grpc_timeout: 10s                           |        | 10000m  | 10000",
        "{max_grpc_timeout: 10s, grpc_timeout_offset: 1s} | 4S    | 3000m   | 3000",
        "{max_grpc_timeout: 10s, grpc_timeout_offset: 5s} | 4S    | 4000m   | 4000",
        "max_stream_duration: {grpc_timeout_header_max: 2s} | 4S  | 2000m   | -",
        "max_stream_duration: {grpc_timeout_header_max: 0s} | 4S  | 4000m   | -",
        "max_stream_duration: {grpc_timeout_header_max: 0s, grpc_timeout_header_offset: 1s} | 4S |"
            + " 3000m | -",
        "timeout: 3s                                     | 4S     | -       | 3000",
      })
  void grpcsOwnTimeout(String action, String header, String sent, String expected) {
    FakeRequest request = with("content-type", "application/grpc");
    if (header != null) {
      request = request.header("grpc-timeout", header);
    }
    String yaml =
        action.startsWith("{")
            ? action.substring(1, action.length() - 1).replace(", ", "\n")
            : action;
    Attempt attempt = first(CallBed.with().action(yaml).build(), request);
    assertEquals(sent, header(attempt.headerEdits(), "grpc-timeout"));
    assertEquals(expected, header(attempt.headerEdits(), EXPECTED));
  }

  @Test
  void aTimeoutIsA204WhereTheRequestAsksForIt() {
    CallBed bed = CallBed.with().action("timeout: 1s").build();
    CallBed.Run run =
        bed.run(
            with("x-envoy-upstream-rq-timeout-alt-response", "any"),
            true,
            CallContext.NONE,
            fail(Failure.CALL_TIMEOUT).after(Duration.ofSeconds(1)));
    assertEquals(204, run.status());
    assertEquals("", run.local().body());
    assertEquals("UT", run.flags());
  }

  @Test
  void whetherATimeoutIsA204IsReadAfterTheRoutesMutations() {
    String name = "x-envoy-upstream-rq-timeout-alt-response";
    CallBed adds = CallBed.with().virtualHost(adding(name, "1")).build();
    assertEquals(204, timedOut(adds, CallBed.GET));
    assertEquals(true, isRemoved(first(adds, CallBed.GET), name));
    CallBed removes =
        CallBed.with().virtualHost("request_headers_to_remove: [" + name + "]").build();
    assertEquals(504, timedOut(removes, with(name, "1")));
  }

  private static int timedOut(CallBed bed, FakeRequest request) {
    return bed.run(
            request,
            true,
            CallContext.NONE,
            fail(Failure.CALL_TIMEOUT).after(Duration.ofSeconds(15)))
        .status();
  }

  private static String adding(String name, String value) {
    return "request_headers_to_add: [{header: {key: " + name + ", value: '" + value + "'}}]";
  }

  @Test
  void howLongATryMayStreamIsReadAfterTheRoutesMutations() {
    String name = "x-envoy-upstream-stream-duration-ms";
    Attempt bounded = first(CallBed.with().virtualHost(adding(name, "70")).build(), CallBed.GET);
    assertEquals(Failure.STREAM_DURATION, bounded.timeLeftFailure());
    assertEquals(true, isRemoved(bounded, name));
    CallBed removes =
        CallBed.with().virtualHost("request_headers_to_remove: [" + name + "]").build();
    assertEquals(Failure.CALL_TIMEOUT, first(removes, with(name, "70")).timeLeftFailure());
  }

  @Test
  void whichRequestsAreRetriedIsDecidedByWhatTheRouteMakesOfThem() {
    String policy = "retry_on: 5xx, retriable_request_headers: [{name: NAME, present_match: true}]";
    CallBed added =
        CallBed.with().retry(policy.replace("NAME", "x-r")).virtualHost(adding("x-r", "1")).build();
    assertEquals(2, added.run(respond(503)).attempts().size());
    CallBed told = CallBed.with().retry(policy.replace("NAME", EXPECTED)).build();
    assertEquals(2, told.run(respond(503)).attempts().size());
    String read = "x-envoy-upstream-rq-timeout-ms";
    CallBed taken = CallBed.with().retry(policy.replace("NAME", read)).build();
    assertEquals(
        1, taken.run(with(read, "700"), true, CallContext.NONE, respond(503)).attempts().size());
  }

  @Test
  void grpcsTimeoutCountsForAnyRequestWhereTheRouteHasAMaximum() {
    CallBed bed =
        CallBed.with().action("max_stream_duration: {grpc_timeout_header_max: 2s}").build();
    Attempt attempt = first(bed, with("grpc-timeout", "700m"));
    assertEquals(Duration.ofMillis(700), attempt.timeLeft());
    assertEquals("-", header(attempt.headerEdits(), "grpc-timeout"));
  }

  @Test
  void aRequestCanAskForRetriesThatItsRouteDoesNotName() {
    CallBed bed = CallBed.with().withoutBlame().build();
    CallBed.Run run =
        bed.run(
            with("x-envoy-retry-on", "5xx", "x-envoy-max-retries", "2"),
            true,
            CallContext.NONE,
            respond(503));
    assertEquals(3, run.attempts().size());
    Attempt first = run.attempts().get(0);
    assertEquals(true, isRemoved(first, "x-envoy-retry-on"));
    assertEquals(true, isRemoved(first, "x-envoy-max-retries"));
  }

  @Test
  void theNumberOfRetriesAloneAsksForNone() {
    CallBed bed = CallBed.with().build();
    CallBed.Run run =
        bed.run(with("x-envoy-max-retries", "2"), true, CallContext.NONE, respond(503));
    assertEquals(1, run.attempts().size());
  }

  @ParameterizedTest(name = "{0}: {1}, {2}: {3}")
  @CsvSource({
    "x-envoy-retry-on, retriable-status-codes, x-envoy-retriable-status-codes, '409, 404', 2",
    "x-envoy-retry-on, retriable-headers, x-envoy-retriable-header-names, X-Again, 2",
    "x-envoy-retry-grpc-on, unavailable, x-none, none, 2",
    "x-envoy-retry-on, unavailable, x-none, none, 1",
    "x-envoy-retry-grpc-on, 5xx, x-none, none, 1"
  })
  void conditionsOfTheRequestAreAddedToTheRoutes(
      String name, String value, String more, String values, int tries) {
    CallBed bed = CallBed.with().build();
    CallBed.Run run =
        bed.run(
            with(name, value, more, values),
            true,
            CallContext.NONE,
            respond(404, "x-again", "1", "grpc-status", "14"));
    assertEquals(tries, run.attempts().size());
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "x-envoy-max-retries, two",
    "x-envoy-upstream-rq-timeout-ms, 1s",
    "x-envoy-retry-on, '5xx, often'",
    "x-envoy-retry-on, unavailable",
    "x-envoy-retry-grpc-on, 5xx"
  })
  void aHeaderThatIsCheckedStrictlyRefusesTheRequest(String name, String value) throws Exception {
    CallBed bed = CallBed.with().router(new Router(false, false, List.of(name))).build();
    Decision decision = bed.calls.begin(with(name, value), true, CallContext.NONE);
    LocalReply reply = ((Decision.Respond) decision).reply();
    assertEquals(400, reply.status());
    assertEquals("invalid header '" + name + "' with value '" + value + "'", reply.body());
    assertEquals("IH", reply.info().flags().toString());
    assertEquals("request_headers_failed_strict_check{" + name + "}", reply.info().details());
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "x-envoy-retry-on, '5xx, reset'",
    "x-envoy-retry-on, '5xx,,http3-post-connect-failure,'",
    "x-envoy-retry-on, ''",
    "x-envoy-retry-grpc-on, ' cancelled ,unavailable'",
    "x-envoy-retry-grpc-on, ','"
  })
  void aStrictCheckOfConditionsReadsThemAsAPolicyDoes(String name, String value) {
    CallBed bed = CallBed.with().router(new Router(false, false, List.of(name))).build();
    assertEquals(true, isRemoved(first(bed, with(name, value)), name));
  }

  @Test
  void aStrictCheckTakesAnyNumberOf64Bits() {
    String name = "x-envoy-upstream-rq-timeout-ms";
    CallBed bed = CallBed.with().router(new Router(false, false, List.of(name))).build();
    assertEquals(
        "15000", header(first(bed, with(name, "18446744073709551615")).headerEdits(), EXPECTED));
  }

  @ParameterizedTest
  @CsvSource({"4294967298, 3", "4294967296, 1", "18446744073709551615, 6", "-1, 2"})
  void ofTheNumberOfRetries32BitsCount(String retries, int tries) {
    CallBed bed = CallBed.with().build();
    CallBed.Run run =
        bed.run(
            with("x-envoy-retry-on", "5xx", "x-envoy-max-retries", retries),
            true,
            CallContext.NONE,
            respond(503),
            respond(503),
            respond(503),
            respond(503),
            respond(503),
            respond(200));
    assertEquals(tries, run.attempts().size());
  }

  @Test
  void whatIsNotCheckedStrictlyIsPassedOver() {
    CallBed bed = CallBed.with().build();
    CallBed.Run run =
        bed.run(
            with("x-envoy-retry-on", "5xx", "x-envoy-max-retries", "two"),
            true,
            CallContext.NONE,
            respond(503));
    assertEquals(2, run.attempts().size());
  }
}
