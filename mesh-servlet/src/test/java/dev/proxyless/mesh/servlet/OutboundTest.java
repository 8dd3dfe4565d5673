package dev.proxyless.mesh.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.call.CallContext;
import dev.proxyless.mesh.call.Inbound;
import dev.proxyless.mesh.okhttp.MeshOkHttp;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.eclipse.jetty.util.VirtualThreads;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What calls through the mesh carry that are made while a request is served. */
final class OutboundTest {

  private static final String TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
  private static final String PEERS_SPAN = "b7ad6b7169203331";
  private static final String TRACEPARENT = "00-" + TRACE_ID + "-" + PEERS_SPAN + "-01";
  private static final String EXPECTED_TIMEOUT = "x-envoy-expected-rq-timeout-ms";

  @TempDir Path directory;

  private final MockWebServer backend = new MockWebServer();
  private final OkHttpClient peer = new OkHttpClient();
  private @Nullable Mesh mesh;
  private @Nullable OkHttpClient outbound;

  @BeforeEach
  void begin() throws IOException {
    backend.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return new MockResponse.Builder().code(200).body("from b").build();
          }
        });
    backend.start(InetAddress.getLoopbackAddress(), 0);
  }

  @AfterEach
  void end() {
    if (mesh != null) {
      mesh.close();
    }
    for (OkHttpClient client : new OkHttpClient[] {peer, outbound == null ? peer : outbound}) {
      client.dispatcher().executorService().shutdown();
      client.connectionPool().evictAll();
    }
    backend.close();
  }

  /** How a servlet makes its call. */
  enum Way {
    EXECUTE,
    ENQUEUE,
    OTHER_THREAD
  }

  private TestServer server(Way way, Mesh started) {
    mesh = started;
    OkHttpClient client = MeshOkHttp.install(started, new OkHttpClient.Builder()).build();
    outbound = client;
    return new TestServer(
        (request, response) -> {
          Call call =
              client.newCall(
                  new Request.Builder()
                      .url("http://serviceb.apps.local:" + backend.getPort() + "/b")
                      .build());
          switch (way) {
            case EXECUTE -> answer(call.execute(), response);
            case ENQUEUE -> enqueue(call, request.startAsync());
            case OTHER_THREAD -> onOtherThread(call, request);
          }
        });
  }

  private static void answer(Response from, HttpServletResponse to) throws IOException {
    try (from) {
      to.setStatus(from.code());
      to.getWriter().print(from.body().string());
    }
  }

  private static void enqueue(Call call, AsyncContext context) {
    call.enqueue(
        new Callback() {
          @Override
          public void onResponse(Call ended, Response response) throws IOException {
            answer(response, (HttpServletResponse) context.getResponse());
            context.complete();
          }

          @Override
          public void onFailure(Call ended, IOException failure) {
            ((HttpServletResponse) context.getResponse()).setStatus(599);
            context.complete();
          }
        });
  }

  @SuppressWarnings("try") // the scope acts by being open
  private static void onOtherThread(Call call, HttpServletRequest request) {
    AsyncContext context = request.startAsync();
    new Thread(
            () -> {
              try (MeshFilter.Scope serving = MeshFilter.serving(request)) {
                answer(call.execute(), (HttpServletResponse) context.getResponse());
              } catch (IOException failed) {
                ((HttpServletResponse) context.getResponse()).setStatus(599);
              }
              context.complete();
            })
        .start();
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void aCallCarriesIdDeadlineAndTrace(Way way) throws Exception {
    TestMesh documents = new TestMesh(directory).backend(backend.getPort());
    Mesh started = documents.start();
    try (TestServer server = server(way, started).mesh(started).start()) {
      Request.Builder request =
          new Request.Builder().url(server.url("/")).header("x-request-id", "the-id");
      for (String name : Inbound.TRACE_HEADERS) {
        request.header(name, "of " + name);
      }
      request.header(EXPECTED_TIMEOUT, "5000");
      get(request.build(), "from b");

      RecordedRequest sent = backend.takeRequest();
      assertEquals("the-id", sent.getHeaders().get("x-request-id"));
      for (String name : Inbound.TRACE_HEADERS) {
        assertEquals(List.of("of " + name), sent.getHeaders().values(name));
      }
      long left = Long.parseLong(String.valueOf(sent.getHeaders().get(EXPECTED_TIMEOUT)));
      assertTrue(left > 0 && left <= 5_000, "was " + left);
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void withSpansTheTraceGoesOnBelowTheSpanOfTheRequest(Way way) throws Exception {
    InMemorySpanExporter exported = InMemorySpanExporter.create();
    OpenTelemetrySdk sdk =
        OpenTelemetrySdk.builder()
            .setTracerProvider(
                SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(exported))
                    .build())
            .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
            .build();
    Mesh started =
        new TestMesh(directory)
            .backend(backend.getPort())
            .start(builder -> builder.openTelemetry(sdk));
    try (TestServer server = server(way, started).mesh(started).start()) {
      get(
          new Request.Builder()
              .url(server.url("/"))
              .header("traceparent", TRACEPARENT)
              .header("b3", "raw")
              .build(),
          "from b");

      RecordedRequest sent = backend.takeRequest();
      LogLines.await(() -> exported.getFinishedSpanItems().size() == 3, () -> "not three spans");
      SpanData served = span(exported, SpanKind.SERVER);
      SpanData call = span(exported, SpanKind.INTERNAL);
      SpanData attempt = span(exported, SpanKind.CLIENT);
      assertEquals(TRACE_ID, served.getTraceId());
      assertEquals(PEERS_SPAN, served.getParentSpanId());
      assertEquals(served.getSpanId(), call.getParentSpanId());
      assertEquals(call.getSpanId(), attempt.getParentSpanId());
      assertEquals(
          List.of("00-" + TRACE_ID + "-" + attempt.getSpanId() + "-01"),
          sent.getHeaders().values("traceparent"));
      assertNull(sent.getHeaders().get("b3"), "spans carry the trace, not headers");
      assertNotNull(sent.getHeaders().get("x-request-id"));
    }
  }

  private static SpanData span(InMemorySpanExporter exported, SpanKind kind) {
    return exported.getFinishedSpanItems().stream()
        .filter(span -> span.getKind() == kind)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void ofTheRoutesTimeoutAndThePeersTheSmallerIsTold() throws Exception {
    Mesh started =
        new TestMesh(directory).backend(backend.getPort()).timeouts(4_000, 3_000).start();
    try (TestServer server = server(Way.EXECUTE, started).mesh(started).start()) {
      get(new Request.Builder().url(server.url("/")).build(), "from b");
      assertEquals("3000", backend.takeRequest().getHeaders().get(EXPECTED_TIMEOUT));

      get(
          new Request.Builder().url(server.url("/")).header(EXPECTED_TIMEOUT, "60000").build(),
          "from b");
      assertEquals("3000", backend.takeRequest().getHeaders().get(EXPECTED_TIMEOUT));

      get(
          new Request.Builder().url(server.url("/")).header("grpc-timeout", "2000m").build(),
          "from b");
      String left = String.valueOf(backend.takeRequest().getHeaders().get(EXPECTED_TIMEOUT));
      assertTrue(Long.parseLong(left) <= 2_000, left);
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void aCallEndsWithTheDeadlineOfTheRequestThatItServes(Way way) throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    backend.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
            never.await(20, TimeUnit.SECONDS);
            return new MockResponse.Builder().build();
          }
        });
    Mesh started = new TestMesh(directory).backend(backend.getPort()).start();
    try (TestServer server = server(way, started).mesh(started).start()) {
      long begin = System.nanoTime();
      Request request =
          new Request.Builder().url(server.url("/")).header(EXPECTED_TIMEOUT, "300").build();
      try (Response response = peer.newCall(request).execute()) {
        assertEquals(504, response.code());
        assertEquals("upstream request timeout", response.body().string());
      }
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
      assertTrue(millis >= 250 && millis < 9_000, "took " + millis + " ms");
    } finally {
      never.countDown();
    }
  }

  @Test
  void whatTheApplicationSetsItselfIsKept() throws Exception {
    Mesh started = new TestMesh(directory).backend(backend.getPort()).start();
    mesh = started;
    OkHttpClient client = MeshOkHttp.install(started, new OkHttpClient.Builder()).build();
    outbound = client;
    try (TestServer server =
        new TestServer(
                (request, response) ->
                    answer(
                        client
                            .newCall(
                                new Request.Builder()
                                    .url("http://serviceb.apps.local:" + backend.getPort() + "/")
                                    .header("X-Request-Id", "its-own")
                                    .build())
                            .execute(),
                        response))
            .mesh(started)
            .start()) {
      get(
          new Request.Builder().url(server.url("/")).header("x-request-id", "inbound").build(),
          "from b");

      assertEquals(List.of("its-own"), backend.takeRequest().getHeaders().values("x-request-id"));
    }
  }

  @Test
  void outsideOfARequestNothingIsCarried() throws Exception {
    Mesh started = new TestMesh(directory).backend(backend.getPort()).start();
    mesh = started;
    OkHttpClient client = MeshOkHttp.install(started, new OkHttpClient.Builder()).build();
    outbound = client;
    client
        .newCall(
            new Request.Builder()
                .url("http://serviceb.apps.local:" + backend.getPort() + "/")
                .build())
        .execute()
        .close();

    assertNull(backend.takeRequest().getHeaders().get("x-request-id"));
  }

  @Test
  void requestsAtTheSameTimeDoNotMix() throws Exception {
    Mesh started = new TestMesh(directory).backend(backend.getPort()).start();
    assertDoNotMix(server(Way.ENQUEUE, started).mesh(started));
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void requestsOnVirtualThreadsDoNotMix() throws Exception {
    Mesh started = new TestMesh(directory).backend(backend.getPort()).start();
    Set<Boolean> virtual = ConcurrentHashMap.newKeySet();
    Set<CallContext> left = ConcurrentHashMap.newKeySet();
    TestServer server = server(Way.EXECUTE, started);
    server.threads.setVirtualThreadsExecutor(VirtualThreads.getDefaultVirtualThreadsExecutor());
    server.filter(
        "outer",
        (request, response, chain) -> {
          virtual.add(VirtualThreads.isVirtualThread());
          chain.doFilter(request, response);
          left.add(started.contexts().capture());
        });
    assertDoNotMix(server.filter("mesh", new MeshFilter(started)));
    assertEquals(Set.of(true), virtual);
    assertEquals(Set.of(CallContext.NONE), left);
  }

  /** Each request's own id and trace reach the backend together. */
  private void assertDoNotMix(TestServer server) throws Exception {
    int requests = 200;
    CountDownLatch done = new CountDownLatch(requests);
    Map<String, String> failures = new ConcurrentHashMap<>();
    peer.dispatcher().setMaxRequestsPerHost(16);
    try (server) {
      server.start();
      for (int i = 0; i < requests; i++) {
        Request request =
            new Request.Builder()
                .url(server.url("/"))
                .header("x-request-id", "id-" + i)
                .header("baggage", "id-" + i)
                .build();
        peer.newCall(request)
            .enqueue(
                new Callback() {
                  @Override
                  public void onResponse(Call call, Response response) {
                    if (response.code() != 200) {
                      failures.put(request.toString(), response.toString());
                    }
                    response.close();
                    done.countDown();
                  }

                  @Override
                  public void onFailure(Call call, IOException failure) {
                    failures.put(request.toString(), failure.toString());
                    done.countDown();
                  }
                });
      }
      assertTrue(done.await(60, TimeUnit.SECONDS));
      assertEquals(Map.of(), failures);
      Map<String, String> seen = new HashMap<>();
      for (int i = 0; i < requests; i++) {
        RecordedRequest sent = backend.takeRequest();
        seen.put(
            String.valueOf(sent.getHeaders().get("x-request-id")),
            String.valueOf(sent.getHeaders().get("baggage")));
      }
      assertEquals(requests, seen.size());
      seen.forEach((id, baggage) -> assertEquals(id, baggage));
    }
  }

  private void get(Request request, String body) throws IOException {
    try (Response response = peer.newCall(request).execute()) {
      assertEquals(200, response.code());
      assertEquals(body, response.body().string());
    }
  }
}
