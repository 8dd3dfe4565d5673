package dev.proxyless.mesh.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.call.CallContext;
import dev.proxyless.mesh.tls.PeerIdentity;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.servlet.ServletException;
import jakarta.servlet.UnavailableException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import org.eclipse.jetty.ee11.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.http.UriCompliance;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests on one thread, without TLS. */
final class MeshFilterTest {

  @TempDir Path directory;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final OkHttpClient client = new OkHttpClient();
  private final LogLines access = new LogLines("dev.proxyless.mesh.access");
  private Mesh mesh;

  @BeforeEach
  void begin() throws InterruptedException {
    mesh = new TestMesh(directory).start(builder -> builder.meterRegistry(registry));
  }

  @AfterEach
  void end() {
    mesh.close();
    access.close();
    client.dispatcher().executorService().shutdown();
    client.connectionPool().evictAll();
  }

  @Test
  void aRequestIsServedMeasuredAndLogged() throws Exception {
    try (TestServer server =
        new TestServer(
                (request, response) -> {
                  response.setStatus(201);
                  response.getOutputStream().write("made".getBytes(StandardCharsets.UTF_8));
                })
            .mesh(mesh)
            .start()) {
      Request request =
          new Request.Builder()
              .url(server.url("/orders?token=abc&page=2"))
              .header("User-Agent", "the-test")
              .header("X-Forwarded-For", "10.1.2.3")
              .header("X-Request-Id", "served-measured-logged")
              .post(RequestBody.create("12345", MediaType.get("text/plain")))
              .build();
      try (Response response = client.newCall(request).execute()) {
        assertEquals(201, response.code());
        assertEquals("made", response.body().string());
        assertNull(response.header("x-request-id"), "Envoy does not echo it");
      }

      String line = access.await("served-measured-logged").get(0);
      String authority = "127.0.0.1:" + server.port();
      assertTrue(
          line.matches(
              "\\[\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z] \"POST"
                  + " /orders\\?token=REDACTED&page=2 HTTP/1\\.1\" 201 - 5 4 \\d+ - \"10\\.1\\.2\\.3\""
                  + " \"the-test\" \"served-measured-logged\" \""
                  + authority
                  + "\" \"-\""),
          line);
      assertEquals(1, timers("POST", "201"));
      assertEquals(1, registry.get("http.server.request.duration").timers().size());
      assertEquals(
          "none", registry.get("http.server.request.duration").timer().getId().getTag("mesh.tls"));
    }
  }

