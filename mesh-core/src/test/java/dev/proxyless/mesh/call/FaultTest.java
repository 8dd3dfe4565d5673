package dev.proxyless.mesh.call;

import static dev.proxyless.mesh.call.CallBed.attempt;
import static dev.proxyless.mesh.call.CallBed.header;
import static dev.proxyless.mesh.call.CallBed.respond;
import static dev.proxyless.mesh.call.CallBed.tell;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.model.FractionalPercent;
import dev.proxyless.mesh.model.HeaderMatcher;
import dev.proxyless.mesh.model.HttpFault;
import dev.proxyless.mesh.model.StringMatcher;
import dev.proxyless.mesh.model.ValueMatch;
import dev.proxyless.mesh.testing.FakeRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The fault filter: delays, aborts, by header, by share, and how many at a time. */
class FaultTest {

  private static final FractionalPercent ALWAYS = new FractionalPercent(100, 100);
  private static final Optional<HttpFault.Delay> TWO_SECONDS =
      Optional.of(new HttpFault.Delay(Optional.of(Duration.ofSeconds(2)), ALWAYS));

  private static Optional<HttpFault.Abort> abort(int status, FractionalPercent share) {
    return Optional.of(new HttpFault.Abort(OptionalInt.of(status), OptionalInt.empty(), share));
  }

  private static HttpFault fault(Optional<HttpFault.Delay> delay, Optional<HttpFault.Abort> abort) {
    return new HttpFault(
        delay, abort, Optional.empty(), "", List.of(), List.of(), OptionalLong.empty());
  }

  private static CallBed bed(HttpFault fault) {
    return CallBed.with().fault("chaos", fault).build();
  }

