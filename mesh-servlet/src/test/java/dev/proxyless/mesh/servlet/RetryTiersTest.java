package dev.proxyless.mesh.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.Bootstrap.RetryThrottle;
import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.call.ServedRetries;
import dev.proxyless.mesh.okhttp.MeshOkHttp;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three tiers, each of which retries twice, above a service that fails: the caller, and two servers
 * between. Whoever retries without knowing of the others makes 3 x 3 x 3 tries of one call.
 */
final class RetryTiersTest {

  private static final int RETRIES = 2;

  @TempDir Path directory;

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final AtomicInteger atService = new AtomicInteger();
  private final MockWebServer service = new MockWebServer();

  @BeforeEach
  void begin() throws IOException {
    service.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            atService.incrementAndGet();
            return new MockResponse.Builder().code(503).build();
          }
        });
    service.start(InetAddress.getLoopbackAddress(), 0);
    opened.add(service);
  }

  @AfterEach
  void end() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
  }

  /** A client whose mesh retries, of a service on a port of loopback. */
  private record Tier(Mesh mesh, OkHttpClient client, int port) {
    Response call() throws IOException {
      return client
          .newCall(new Request.Builder().url("http://serviceb.apps.local:" + port + "/").build())
          .execute();
    }
  }

  private Tier tier(int port, RetryThrottle throttle) throws Exception {
    Path own = Files.createDirectory(directory.resolve("tier" + opened.size()));
    Mesh mesh = new TestMesh(own).backend(port).retries(RETRIES, throttle).start();
    opened.add(mesh);
    OkHttpClient client = MeshOkHttp.install(mesh, new OkHttpClient.Builder()).build();
    return new Tier(mesh, client, port);
  }

  /** A server that asks the tier below and answers with its status. */
  private TestServer server(Tier below) throws Exception {
    return new TestServer(
        (request, response) -> {
          try (Response from = below.call()) {
            response.setStatus(from.code());
            response.getWriter().print("told by the tier below");
          }
        });
  }

  private Tier chain(RetryThrottle throttle, boolean filtered) throws Exception {
    Tier tier = tier(service.getPort(), throttle);
    for (int i = 0; i < 2; i++) {
      TestServer server = server(tier);
      if (filtered) {
        server.mesh(tier.mesh());
      }
      opened.add(server.start());
      tier = tier(server.port(), throttle);
    }
    return tier;
  }

  private static void call(Tier caller, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      try (Response response = caller.call()) {
        assertEquals(503, response.code());
      }
    }
  }

  @Test
  void tiersThatDoNotKnowOfEachOtherMultiply() throws Exception {
    call(chain(RetryThrottle.OFF, false), 5);
    assertEquals(5 * 27, atService.get());
  }

  @Test
  void onlyTheTierNextToTheFailureRetries() throws Exception {
    call(chain(RetryThrottle.OFF, true), 5);
    assertEquals(5 * 3, atService.get());
  }

  @Test
  void retriesOfAWholeChainStayAShareOfItsCalls() throws Exception {
    int calls = 100;
    call(chain(new RetryThrottle(15, 0), true), calls);
    assertTrue(atService.get() > calls, "some calls are retried: " + atService.get());
    assertTrue(atService.get() < 1.2 * calls, atService.get() + " tries of " + calls + " calls");
  }

  @Test
  void callsThatServeARetryAreNotRetried() throws Exception {
    Tier below = tier(service.getPort(), RetryThrottle.OFF);
    TestServer server = server(below).mesh(below.mesh()).start();
    opened.add(server);
    OkHttpClient plain = new OkHttpClient();
    for (String[] header :
        new String[][] {
          {ServedRetries.RETRY, "true"},
          {"x-envoy-attempt-count", "2"},
          {"grpc-previous-rpc-attempts", "1"}
        }) {
      atService.set(0);
      Request request =
          new Request.Builder().url(server.url("/")).header(header[0], header[1]).build();
      try (Response response = plain.newCall(request).execute()) {
        assertEquals(503, response.code());
        assertEquals("true", response.header(ServedRetries.RETRIES_SPENT), header[0]);
      }
      assertEquals(1, atService.get(), header[0]);
    }
    Request first =
        new Request.Builder().url(server.url("/")).header("x-envoy-attempt-count", "1").build();
    atService.set(0);
    plain.newCall(first).execute().close();
    assertEquals(3, atService.get(), "a first try is retried");
  }

  @Test
  void aMeshMarksItsRetries() throws Exception {
    Tier tier = tier(service.getPort(), RetryThrottle.OFF);
    call(tier, 1);
    List<String> marks = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      marks.add(String.valueOf(service.takeRequest().getHeaders().get(ServedRetries.RETRY)));
    }
    assertEquals(List.of("null", "true", "true"), marks);
  }
}