  @Test
  void theApplicationSeesTheIdThatTheRequestWasGiven() throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    try (TestServer server =
        new TestServer(
                (request, response) -> {
                  seen.add(MeshFilter.requestId(request));
                  seen.add(request.getHeader("X-REQUEST-ID"));
                  seen.addAll(Collections.list(request.getHeaders("x-request-id")));
                  seen.addAll(
                      Collections.list(request.getHeaderNames()).stream()
                          .filter(name -> name.equalsIgnoreCase("x-request-id"))
                          .toList());
                })
            .mesh(mesh)
            .start()) {
      get(server, "/", "x-request-id", "kept");
      assertEquals(List.of("kept", "kept", "kept", "x-request-id"), seen);

      seen.clear();
      get(server, "/");
      assertEquals(4, UUID.fromString(seen.get(0)).version());
      assertEquals(List.of(seen.get(0), seen.get(0), seen.get(0), "x-request-id"), seen);
      access.await(seen.get(0));
    }
  }

  @Test
  void withoutTlsThePeerIsNobody() throws Exception {
    List<PeerIdentity> seen = new CopyOnWriteArrayList<>();
    try (TestServer server =
        new TestServer((request, response) -> seen.add(MeshFilter.peer(request)))
            .mesh(mesh)
            .start()) {
      get(server, "/", "x-forwarded-client-cert", "URI=spiffe://apps.local/admin");

      assertEquals(List.of(PeerIdentity.NONE), seen);
      assertFalse(seen.get(0).isPresent());
    }
  }

  @Test
  void aFailureOfTheApplicationIsLoggedAndMeasuredOnceThoughAnErrorPageIsServed() throws Exception {
    List<String> ids = new CopyOnWriteArrayList<>();
    TestServer server =
        new TestServer(
            (request, response) -> {
              throw new ServletException("the application is broken");
            });
    server.servlet(
        "/sorry",
        (request, response) -> {
          ids.add(MeshFilter.requestId(request));
          response.getWriter().print("sorry");
        });
    ErrorPageErrorHandler pages = new ErrorPageErrorHandler();
    pages.addErrorPage(500, "/sorry");
    server.context.setErrorHandler(pages);
    try (server) {
      server.mesh(mesh).start();
      assertEquals(500, get(server, "/fails", "x-request-id", "once"));

      assertEquals(List.of("once"), ids);
      assertEquals(1, access.await("GET /fails").size());
      assertTrue(access.with("GET /fails").get(0).contains("\" 500 - "));
      get(server, "/sorry", "x-request-id", "after");
      assertEquals(1, access.await("\"after\"").size());
      assertEquals(1, access.with("\"once\"").size());
      assertEquals(1, timers("GET", "500"));
      assertEquals(1, timers("GET", "200"));
    }
  }

  @Test
  void anErrorThatIsSentIsLoggedWithItsStatus() throws Exception {
    try (TestServer server =
        new TestServer((request, response) -> response.sendError(418)).mesh(mesh).start()) {
      assertEquals(418, get(server, "/teapot"));

      assertTrue(access.await("GET /teapot").get(0).contains("\" 418 - "));
    }
  }

  @Test
  void aServletThatIsUnavailableIsLoggedAsTheContainerAnswers() throws Exception {
    try (TestServer server =
        new TestServer(
                (request, response) -> {
                  throw new UnavailableException("for a while", 1);
                })
            .mesh(mesh)
            .start()) {
      assertEquals(503, get(server, "/unavailable"));

      assertTrue(access.await("GET /unavailable").get(0).contains("\" 503 - "));
    }
  }

  @Test
  void aForwardIsPartOfTheRequest() throws Exception {
    List<String> ids = new CopyOnWriteArrayList<>();
    TestServer server =
        new TestServer(
            (request, response) ->
                request.getRequestDispatcher("/other").forward(request, response));
    server.servlet("/other", (request, response) -> ids.add(MeshFilter.requestId(request)));
    MeshFilter filter = new MeshFilter(mesh);
    try (server) {
      server.filter("mesh", filter).start(); // for all dispatcher types
      get(server, "/forwarded", "x-request-id", "forward");

      assertEquals(List.of("forward"), ids);
      assertEquals(1, access.await("\"forward\"").size());
      get(server, "/other", "x-request-id", "later");
      access.await("\"later\"");
      assertEquals(1, access.with("\"forward\"").size());
      assertEquals(2, timers("GET", "200"));
    }
  }

  @Test
  void aFilterThatIsRegisteredTwiceCountsOnce() throws Exception {
    try (TestServer server =
        new TestServer((request, response) -> {})
            .filter("one", new MeshFilter(mesh))
            .filter("two", new MeshFilter(mesh))
            .start()) {
      get(server, "/twice", "x-request-id", "twice");

      access.await("\"twice\"");
      get(server, "/", "x-request-id", "later");
      access.await("\"later\"");
      assertEquals(1, access.with("\"twice\"").size());
      assertEquals(2, timers("GET", "200"));
    }
  }

  @Test
  void installingTwiceIsAnError() throws Exception {
    try (TestServer server = new TestServer((request, response) -> {}).mesh(mesh)) {
      assertThrows(IllegalStateException.class, () -> server.mesh(mesh));
    }
  }

  @Test
  void nothingStaysOnTheThreadOfTheContainer() throws Exception {
    List<CallContext> during = new CopyOnWriteArrayList<>();
    List<CallContext> after = new CopyOnWriteArrayList<>();
    TestServer server =
        new TestServer(
            (request, response) -> {
              during.add(mesh.contexts().capture());
              if (request.getRequestURI().equals("/fails")) {
                throw new ServletException("broken");
              }
            });
    server.filter(
        "outer",
        (request, response, chain) -> {
          try {
            chain.doFilter(request, response);
          } finally {
            after.add(mesh.contexts().capture());
          }
        });
    try (server) {
      server.filter("mesh", new MeshFilter(mesh)).start();
      get(server, "/", "x-envoy-expected-rq-timeout-ms", "5000");
      get(server, "/fails", "x-envoy-expected-rq-timeout-ms", "5000");
      LogLines.await(() -> after.size() >= 2, () -> "only " + after);

      assertEquals(2, during.size());
      for (CallContext context : during) {
        assertNotEquals(CallContext.NO_DEADLINE, context.deadlineNanos());
      }
      for (CallContext context : after) {
        assertEquals(CallContext.NONE, context);
      }
    }
  }

  @Test
  void bytesAreCountedHoweverTheApplicationReadsAndWrites() throws Exception {
    TestServer server =
        new TestServer(
            (request, response) -> {
              byte[] body = request.getInputStream().readAllBytes();
              response.getOutputStream().write(body);
              response.getOutputStream().print("!");
            });
    server.servlet(
        "/text",
        (request, response) -> {
          String line = request.getReader().readLine();
          response.setCharacterEncoding("UTF-8");
          response.getWriter().print("thrown away");
          response.resetBuffer();
          response.getWriter().print(line);
          response.getWriter().println('\u20ac');
          response.getWriter().append("\ud83d\ude00");
        });
    try (server) {
      server.mesh(mesh).start();
      assertEquals("12345!", post(server, "/bytes", "12345"));
      assertTrue(access.await("POST /bytes").get(0).contains("\" 200 - 5 6 "));

      String text = post(server, "/text", "caf\u00e9");
      int bytes = text.getBytes(StandardCharsets.UTF_8).length;
      assertEquals("caf\u00e9\u20ac" + System.lineSeparator() + "\ud83d\ude00", text);
      String line = access.await("POST /text").get(0);
      assertTrue(line.contains("\" 200 - 5 " + bytes + " "), line);
    }
  }

  /** Posts with a length that is not declared. */
  private String post(TestServer server, String path, String body) throws IOException {
    RequestBody chunked =
        new RequestBody() {
          @Override
          public MediaType contentType() {
            return MediaType.get("text/plain; charset=utf-8");
          }

          @Override
          public void writeTo(BufferedSink sink) throws IOException {
            sink.writeUtf8(body);
          }
        };
    Request request = new Request.Builder().url(server.url(path)).post(chunked).build();
    try (Response response = client.newCall(request).execute()) {
      return response.body().string();
    }
  }

  @Test
  void aPeerThatHasGoneIsFlagged() throws Exception {
    try (TestServer server =
        new TestServer(
                (request, response) -> {
                  byte[] block = new byte[64 * 1024];
                  for (int i = 0; i < 10_000; i++) {
                    response.getOutputStream().write(block);
                    response.getOutputStream().flush();
                  }
                })
            .mesh(mesh)
            .start()) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        socket.setSoLinger(true, 0);
        send(socket, "GET /gone HTTP/1.1\r\nHost: a\r\n\r\n");
        assertTrue(socket.getInputStream().read() >= 0);
      }

      assertTrue(access.await("GET /gone").get(0).contains("\" 200 DC 0 "));
    }
  }

  @Test
  void aPeerCannotForgeALine() throws Exception {
    TestServer forgiving = new TestServer((request, response) -> {}).mesh(mesh);
    forgiving.http.setUriCompliance(UriCompliance.UNSAFE);
    try (TestServer server = forgiving.start();
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      String agent = "x\" 200 - 0 0 0 - \"\\ \u00e9\u0085";
      send(
          socket,
          "GET /forged%0d%0a[2026]%22?q=\"x HTTP/1.1\r\nHost: a\r\nUser-Agent: "
              + agent
              + "\r\n\r\n");
      assertTrue(socket.getInputStream().read() >= 0);

      String line = access.await("/forged").get(0);
      assertTrue(line.contains("\"GET /forged%0d%0a[2026]%22?q=\\\"x HTTP/1.1\" 200 "), line);
      assertTrue(line.contains(" \"x\\\" 200 - 0 0 0 - \\\"\\\\ \\xe9\\x85\" "), line);
    }
  }

  private static void send(Socket socket, String request) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(request.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  @Test
  void noCallerCanMakeUpSeries() throws Exception {
    try (TestServer server =
        new TestServer((request, response) -> response.setStatus(404)).mesh(mesh).start()) {
      for (int i = 0; i < 300; i++) {
        Request request =
            new Request.Builder()
                .url(server.url("/path-" + i + "?q=" + i))
                .method("METHOD" + i, null)
                .header("x-request-id", "id-" + i)
                .header("Host", "host-" + i)
                .build();
        client.newCall(request).execute().close();
        get(server, "/path-" + i);
      }
      LogLines.await(
          () -> timers("_OTHER", "404") == 300 && timers("GET", "404") == 300, () -> "too few");

      assertEquals(2, registry.get("http.server.request.duration").timers().size());
    }
  }

  private int get(TestServer server, String path, String... headers) throws IOException {
    Request.Builder request = new Request.Builder().url(server.url(path));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    try (Response response = client.newCall(request.build()).execute()) {
      return response.code();
    }
  }

  private long timers(String method, String status) {
    @Nullable Timer timer =
        registry
            .find("http.server.request.duration")
            .tags("http.request.method", method, "http.response.status_code", status)
            .timer();
    return timer == null ? 0 : timer.count();
  }
}
