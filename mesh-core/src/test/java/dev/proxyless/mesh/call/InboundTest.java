package dev.proxyless.mesh.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.testing.VirtualTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class InboundTest {

  private static final String TRACEPARENT =
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  private final VirtualTime time = new VirtualTime(1);
  private final Map<String, List<String>> headers = new HashMap<>();

  @Test
  void anIdIsKeptAsItCame() {
    header("x-request-id", "the-peer's-own");

    assertEquals("the-peer's-own", read().requestId());
    assertTrue(read().handedOn().contains(new Header("x-request-id", "the-peer's-own")));
  }

  @Test
  void anIdIsMadeWhereNoneCame() {
    Inbound first = read();
    Inbound second = read();

    UUID id = UUID.fromString(first.requestId());
    assertEquals(4, id.version());
    assertEquals(2, id.variant());
    assertNotEquals(first.requestId(), second.requestId());
    assertEquals(List.of(new Header("x-request-id", first.requestId())), first.handedOn());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\u0000b", "a\r\nx: y", "a\tb", "caf\u00e9", "\u001b[31m"})
  void anIdThatCannotBeSentOnIsMadeAnew(String id) {
    header("x-request-id", id);

    assertEquals(4, UUID.fromString(read().requestId()).version());
  }

  @Test
  void anIdOfMoreThan128CharactersIsMadeAnew() {
    header("x-request-id", "i".repeat(128));
    assertEquals("i".repeat(128), read().requestId());

    header("x-request-id", "i".repeat(129));
    assertEquals(36, read().requestId().length());
  }

  @Test
  void ofSeveralIdsTheFirstCounts() {
    header("x-request-id", "one", "two");

    assertEquals("one", read().requestId());
  }

  @ParameterizedTest(name = "{0} is {1} ns")
  @CsvSource({
    "1, 1000000",
    "250, 250000000",
    "86400000, 86400000000000",
  })
  void theExpectedTimeoutIsTheDeadline(String value, long nanos) {
    time.advance(Duration.ofSeconds(5));
    header("x-envoy-expected-rq-timeout-ms", value);

    assertEquals(time.nanoTime() + nanos, read().deadlineNanos());
  }

  @ParameterizedTest(name = "{0} is {1} ns")
  @CsvSource({
    "2H, 7200000000000",
    "3M, 180000000000",
    "4S, 4000000000",
    "5m, 5000000",
    "6u, 6000",
    "7n, 7",
  })
  void aGrpcTimeoutIsTheDeadline(String value, long nanos) {
    header("grpc-timeout", value);

    assertEquals(nanos, read().deadlineNanos());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "0", "-1", "+5", "1.5", "1e3", "100ms", "86400001", "999999999", " 5", "٣"})
  void anExpectedTimeoutThatCannotBeReadSaysNothing(String value) {
    header("x-envoy-expected-rq-timeout-ms", value);

    assertEquals(CallContext.NO_DEADLINE, read().deadlineNanos());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "S", "0S", "-1S", "1", "1X", "123456789n", "25H", "1 S"})
  void aGrpcTimeoutThatCannotBeReadSaysNothing(String value) {
    header("grpc-timeout", value);

    assertEquals(CallContext.NO_DEADLINE, read().deadlineNanos());
  }

  @Test
  void theSmallerOfBothTimeoutsCounts() {
    header("x-envoy-expected-rq-timeout-ms", "300");
    header("grpc-timeout", "200m");
    assertEquals(Duration.ofMillis(200).toNanos(), read().deadlineNanos());

    header("grpc-timeout", "1S");
    assertEquals(Duration.ofMillis(300).toNanos(), read().deadlineNanos());
  }

  @Test
  void everyTraceHeaderGoesOnWhereNobodyMakesSpans() {
    for (String name : Inbound.TRACE_HEADERS) {
      header(name, "of " + name);
    }
    header("baggage", "a=1", "b=2");
    Inbound inbound = read();

    for (String name : Inbound.TRACE_HEADERS) {
      List<Header> lines = inbound.handedOn().stream().filter(h -> h.name().equals(name)).toList();
      assertEquals(
          name.equals("baggage")
              ? List.of(new Header(name, "a=1"), new Header(name, "b=2"))
              : List.of(new Header(name, "of " + name)),
          lines);
    }
  }

  @Test
  void noTraceHeaderGoesOnWhereSpansCarryTheTrace() {
    header("traceparent", TRACEPARENT);

    Inbound inbound = Inbound.read(this::lines, false, true, time);

    assertEquals(List.of("x-request-id"), inbound.handedOn().stream().map(Header::name).toList());
  }

  @Test
  void aHeaderThatAClientWouldRefuseToSendDoesNotGoOn() {
    header("traceparent", TRACEPARENT + "\u00e9");
    header("baggage", "b".repeat(8_193));
    header("tracestate", "a=\u007f");

    assertEquals(1, read().handedOn().size());
  }

  @Test
  void nothingIsTakenFromAnExternalPeer() {
    header("x-request-id", "mine");
    header("x-envoy-expected-rq-timeout-ms", "1");
    header("grpc-timeout", "1m");
    header("traceparent", TRACEPARENT);
    Inbound inbound = Inbound.read(this::lines, true, false, time);

    assertEquals(4, UUID.fromString(inbound.requestId()).version());
    assertEquals(CallContext.NO_DEADLINE, inbound.deadlineNanos());
    assertEquals(List.of(new Header("x-request-id", inbound.requestId())), inbound.handedOn());
  }

  @Test
  void nobodyMayNameHimselfByAHeader() {
    assertTrue(Inbound.isHidden("x-forwarded-client-cert", false));
    assertTrue(Inbound.isHidden("X-Forwarded-Client-Cert", true));
    assertFalse(Inbound.isHidden("x-envoy-expected-rq-timeout-ms", false));
    assertFalse(Inbound.isHidden("traceparent", false));
    assertTrue(Inbound.isHidden("X-Envoy-Internal", true));
    assertTrue(Inbound.isHidden("TraceParent", true));
    assertFalse(Inbound.isHidden("accept", true));
  }

  @Test
  void aRefusalOfAGrpcRequestIsAGrpcStatus() {
    LocalReply plain = Inbound.refuse("text/html", 403, "RBAC: access denied", "d");
    LocalReply grpc = Inbound.refuse("application/grpc+proto", 403, "RBAC: access denied", "d");

    assertEquals(403, plain.status());
    assertEquals("RBAC: access denied", plain.body());
    assertEquals(200, grpc.status());
    assertTrue(grpc.headers().contains(new Header("grpc-status", "7")));
    assertTrue(grpc.headers().contains(new Header("grpc-message", "RBAC: access denied")));
  }

  private void header(String name, String... lines) {
    headers.put(name, Arrays.asList(lines));
  }

  private List<String> lines(String name) {
    return headers.getOrDefault(name, List.of());
  }

  private Inbound read() {
    return Inbound.read(this::lines, false, false, time);
  }
}
