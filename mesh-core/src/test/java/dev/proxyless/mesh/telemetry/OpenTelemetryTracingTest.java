package dev.proxyless.mesh.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.telemetry.MeshTracing.AttemptSpan;
import dev.proxyless.mesh.telemetry.MeshTracing.CallSpan;
import dev.proxyless.mesh.telemetry.MeshTracing.Scope;
import dev.proxyless.mesh.telemetry.MeshTracing.ServerSpan;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class OpenTelemetryTracingTest {

  private static final String TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
  private static final String PARENT_ID = "b7ad6b7169203331";
  private static final String TRACEPARENT = "00-" + TRACE_ID + "-" + PARENT_ID + "-01";

  private final InMemorySpanExporter exported = InMemorySpanExporter.create();
  private final OpenTelemetrySdk sdk =
      OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(SimpleSpanProcessor.create(exported))
                  .build())
          .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
          .build();
  private final OpenTelemetryTracing tracing = new OpenTelemetryTracing(sdk);

  @Test
  @SuppressWarnings("try") // the scope acts by being open
  void theSpanOfACallIsBelowItsCallersAndEachTryBelowTheCall() {
    Span caller = sdk.getTracer("app").spanBuilder("caller").startSpan();
    Object captured;
    try (var scope = caller.makeCurrent()) {
      captured = tracing.capture();
    }
    CallSpan call = tracing.call(captured, "GET", "serviceb.apps.local", "serviceB");
    call.attempt(1, "GET", "cds_b", "10.0.0.1:8000").end(503, "");
    call.attempt(2, "GET", "cds_b", "10.0.0.2:8000").end(200, "");
    call.end(info(2, ResponseFlags.NONE, ""), 200);
    caller.end();

    List<SpanData> spans = exported.getFinishedSpanItems();
    SpanData first = spans.get(0);
    SpanData second = spans.get(1);
    SpanData whole = spans.get(2);
    assertEquals(caller.getSpanContext().getSpanId(), whole.getParentSpanId());
    assertEquals(caller.getSpanContext().getTraceId(), whole.getTraceId());
    assertEquals(whole.getSpanId(), first.getParentSpanId());
    assertEquals(whole.getSpanId(), second.getParentSpanId());
    assertEquals(SpanKind.INTERNAL, whole.getKind());
    assertEquals("mesh.call", whole.getName());
    assertEquals(SpanKind.CLIENT, first.getKind());
    assertEquals("GET serviceB", first.getName());
  }

  @Test
  void aTryTellsWhereItWentAndWhichItWas() {
    CallSpan call = tracing.call(null, "GET", "serviceb.apps.local", "");
    call.attempt(1, "GET", "cds_b", "10.0.0.1:8000").end(200, "");
    call.attempt(2, "GET", "cds_b", "10.0.0.2:8000").end(200, "");

    SpanData first = exported.getFinishedSpanItems().get(0);
    SpanData second = exported.getFinishedSpanItems().get(1);
    assertEquals("GET serviceb.apps.local", first.getName());
    assertEquals("GET", text(first, "http.request.method"));
    assertEquals("cds_b", text(first, "mesh.cluster"));
    assertEquals("10.0.0.1:8000", text(first, "mesh.endpoint"));
    assertEquals(200, number(first, "http.response.status_code"));
    assertEquals(1, number(first, "mesh.attempt"));
    assertNull(number(first, "http.request.resend_count"));
    assertEquals(2, number(second, "mesh.attempt"));
    assertEquals(1, number(second, "http.request.resend_count"));
  }

  @Test
  void aTryThatFailsIsAnErrorWithItsReason() {
    CallSpan call = tracing.call(null, "GET", "h", "r");
    call.attempt(1, "GET", "c", "e").end(0, "connection termination");
    call.attempt(2, "GET", "c", "e").end(404, "");
    call.attempt(3, "GET", "c", "e").end(0, ""); // cancelled by the caller

    List<SpanData> spans = exported.getFinishedSpanItems();
    assertEquals(StatusCode.ERROR, spans.get(0).getStatus().getStatusCode());
    assertEquals("connection termination", text(spans.get(0), "error.type"));
    assertNull(number(spans.get(0), "http.response.status_code"));
    assertEquals(StatusCode.ERROR, spans.get(1).getStatus().getStatusCode());
    assertEquals("404", text(spans.get(1), "error.type"));
    assertEquals(StatusCode.UNSET, spans.get(2).getStatus().getStatusCode());
  }

  @Test
  void aCallTellsHowItEnded() {
    CallSpan call = tracing.call(null, "GET", "serviceb.apps.local", "serviceB");
    call.end(info(3, ResponseFlags.of(ResponseFlag.UH), "cluster cds_b has no endpoints"), 503);

    SpanData span = exported.getFinishedSpanItems().get(0);
    assertEquals("GET", text(span, "http.request.method"));
    assertEquals("serviceb.apps.local", text(span, "mesh.virtual_host"));
    assertEquals("serviceB", text(span, "mesh.route"));
    assertEquals("cds_b", text(span, "mesh.cluster"));
    assertEquals(3, number(span, "mesh.attempts"));
    assertEquals("UH", text(span, "mesh.response_flags"));
    assertEquals(503, number(span, "http.response.status_code"));
    assertEquals(StatusCode.ERROR, span.getStatus().getStatusCode());
    assertEquals("cluster cds_b has no endpoints", span.getStatus().getDescription());
  }

  @Test
  void aTryInjectsItsOwnSpan() {
    AttemptSpan attempt = tracing.call(null, "GET", "h", "r").attempt(1, "GET", "c", "e");
    Map<String, String> headers = new HashMap<>();
    attempt.inject(headers::put);
    attempt.end(200, "");

    SpanData span = exported.getFinishedSpanItems().get(0);
    assertEquals(
        Map.of(
            "traceparent",
            "00-"
                + span.getTraceId()
                + "-"
                + span.getSpanId()
                + "-"
                + span.getSpanContext().getTraceFlags().asHex()),
        headers);
  }

  @Test
  @SuppressWarnings("try") // the scope acts by being open
  void theSpanOfARequestServedIsBelowItsPeersAndAboveTheCallsMadeInside() {
    ServerSpan server =
        tracing.serve(
            name -> name.equals("traceparent") ? TRACEPARENT : null,
            "GET",
            "https",
            "/orders/7;jsessionid=SECRET");
    CallSpan call;
    try (Scope scope = server.makeCurrent()) {
      call = tracing.call(tracing.capture(), "GET", "h", "r");
    }
    assertFalse(Span.current().getSpanContext().isValid());
    call.end(info(1, ResponseFlags.NONE, ""), 200);
    server.end(200, "spiffe://apps.local/serviceA");

    SpanData outbound = exported.getFinishedSpanItems().get(0);
    SpanData span = exported.getFinishedSpanItems().get(1);
    assertEquals(SpanKind.SERVER, span.getKind());
    assertEquals("GET", span.getName());
    assertEquals(TRACE_ID, span.getTraceId());
    assertEquals(PARENT_ID, span.getParentSpanId());
    assertEquals(span.getSpanId(), outbound.getParentSpanId());
    assertEquals("GET", text(span, "http.request.method"));
    assertEquals("https", text(span, "url.scheme"));
    assertEquals("/orders/7;jsessionid=REDACTED", text(span, "url.path"));
    assertEquals("spiffe://apps.local/serviceA", text(span, "mesh.peer.identity"));
    assertEquals(200, number(span, "http.response.status_code"));
    assertEquals(StatusCode.UNSET, span.getStatus().getStatusCode());
  }

  @Test
  void aRequestServedIsAnErrorFrom500On() {
    tracing.serve(name -> null, "GET", "http", "/").end(499, "");
    tracing.serve(name -> null, "GET", "http", "/").end(500, "");

    SpanData notFound = exported.getFinishedSpanItems().get(0);
    SpanData failed = exported.getFinishedSpanItems().get(1);
    assertEquals(StatusCode.UNSET, notFound.getStatus().getStatusCode());
    assertNull(text(notFound, "mesh.peer.identity"));
    assertEquals(StatusCode.ERROR, failed.getStatus().getStatusCode());
    assertEquals("500", text(failed, "error.type"));
  }

  @Test
  void aMethodThatNobodyKnowsDoesNotNameASpan() {
    tracing.serve(name -> null, "EVIL-4711", "http", "/").end(200, "");

    SpanData span = exported.getFinishedSpanItems().get(0);
    assertEquals("HTTP", span.getName());
    assertEquals("_OTHER", text(span, "http.request.method"));
  }

  @Test
  @SuppressWarnings("try") // the scopes act by being open
  void aRequestThatHasASpanAlreadyGetsNoSecondOne() {
    Span agents = sdk.getTracer("agent").spanBuilder("GET /orders").startSpan();
    try (var scope = agents.makeCurrent()) {
      ServerSpan server = tracing.serve(name -> TRACEPARENT, "GET", "http", "/orders");
      try (Scope current = server.makeCurrent()) {
        assertEquals(agents.getSpanContext(), Span.current().getSpanContext());
      }
      server.end(500, "spiffe://apps.local/serviceA");
    }
    assertTrue(exported.getFinishedSpanItems().isEmpty(), "whoever made the span ends it");
    agents.end();

    SpanData span = exported.getFinishedSpanItems().get(0);
    assertEquals("GET /orders", span.getName());
    assertEquals("spiffe://apps.local/serviceA", text(span, "mesh.peer.identity"));
    assertNull(number(span, "http.response.status_code"));
  }

  @Test
  void everyAttributeIsDocumented() throws IOException {
    ServerSpan server = tracing.serve(name -> null, "GET", "http", "/");
    CallSpan call = tracing.call(null, "GET", "h", "r");
    call.attempt(2, "GET", "c", "e").end(500, "");
    call.end(info(2, ResponseFlags.NONE, ""), 500);
    server.end(500, "spiffe://apps.local/serviceA");

    Map<SpanKind, String> first =
        Map.of(
            SpanKind.INTERNAL, "| a call |",
            SpanKind.CLIENT, "| a try, below the call |",
            SpanKind.SERVER, "| a request served |");
    for (SpanData span : exported.getFinishedSpanItems()) {
      String row =
          TelemetryDocsTest.docs()
              .lines()
              .filter(line -> line.startsWith(first.getOrDefault(span.getKind(), "?")))
              .findFirst()
              .orElseThrow();
      assertTrue(row.contains("| " + span.getKind() + " |"), row);
      Set<String> documented =
          Pattern.compile("`([a-z_.]+)`")
              .matcher(row.substring(row.lastIndexOf(" | `")))
              .results()
              .map(match -> match.group(1))
              .collect(Collectors.toSet());
      Set<String> set =
          span.getAttributes().asMap().keySet().stream()
              .map(AttributeKey::getKey)
              .collect(Collectors.toSet());
      assertEquals(documented, set, span.getName());
    }
  }

  private static CallInfo info(int attempts, ResponseFlags flags, String explanation) {
    return new CallInfo(
        "serviceb.apps.local", "serviceB", "cds_b", "", attempts, flags, "", explanation);
  }

  private static @Nullable String text(SpanData span, String key) {
    return span.getAttributes().get(AttributeKey.stringKey(key));
  }

  private static @Nullable Long number(SpanData span, String key) {
    return span.getAttributes().get(AttributeKey.longKey(key));
  }
}
