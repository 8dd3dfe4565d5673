package dev.proxyless.mesh.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.call.CallContext;
import dev.proxyless.mesh.tls.PeerIdentity;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a peer says of itself and what becomes of it: as it stands, doubled, in another case, and
 * with underscores; where the process stands behind others, and where it faces the outside.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SpoofingTest {

  private final List<Seen> seen = new CopyOnWriteArrayList<>();
  private Mesh mesh;
  private TestServer inside;
  private TestServer edge;

  private record Seen(
      List<String> values, List<String> names, PeerIdentity peer, String id, CallContext context) {}

  @BeforeAll
  void begin(@TempDir Path directory) throws Exception {
    mesh = new TestMesh(directory).start();
    inside = server().mesh(mesh).start();
    edge = server().mesh(mesh, options -> options.edge(true)).start();
  }

  @AfterAll
  void end() {
    inside.close();
    edge.close();
    mesh.close();
  }

  private TestServer server() {
    return new TestServer(
        (request, response) -> {
          String name = request.getParameter("name");
          seen.add(
              new Seen(
                  Collections.list(request.getHeaders(name)),
                  Collections.list(request.getHeaderNames()),
                  MeshFilter.peer(request),
                  MeshFilter.requestId(request),
                  mesh.contexts().capture()));
        });
  }

  @ParameterizedTest(name = "{0} inside={1} edge={2}")
  @CsvSource({
    // name, whether the application sees it inside the mesh, and at its edge
    "x-forwarded-client-cert,false,false",
    "x-envoy-internal,true,false",
    "x-envoy-external-address,true,false",
    "x-envoy-retry-on,true,false",
    "x-envoy-retry-grpc-on,true,false",
    "x-envoy-max-retries,true,false",
    "x-envoy-retriable-status-codes,true,false",
    "x-envoy-retriable-header-names,true,false",
    "x-envoy-upstream-alt-stat-name,true,false",
    "x-envoy-upstream-rq-timeout-ms,true,false",
    "x-envoy-upstream-rq-per-try-timeout-ms,true,false",
    "x-envoy-upstream-rq-timeout-alt-response,true,false",
    "x-envoy-expected-rq-timeout-ms,true,false",
    "x-envoy-force-trace,true,false",
    "x-envoy-ip-tags,true,false",
    "x-envoy-original-url,true,false",
    "x-envoy-original-path,true,false",
    "x-envoy-original-host,true,false",
    "x-envoy-hedge-on-per-try-timeout,true,false",
    "x-envoy-decorator-operation,true,false",
    "x-envoy-downstream-service-cluster,true,false",
    "x-envoy-downstream-service-node,true,false",
    "x-envoy-attempt-count,true,false",
    "traceparent,true,false",
    "tracestate,true,false",
    "baggage,true,false",
    "x-amzn-trace-id,true,false",
    "b3,true,false",
    "x-b3-traceid,true,false",
    "x-ot-span-context,true,false",
    "x-cloud-trace-context,true,false",
    "x-forwarded-for,true,true",
    "x-forwarded-proto,true,true",
    "x-forwarded-host,true,true",
    "authorization,true,true",
  })
  void aHeaderIsSeenOrNot(String name, boolean inInside, boolean atEdge) throws IOException {
    for (String sent : List.of(name, name.toUpperCase(Locale.ROOT))) {
      for (int lines : new int[] {1, 2}) {
        assertSeen(inside, name, sent, lines, inInside ? lines : 0);
        assertSeen(edge, name, sent, lines, atEdge ? lines : 0);
      }
    }
    assertSeen(inside, name, name.replace('-', '_') + "_", 1, 0);
    assertSeen(edge, name, name.replace('-', '_') + "_", 1, 0);
    assertSeen(inside, name, "x-other", 1, 0);
  }

  private void assertSeen(TestServer server, String name, String sent, int lines, int expected)
      throws IOException {
    Seen request = send(server, name, (sent + ": 5\r\n").repeat(lines));
    assertEquals(Collections.nCopies(expected, "5"), request.values(), sent);
    assertEquals(
        expected > 0,
        request.names().stream().anyMatch(each -> each.equalsIgnoreCase(name)),
        () -> name + " among " + request.names());
    assertEquals(PeerIdentity.NONE, request.peer());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"x-request-id", "X-REQUEST-ID"})
  void anIdIsTakenInsideAndMadeAtTheEdge(String name) throws IOException {
    Seen taken = send(inside, "x-request-id", name + ": one\r\n" + name + ": two\r\n");
    assertEquals("one", taken.id());
    assertEquals(List.of("one"), taken.values());

    Seen made = send(edge, "x-request-id", name + ": one\r\n");
    assertEquals(36, made.id().length());
    assertEquals(List.of(made.id()), made.values());

    Seen underscored = send(inside, "x-request-id", "x_request_id: one\r\n");
    assertEquals(36, underscored.id().length());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"x-envoy-expected-rq-timeout-ms: 5000", "grpc-timeout: 5S"})
  void aDeadlineIsTakenInsideAndNotAtTheEdge(String line) throws IOException {
    long now = mesh.time().nanoTime();
    long deadline = send(inside, "-", line + "\r\n").context().deadlineNanos();
    assertTrue(deadline - now > 0 && deadline - mesh.time().nanoTime() <= 5_000_000_000L);

    assertEquals(CallContext.NO_DEADLINE, send(edge, "-", line + "\r\n").context().deadlineNanos());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"traceparent", "x-amzn-trace-id", "b3"})
  void aTraceIsHandedOnInsideAndNotAtTheEdge(String name) throws IOException {
    assertTrue(hasHeader(send(inside, "-", name + ": 5\r\n"), name));
    assertFalse(hasHeader(send(edge, "-", name + ": 5\r\n"), name));
  }

  private static boolean hasHeader(Seen request, String name) {
    return request.context().headers().stream().anyMatch(header -> header.name().equals(name));
  }

  /** Sends lines as they are; clients tidy them up. */
  private Seen send(TestServer server, String name, String lines) throws IOException {
    seen.clear();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      OutputStream out = socket.getOutputStream();
      String request =
          "GET /?name=" + name + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + lines + "\r\n";
      out.write(request.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
    }
    assertEquals(1, seen.size());
    return seen.get(0);
  }
}