  private static Decision begin(CallBed bed, FakeRequest request) {
    try {
      return bed.calls.begin(request, true, CallContext.NONE);
    } catch (MeshClosedException | InterruptedException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static Decision.Respond aborted(CallBed bed, FakeRequest request) {
    return assertInstanceOf(Decision.Respond.class, begin(bed, request));
  }

  private static Decision.Forward forwarded(CallBed bed, FakeRequest request) {
    Decision.Forward forward = assertInstanceOf(Decision.Forward.class, begin(bed, request));
    return forward;
  }

  @Test
  void anAbortAnswersInPlaceOfTheCluster() {
    CallBed bed = bed(fault(Optional.empty(), abort(418, ALWAYS)));
    LocalReply reply = aborted(bed, CallBed.GET).reply();
    assertEquals(418, reply.status());
    assertEquals("fault filter abort", reply.body());
    assertEquals("FI", reply.info().flags().toString());
    assertEquals("fault_filter_abort", reply.info().details());
    bed.assertNothingIsHeld();
  }

  @Test
  void aDelayComesBeforeTheCallAndItsTimeouts() {
    CallBed bed =
        CallBed.with()
            .fault("chaos", fault(TWO_SECONDS, Optional.empty()))
            .action("timeout: 1s")
            .build();
    Decision.Forward forward = forwarded(bed, CallBed.GET);
    assertEquals(Duration.ofSeconds(2), forward.delay());
    bed.time.advance(forward.delay());
    Attempt attempt = attempt(forward.call().next());
    assertEquals(Duration.ofSeconds(1), attempt.timeLeft());
    tell(forward.call(), attempt, respond(200));
    forward.call().finished();
    assertEquals("DI", forward.call().info().flags().toString());
    bed.assertNothingIsHeld();
  }

  @Test
  void anAbortHasTheHeadersThatItsRouteAdds() {
    HttpFault abort = fault(Optional.empty(), abort(418, ALWAYS));
    String added = "response_headers_to_add: [{header: {key: x-a, value: '%RESPONSE_FLAGS%'}}]";
    CallBed bed = CallBed.with().fault("chaos", abort).virtualHost(added).build();
    assertTrue(
        aborted(bed, CallBed.GET).reply().headers().contains(new Header("x-a", "FI")),
        "the virtual host's header");
  }

  @Test
  void theLongestDurationOfAStreamRunsDuringADelay() {
    CallBed bed =
        CallBed.with()
            .fault("chaos", fault(TWO_SECONDS, Optional.empty()))
            .action("max_stream_duration: {max_stream_duration: 1s}")
            .build();
    Decision.Forward forward = forwarded(bed, CallBed.GET);
    assertEquals(Duration.ofSeconds(1), forward.delay());
    bed.time.advance(forward.delay());
    LocalReply reply = assertInstanceOf(Step.Reply.class, forward.call().next()).reply();
    assertEquals(504, reply.status());
    assertEquals("DI", reply.info().flags().toString());
    bed.assertNothingIsHeld();
  }

  @Test
  void aReplyOfTheRouteSaysThatItWasDelayed() {
    CallBed bed =
        CallBed.with()
            .fault("chaos", fault(TWO_SECONDS, Optional.empty()))
            .match("{path: /elsewhere}")
            .build();
    LocalReply reply = aborted(bed, CallBed.GET).reply();
    assertEquals("DI,NR", reply.info().flags().toString());
    assertTrue(reply.isFailure());
  }

  @Test
  void aDelayAndAnAbortComeTogether() {
    Decision.Respond respond = aborted(bed(fault(TWO_SECONDS, abort(503, ALWAYS))), CallBed.GET);
    assertEquals(Duration.ofSeconds(2), respond.delay());
    assertEquals("DI,FI", respond.reply().info().flags().toString());
  }

  @Test
  void aShareOfTheRequestsIsConcerned() {
    CallBed bed = bed(fault(Optional.empty(), abort(503, new FractionalPercent(3_000, 10_000))));
    int aborted = 0;
    for (int i = 0; i < 2_000; i++) {
      Decision decision = begin(bed, CallBed.GET);
      if (decision instanceof Decision.Forward forward) {
        forward.call().cancelled();
      } else {
        aborted++;
      }
    }
    assertTrue(aborted > 500 && aborted < 700, aborted + " of 2000, seed 7");
  }

  @Test
  void headersSayStatusDelayAndAtMostTheConfiguredShare() {
    HttpFault byHeader =
        fault(
            Optional.of(new HttpFault.Delay(Optional.empty(), ALWAYS)),
            Optional.of(new HttpFault.Abort(OptionalInt.empty(), OptionalInt.empty(), ALWAYS)));
    CallBed bed = bed(byHeader);
    Decision.Forward plain = forwarded(bed, CallBed.GET);
    assertEquals(Duration.ZERO, plain.delay());
    plain.call().cancelled();
    Decision.Respond both =
        aborted(
            bed,
            CallBed.GET
                .header("x-envoy-fault-abort-request", "503")
                .header("x-envoy-fault-delay-request", "150"));
    assertEquals(503, both.reply().status());
    assertEquals(Duration.ofMillis(150), both.delay());
    forwarded(
            bed,
            CallBed.GET
                .header("x-envoy-fault-abort-request", "503")
                .header("x-envoy-fault-abort-request-percentage", "0"))
        .call()
        .cancelled();
    forwarded(bed, CallBed.GET.header("x-envoy-fault-abort-request", "99")).call().cancelled();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "14", "17", "99"})
  void anyGrpcStatusOfAHeaderIsAnswered(String status) {
    HttpFault.Abort byHeader =
        new HttpFault.Abort(OptionalInt.empty(), OptionalInt.empty(), ALWAYS);
    CallBed bed = bed(fault(Optional.empty(), Optional.of(byHeader)));
    FakeRequest request = CallBed.GET.header("x-envoy-fault-abort-grpc-request", status);
    assertEquals(200, aborted(bed, request).reply().status());
    LocalReply grpc = aborted(bed, request.header("content-type", "application/grpc")).reply();
    assertEquals(status, header(grpc, "grpc-status"));
  }

  @Test
  void headersDoNotChangeWhatConfigurationFixes() {
    CallBed bed = bed(fault(TWO_SECONDS, abort(503, ALWAYS)));
    Decision.Respond respond =
        aborted(
            bed,
            CallBed.GET
                .header("x-envoy-fault-abort-request", "418")
                .header("x-envoy-fault-abort-request-percentage", "0")
                .header("x-envoy-fault-delay-request", "1")
                .header("x-envoy-fault-delay-request-percentage", "0"));
    assertEquals(503, respond.reply().status());
    assertEquals(Duration.ofSeconds(2), respond.delay());
  }

  @Test
  void aGrpcStatusIsAnsweredAsGrpc() {
    CallBed bed =
        bed(
            fault(
                Optional.empty(),
                Optional.of(new HttpFault.Abort(OptionalInt.empty(), OptionalInt.of(9), ALWAYS))));
    LocalReply grpc = aborted(bed, CallBed.GET.header("content-type", "application/grpc")).reply();
    assertEquals(200, grpc.status());
    assertEquals("9", header(grpc, "grpc-status"));
    LocalReply other = aborted(bed, CallBed.GET).reply();
    assertEquals(200, other.status(), "as in Envoy, which tells gRPC's status by none of HTTP's");
    assertEquals("fault filter abort", other.body());
  }

  @Test
  void onlyWhatTheConditionsNameIsConcerned() {
    HttpFault conditions =
        new HttpFault(
            Optional.empty(),
            abort(503, ALWAYS),
            Optional.empty(),
            "c",
            List.of(new HeaderMatcher("x-chaos", new ValueMatch.Present(true), false, false)),
            List.of("node-1"),
            OptionalLong.empty());
    CallBed bed = bed(conditions);
    FakeRequest named = CallBed.GET.header("x-chaos", "1");
    forwarded(bed, named).call().cancelled();
    forwarded(bed, CallBed.GET.header("x-envoy-downstream-service-node", "node-1"))
        .call()
        .cancelled();
    aborted(bed, named.header("x-envoy-downstream-service-node", "node-1"));
    HttpFault other =
        new HttpFault(
            Optional.empty(),
            abort(503, ALWAYS),
            Optional.empty(),
            "other",
            List.of(),
            List.of(),
            OptionalLong.empty());
    forwarded(bed(other), CallBed.GET).call().cancelled();
  }

  private static HttpFault limit(OptionalLong kibPerSecond, FractionalPercent share) {
    return new HttpFault(
        Optional.empty(),
        Optional.empty(),
        Optional.of(new HttpFault.RateLimit(kibPerSecond, share)),
        "",
        List.of(),
        List.of(),
        OptionalLong.of(1));
  }

  @Test
  void aResponseIsLimitedUntilTheCallEnds() {
    CallBed bed = bed(limit(OptionalLong.of(64), ALWAYS));
    MeshCall first = forwarded(bed, CallBed.GET).call();
    assertEquals(64, first.responseKibPerSecond());
    MeshCall second = forwarded(bed, CallBed.GET).call();
    assertEquals(0, second.responseKibPerSecond(), "one fault at a time");
    second.cancelled();
    tell(first, attempt(first.next()), respond(200));
    first.finished();
    assertEquals("-", first.info().flags().toString(), "as in Envoy");
    MeshCall third = forwarded(bed, CallBed.GET).call();
    assertEquals(64, third.responseKibPerSecond());
    third.cancelled();
    bed.assertNothingIsHeld();
  }

  @ParameterizedTest
  @CsvSource({
    "-, -, 0",
    "7, -, 7",
    "0, -, 0",
    "many, -, 0",
    "7, 0, 0",
    "7, 200, 7",
    "99999999999999999999, -, 0",
  })
  void aHeaderSaysHowFastAResponseMayCome(String kib, String share, long expected) {
    CallBed bed = bed(limit(OptionalLong.empty(), ALWAYS));
    FakeRequest request = CallBed.GET;
    if (!kib.equals("-")) {
      request = request.header("x-envoy-fault-throughput-response", kib);
    }
    if (!share.equals("-")) {
      request = request.header("x-envoy-fault-throughput-response-percentage", share);
    }
    MeshCall call = forwarded(bed, request).call();
    assertEquals(expected, call.responseKibPerSecond());
    call.cancelled();
  }

  @Test
  void headersDoNotChangeALimitThatConfigurationFixes() {
    CallBed bed = bed(limit(OptionalLong.of(64), ALWAYS));
    FakeRequest request =
        CallBed.GET
            .header("x-envoy-fault-throughput-response", "7")
            .header("x-envoy-fault-throughput-response-percentage", "0");
    assertEquals(64, forwarded(bed, request).call().responseKibPerSecond());
  }

  @Test
  void soManyFaultsAsAllowedAreActive() {
    HttpFault one =
        new HttpFault(
            TWO_SECONDS,
            Optional.empty(),
            Optional.empty(),
            "",
            List.of(),
            List.of(),
            OptionalLong.of(1));
    CallBed bed = bed(one);
    Decision.Forward first = forwarded(bed, CallBed.GET);
    Decision.Forward second = forwarded(bed, CallBed.GET);
    assertEquals(Duration.ofSeconds(2), first.delay());
    assertEquals(Duration.ZERO, second.delay());
    first.call().cancelled();
    assertEquals(
        Duration.ofSeconds(2), forwarded(bed, CallBed.GET).delay(), "a place is free again");
  }

  private static CallBed.Run redirected(CallBed bed) {
    return bed.run(respond(302, "location", "http://serviceb:8000/moved"), respond(200));
  }

  private static CallBed redirecting(
      Optional<HttpFault.Delay> delay, Optional<HttpFault.Abort> abort) {
    ValueMatch moved =
        new ValueMatch.Text(new StringMatcher(StringMatcher.Kind.PREFIX, "/moved", false));
    HttpFault ofMoved =
        new HttpFault(
            delay,
            abort,
            Optional.empty(),
            "",
            List.of(new HeaderMatcher(":path", moved, false, false)),
            List.of(),
            OptionalLong.of(1));
    return CallBed.with()
        .fault("chaos", ofMoved)
        .action("internal_redirect_policy: {}\ntimeout: 1s")
        .build();
  }

  @Test
  void aRedirectThatIsFollowedMayBeAborted() {
    CallBed bed = redirecting(Optional.empty(), abort(418, ALWAYS));
    for (int i = 0; i < 2; i++) {
      CallBed.Run run = redirected(bed);
      assertEquals(1, run.attempts().size());
      assertEquals(418, run.status(), "its place is free again");
      assertEquals("FI", run.flags());
    }
    bed.assertNothingIsHeld();
  }

  @Test
  void aRedirectThatIsFollowedMayBeDelayedBeforeItsTimeouts() {
    CallBed bed = redirecting(TWO_SECONDS, Optional.empty());
    for (int i = 0; i < 2; i++) {
      CallBed.Run run = redirected(bed);
      assertEquals(List.of(Duration.ofSeconds(2)), run.delays(), "its place is free again");
      assertEquals(200, run.status());
      assertEquals("DI", run.flags());
      assertEquals(Duration.ofSeconds(1), run.attempts().get(1).timeLeft());
    }
    bed.assertNothingIsHeld();
  }

  @Test
  void aRedirectThatIsFollowedMayBeAbortedAfterADelay() {
    CallBed bed = redirecting(TWO_SECONDS, abort(503, ALWAYS));
    CallBed.Run run = redirected(bed);
    assertEquals(List.of(Duration.ofSeconds(2)), run.delays());
    assertEquals(503, run.status());
    assertEquals("DI,FI", run.flags());
    bed.assertNothingIsHeld();
  }

  @Test
  void aRouteHasSettingsOfItsOwnOrNone() {
    String own =
        "typed_per_filter_config:\n"
            + "  chaos: {'@type': type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault,"
            + " abort: {http_status: 429, percentage: {numerator: 100}}}";
    HttpFault ofListener = fault(Optional.empty(), abort(503, ALWAYS));
    assertEquals(
        429,
        aborted(CallBed.with().virtualHost(own).fault("chaos", ofListener).build(), CallBed.GET)
            .reply()
            .status());
    String none =
        "typed_per_filter_config:\n"
            + "  chaos: {'@type': type.googleapis.com/envoy.config.route.v3.FilterConfig, disabled:"
            + " true}";
    forwarded(CallBed.with().virtualHost(none).fault("chaos", ofListener).build(), CallBed.GET)
        .call()
        .cancelled();
    assertEquals(
        503,
        aborted(CallBed.with().virtualHost(own).fault("other", ofListener).build(), CallBed.GET)
            .reply()
            .status());
  }
}
