package dev.proxyless.mesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.call.Attempt;
import dev.proxyless.mesh.call.CallContext;
import dev.proxyless.mesh.call.Decision;
import dev.proxyless.mesh.call.Failure;
import dev.proxyless.mesh.call.MeshCall;
import dev.proxyless.mesh.call.Step;
import dev.proxyless.mesh.call.Verdict;
import dev.proxyless.mesh.route.HeaderEdit;
import dev.proxyless.mesh.route.RequestHead;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a call tells, from its decision to its end, with a mesh of App Mesh documents. */
final class CallTelemetryTest {

  private static final String EXPECTED_TIMEOUT = "x-envoy-expected-rq-timeout-ms";

  @TempDir Path documents;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final InMemorySpanExporter exported = InMemorySpanExporter.create();
  private final OpenTelemetrySdk sdk =
      OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(SimpleSpanProcessor.create(exported))
                  .build())
          .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
          .build();
  private Mesh mesh;

  @BeforeEach
  void begin() throws IOException, InterruptedException {
    document("a-mesh.json", "{'meshName': 'apps', 'spec': {'egressFilter': {'type': 'DROP_ALL'}}}");
    document(
        "b-node-a.json",
        """
        {'meshName': 'apps', 'virtualNodeName': 'serviceA', 'spec': {
          'backends': [{'virtualService': {'virtualServiceName': 'serviceb.apps.local'}}]}}
        """);
    document(
        "c-node-b.json",
        """
        {'meshName': 'apps', 'virtualNodeName': 'serviceB', 'spec': {
          'listeners': [{'portMapping': {'port': 8000, 'protocol': 'http'}}],
          'serviceDiscovery': {'dns': {'hostname': '127.0.0.1'}}}}
        """);
    document(
        "d-router.json",
        """
        {'meshName': 'apps', 'virtualRouterName': 'serviceB', 'spec': {
          'listeners': [{'portMapping': {'port': 8000, 'protocol': 'http'}}]}}
        """);
    document(
        "e-route.json",
        """
        {'meshName': 'apps', 'virtualRouterName': 'serviceB', 'routeName': 'all', 'spec': {
          'httpRoute': {'match': {'prefix': '/'},
            'action': {'weightedTargets': [{'virtualNode': 'serviceB', 'weight': 1}]},
            'retryPolicy': {'maxRetries': 1, 'perRetryTimeout': {'unit': 's', 'value': 2},
              'httpRetryEvents': ['server-error']}}}}
        """);
    document(
        "f-service.json",
        """
        {'meshName': 'apps', 'virtualServiceName': 'serviceb.apps.local', 'spec': {
          'provider': {'virtualRouter': {'virtualRouterName': 'serviceB'}}}}
        """);
    mesh =
        Mesh.builder()
            .bootstrap(
                Bootstrap.builder()
                    .nodeId("mesh/apps/virtualNode/serviceA")
                    .appMeshDirectory(documents)
                    .cloudMap(Bootstrap.CloudMap.OFF)
                    .closeTimeout(Duration.ofMillis(100))
                    .build())
            .meterRegistry(registry)
            .openTelemetry(sdk)
            .build();
    assertTrue(mesh.awaitReady(Duration.ofSeconds(10)));
  }

  @AfterEach
  void end() {
    mesh.close();
  }

  private void document(String name, String json) throws IOException {
    Files.writeString(documents.resolve(name), json.replace('\'', '"'));
  }

  @Test
  @SuppressWarnings("try") // the scope acts by being open
  void aCallAndItsTriesAreSpansBelowTheCallers() throws Exception {
    Span caller = sdk.getTracer("app").spanBuilder("caller").startSpan();
    CallContext context;
    try (var scope = caller.makeCurrent()) {
      context = mesh.contexts().capture();
    }
    MeshCall call = begin(context);
    Attempt first = next(call);
    assertInstanceOf(Verdict.Retry.class, call.responded(first, 503, name -> null));
    Attempt second = next(call);
    assertInstanceOf(Verdict.Accept.class, call.responded(second, 200, name -> null));
    call.finished();

    List<SpanData> spans = exported.getFinishedSpanItems();
    assertEquals(3, spans.size());
    SpanData whole = spans.get(2);
    assertEquals(caller.getSpanContext().getSpanId(), whole.getParentSpanId());
    assertEquals(2, whole.getAttributes().get(AttributeKey.longKey("mesh.attempts")));
    assertEquals("-", whole.getAttributes().get(AttributeKey.stringKey("mesh.response_flags")));
    for (SpanData attempt : spans.subList(0, 2)) {
      assertEquals(whole.getSpanId(), attempt.getParentSpanId());
    }
    assertTrue(
        edit(second, "traceparent").orElseThrow().contains(spans.get(1).getSpanId()),
        "each try carries its own span");
    assertEquals(1, attempts("first", "server_error"));
    assertEquals(1, attempts("retry", "success"));
    assertEquals(
        1,
        registry.get("mesh.client.requests").tags("outcome", "success").timers().stream()
            .mapToLong(Timer::count)
            .sum());
  }

  private double attempts(String reason, String result) {
    return registry
        .get("mesh.client.attempts")
        .tags("reason", reason, "result", result)
        .counters()
        .stream()
        .mapToDouble(Counter::count)
        .sum();
  }

  @Test
  void aCallThatFailsTellsWhyInItsSpan() throws Exception {
    MeshCall call = begin(CallContext.NONE);
    String words = "unexpected end of stream";
    Verdict verdict = call.failed(next(call), Failure.CONNECTION_TERMINATION, true, words);
    assertInstanceOf(Verdict.Retry.class, verdict);
    verdict = call.failed(next(call), Failure.CONNECTION_TERMINATION, true, words);
    Verdict.GiveUp end = assertInstanceOf(Verdict.GiveUp.class, verdict);

    SpanData span = exported.getFinishedSpanItems().get(2);
    assertEquals("mesh.call", span.getName());
    assertEquals(StatusCode.ERROR, span.getStatus().getStatusCode());
    assertEquals(end.reply().info().explanation(), span.getStatus().getDescription());
    assertTrue(span.getStatus().getDescription().contains(words));
  }

  @Test
  void aTryTellsItsEndpointTheSmallerOfItsTimeoutAndWhatIsLeft() throws Exception {
    MeshCall unbounded = begin(CallContext.NONE);
    assertEquals(Optional.of("2000"), edit(next(unbounded), EXPECTED_TIMEOUT));
    unbounded.cancelled();

    long deadline = mesh.time().nanoTime() + Duration.ofMillis(900).toNanos();
    MeshCall bounded = begin(CallContext.serving(deadline, List.of()));
    long expected = Long.parseLong(edit(next(bounded), EXPECTED_TIMEOUT).orElseThrow());
    bounded.cancelled();
    assertTrue(expected > 0 && expected <= 900, "was " + expected);
  }

  @Test
  void noMeterRemainsOfAMeshThatIsClosed() throws Exception {
    MeshCall call = begin(CallContext.NONE);
    call.responded(next(call), 200, name -> null);
    call.finished();
    assertTrue(registry.getMeters().size() > 10);

    MeshCall straggler = begin(CallContext.NONE);
    next(straggler);
    mesh.close();
    straggler.cancelled();

    assertEquals(List.of(), registry.getMeters());
  }

  private MeshCall begin(CallContext context) throws Exception {
    Decision decision = mesh.calls().begin(new Get(), true, context);
    return assertInstanceOf(Decision.Forward.class, decision).call();
  }

  private static Attempt next(MeshCall call) {
    return assertInstanceOf(Step.Try.class, call.next()).attempt();
  }

  private static Optional<String> edit(Attempt attempt, String name) {
    return attempt.headerEdits().stream()
        .filter(edit -> edit.name().equals(name))
        .map(HeaderEdit::value)
        .findFirst();
  }

  private record Get() implements RequestHead {
    @Override
    public String method() {
      return "GET";
    }

    @Override
    public String scheme() {
      return "http";
    }

    @Override
    public String authority() {
      return "serviceb.apps.local:8000";
    }

    @Override
    public int port() {
      return 8000;
    }

    @Override
    public String path() {
      return "/";
    }

    @Override
    public int headerCount() {
      return 0;
    }

    @Override
    public String headerName(int index) {
      throw new IndexOutOfBoundsException(index);
    }

    @Override
    public String headerValue(int index) {
      throw new IndexOutOfBoundsException(index);
    }
  }
}
