package dev.proxyless.mesh.call;

import static dev.proxyless.mesh.call.CallBed.fail;
import static dev.proxyless.mesh.call.CallBed.header;
import static dev.proxyless.mesh.call.CallBed.respond;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.testing.FakeRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Envoy's local replies of a call that is sent on: envoy-semantics 2.9. */
class LocalReplyTest {

  @ParameterizedTest
  @CsvSource({
    "LOCAL_CONNECTION_FAILURE,    503, UF,  local connection failure",
    "REMOTE_CONNECTION_FAILURE,   503, UF,  remote connection failure",
    "CONNECTION_TIMEOUT,          503, UF,  connection timeout",
    "CONNECTION_TERMINATION,      503, UC,  connection termination",
    "REMOTE_RESET,                503, UR,  remote reset",
    "REMOTE_REFUSED_STREAM_RESET, 503, UR,  remote refused stream reset",
    "REMOTE_CONNECT_ERROR,        503, UR,  remote error with CONNECT request",
    "LOCAL_RESET,                 503, LR,  local reset",
    "PROTOCOL_ERROR,              502, UPE, protocol error"
  })
  void aTryThatEndsWithoutAResponse(Failure failure, int status, String flag, String reason) {
    CallBed bed = CallBed.with().build();
    CallBed.Run run = bed.run(fail(failure));
    LocalReply reply = run.local();
    assertEquals(status, reply.status());
    assertEquals(flag, run.flags());
    assertEquals(
        "upstream_reset_before_response_started{" + reason.replace(' ', '_') + "}",
        reply.info().details());
    assertEquals(
        "upstream connect error or disconnect/reset before headers. reset reason: " + reason,
        reply.body());
    assertEquals("text/plain", header(reply, "content-type"));
    assertTrue(reply.isFailure());
    assertEquals("serviceb", reply.info().virtualHost());
    assertEquals("orders", reply.info().route());
    assertEquals("c", reply.info().cluster());
    assertEquals(run.endpoints().get(0), reply.info().endpoint());
    assertEquals(1, reply.info().attempts());
    assertEquals(
        "try 1 at " + run.endpoints().get(0) + ": as scripted", reply.info().explanation());
    assertEquals(run.endpoints(), bed.blamed());
    assertEquals(1, bed.counted("local", flag));
    bed.assertNothingIsHeld();
  }

  @Test
  void aClusterWithoutEndpoints() {
    CallBed bed = CallBed.with().endpoints(0).build();
    CallBed.Run run = bed.run(respond(200));
    assertEquals(503, run.status());
    assertEquals("UH", run.flags());
    assertEquals("no_healthy_upstream", run.local().info().details());
    assertEquals("no healthy upstream", run.local().body());
    assertEquals("cluster c has no endpoints", run.local().info().explanation());
    assertEquals(0, run.local().info().attempts());
    assertEquals("", run.local().info().endpoint());
    bed.assertNothingIsHeld();
  }

  @Test
  void aClusterThatIsFull() {
    CallBed bed = CallBed.with().build();
    List<MeshCall> others = List.of(bed.forward(), bed.forward(), bed.forward());
    others.forEach(call -> CallBed.attempt(call.next()));
    CallBed.Run run = bed.run(respond(200));
    assertEquals(503, run.status());
    assertEquals("UO", run.flags());
    assertEquals("true", header(run.local(), "x-envoy-overloaded"));
    assertEquals("upstream_reset_before_response_started{overflow}", run.local().info().details());
    assertEquals(
        "upstream connect error or disconnect/reset before headers. reset reason: overflow",
        run.local().body());
    assertEquals(
        "cluster c has as many requests in flight as its max_requests of 3 allows",
        run.local().info().explanation());
    assertEquals(List.of(), bed.blamed(), "a limit of our own is no endpoint's fault");
    assertEquals(0, run.local().info().attempts());
    assertEquals(
        1, bed.meters.get("mesh.circuit.overflow").tag("resource", "requests").counter().count());
    others.forEach(MeshCall::cancelled);
    bed.assertNothingIsHeld();
  }

  @Test
  void aFullClusterIsNotRetried() {
    CallBed bed = CallBed.with().retry("retry_on: '5xx,reset,gateway-error'").build();
    List<MeshCall> others = List.of(bed.forward(), bed.forward(), bed.forward());
    others.forEach(call -> CallBed.attempt(call.next()));
    assertEquals("UO", bed.run(respond(200)).flags());
    others.forEach(MeshCall::cancelled);
    bed.assertNothingIsHeld();
  }

  @Test
  void aFullClusterWithoutEndpointsHasNoEndpoints() {
    CallBed bed = CallBed.with().endpoints(0).build();
    bed.fill();
    assertEquals("UH", bed.run(respond(200)).flags());
  }

  @Test
  void aRetryThatFindsTheClusterFullSaysThatItIsARetry() {
    CallBed bed =
        CallBed.with()
            .retry("retry_on: 5xx")
            .virtualHost("include_attempt_count_in_response: true")
            .build();
    MeshCall call = bed.forward();
    Verdict verdict = CallBed.tell(call, CallBed.attempt(call.next()), respond(503));
    assertTrue(verdict instanceof Verdict.Retry);
    bed.fill();
    LocalReply reply = ((Step.Reply) call.next()).reply();
    assertEquals(
        "upstream connect error or disconnect/reset before headers. retried and the latest reset"
            + " reason: overflow",
        reply.body());
    assertEquals("2", header(reply, "x-envoy-attempt-count"));
    assertEquals(1, reply.info().attempts(), "one try was made");
  }

  @Test
  void repliesToGrpcAreOfHeadersAloneAndSayTheSame() {
    FakeRequest grpc =
        FakeRequest.of("POST", "http://h/s/m").header("content-type", "application/grpc+proto");
    CallBed.Run run =
        CallBed.with().endpoints(0).build().run(grpc, false, CallContext.NONE, respond(200));
    LocalReply reply = run.local();
    assertEquals(200, reply.status());
    assertEquals("application/grpc", header(reply, "content-type"));
    assertEquals("14", header(reply, "grpc-status"));
    assertEquals("no healthy upstream", header(reply, "grpc-message"));
    assertEquals("", reply.body());
    assertEquals("UH", run.flags());
    assertEquals(1, reply.headers().stream().filter(h -> h.name().equals("content-type")).count());
  }

  @ParameterizedTest
  @CsvSource({
    "400, 13", "401, 16", "403, 7", "404, 12", "429, 14", "502, 14", "503, 14", "504, 14", "500, 2",
    "408, 2"
  })
  void statusesForGrpc(int http, String grpc) {
    LocalReply reply = LocalReplies.text(grpcRequest(), http, "", List.of(), info());
    assertEquals(grpc, header(reply, "grpc-status"));
    assertEquals("-", header(reply, "grpc-message"));
  }

  @Test
  void aGrpcMessageIsPercentEncoded() {
    LocalReply reply = LocalReplies.text(grpcRequest(), 503, "50% é\n~ ", List.of(), info());
    assertEquals("50%25 %C3%A9%0A~ ", header(reply, "grpc-message"));
  }

  @Test
  void aGrpcMessageIsForNoHead() {
    FakeRequest head =
        FakeRequest.of("HEAD", "http://h/").header("content-type", "application/grpc");
    LocalReply reply = LocalReplies.text(head, 503, "no", List.of(), info());
    assertEquals("14", header(reply, "grpc-status"));
    assertEquals("-", header(reply, "grpc-message"));
  }

  @Test
  void aReplyToHeadHasNoBody() {
    CallBed.Run run =
        CallBed.with()
            .endpoints(0)
            .build()
            .run(FakeRequest.of("HEAD", "http://h/"), true, CallContext.NONE, respond(200));
    assertEquals(503, run.status());
    assertEquals("", run.local().body());
    assertEquals("text/plain", header(run.local(), "content-type"));
    assertEquals("19", header(run.local(), "content-length"), "of the body that GET would get");
  }

  @Test
  void aReplySaysHowManyBytesItsTextHas() {
    LocalReply reply = LocalReplies.text(CallBed.GET, 503, "né", List.of(), info());
    assertEquals(
        List.of(new Header("content-length", "3"), new Header("content-type", "text/plain")),
        reply.headers());
    assertEquals(List.of(), LocalReplies.text(CallBed.GET, 404, "", List.of(), info()).headers());
  }

  @Test
  void aContentTypeOfTheRoutesIsReplacedWhereItStands() {
    List<Header> ofRoute = List.of(new Header("content-type", "text/html"), new Header("x-a", "1"));
    LocalReply reply = LocalReplies.text(grpcRequest(), 503, "no", ofRoute, info());
    assertEquals(
        List.of("content-type", "x-a", "grpc-status", "grpc-message"),
        reply.headers().stream().map(Header::name).toList());
    assertEquals("application/grpc", header(reply, "content-type"));
  }

  @Test
  void withoutEnvoysHeadersAFullClusterSaysNothingOfOverload() {
    CallBed bed = CallBed.with().suppressEnvoyHeaders().build();
    bed.fill();
    assertEquals("-", header(bed.run(respond(200)).local(), "x-envoy-overloaded"));
  }

  @Test
  void aFailureAsAnExceptionSaysWhatHappenedAndWhere() {
    CallBed.Run run = CallBed.with().endpoints(0).build().run(respond(200));
    MeshCallException exception = new MeshCallException(run.local());
    assertEquals(
        "cluster c has no endpoints (503 virtual_host=serviceb route=orders cluster=c endpoint=-"
            + " attempts=0 flags=UH details=no_healthy_upstream)",
        exception.getMessage());
    assertEquals(503, exception.status());
    assertEquals("UH", exception.info().flags().toString());
  }

  private static FakeRequest grpcRequest() {
    return CallBed.GET.header("content-type", "application/grpc");
  }

  private static dev.proxyless.mesh.telemetry.CallInfo info() {
    return CallBed.with().build().forward().info();
  }
}
