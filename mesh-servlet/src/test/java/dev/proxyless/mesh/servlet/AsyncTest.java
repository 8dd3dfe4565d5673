package dev.proxyless.mesh.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.call.CallContext;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that go on after their first dispatch: told of once, at their end. */
final class AsyncTest {

  private static final Pattern DURATION = Pattern.compile("\" \\d+ \\S+ \\d+ \\d+ (\\d+) ");

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
  void aRequestThatIsCompletedLaterIsLoggedAndTimedAtItsEnd() throws Exception {
    CountDownLatch dispatched = new CountDownLatch(1);
    List<AsyncContext> open = new CopyOnWriteArrayList<>();
    TestServer server = new TestServer((request, response) -> open.add(request.startAsync()));
    server.filter(
        "outer",
        (request, response, chain) -> {
          chain.doFilter(request, response);
          dispatched.countDown();
        });
    try (server) {
      server.filter("mesh", new MeshFilter(mesh)).start();
      Thread completer =
          new Thread(
              () -> {
                await(dispatched);
                assertEquals(List.of(), access.with("/later"), "the request goes on");
                pause();
                AsyncContext context = open.get(0);
                write(context, "later");
                context.complete();
              });
      completer.start();
      assertEquals(200, get(server, "/later"));
      completer.join();

      String line = access.await("/later").get(0);
      assertTrue(duration(line) >= 50, line);
      assertTold("/later", "200");
    }
  }

  @Test
  void aRequestThatIsDispatchedAgainIsOneRequest() throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    List<CallContext> contexts = new CopyOnWriteArrayList<>();
    try (TestServer server =
        new TestServer(
                (request, response) -> {
                  seen.add(request.getDispatcherType() + " " + MeshFilter.requestId(request));
                  seen.add(request.getHeader("x-request-id"));
                  contexts.add(mesh.contexts().capture());
                  if (seen.size() < 6) {
                    AsyncContext context =
                        seen.size() < 4
                            ? request.startAsync()
                            : request.startAsync(request, response);
                    context.start(context::dispatch);
                  } else {
                    response.setStatus(202);
                  }
                })
            .mesh(mesh)
            .start()) {
      assertEquals(
          202, get(server, "/again", "x-request-id", "i", "x-envoy-expected-rq-timeout-ms", "900"));

      assertEquals(List.of("REQUEST i", "i", "ASYNC i", "i", "ASYNC i", "i"), seen);
      assertNotEquals(CallContext.NO_DEADLINE, contexts.get(0).deadlineNanos());
      assertEquals(List.of(contexts.get(0), contexts.get(0), contexts.get(0)), contexts);
      assertTold("/again", "202");
    }
  }

  @Test
  void aDispatchBeforeTheFirstOneIsOverIsOneRequest() throws Exception {
    try (TestServer server =
        new TestServer(
                (request, response) -> {
                  if (request.getDispatcherType() == DispatcherType.REQUEST) {
                    request.startAsync().dispatch();
                  } else {
                    response.setStatus(203);
                  }
                })
            .mesh(mesh)
            .start()) {
      assertEquals(203, get(server, "/at-once"));

      assertTold("/at-once", "203");
    }
  }

  @Test
  void aCompletionBeforeTheFirstDispatchIsOverIsOneRequest() throws Exception {
    try (TestServer server =
        new TestServer(
                (request, response) -> {
                  AsyncContext context = request.startAsync();
                  response.setStatus(203);
                  context.complete();
                })
            .mesh(mesh)
            .start()) {
      assertEquals(203, get(server, "/at-once"));

      assertTold("/at-once", "203");
    }
  }

  @Test
  void aRequestThatTimesOutIsLoggedWithWhatTheContainerAnswers() throws Exception {
    try (TestServer server =
        new TestServer((request, response) -> request.startAsync().setTimeout(50))
            .mesh(mesh)
            .start()) {
      assertEquals(500, get(server, "/slow"));

      assertTold("/slow", "500");
    }
  }

  @Test
  void aFailureInALaterDispatchIsLoggedWithItsStatus() throws Exception {
    try (TestServer server =
        new TestServer(
                (request, response) -> {
                  if (request.getDispatcherType() == DispatcherType.REQUEST) {
                    AsyncContext context = request.startAsync();
                    context.start(context::dispatch);
                  } else {
                    throw new IOException("broken");
                  }
                })
            .mesh(mesh)
            .start()) {
      assertEquals(500, get(server, "/fails-later"));

      assertTold("/fails-later", "500");
    }
  }

  @Test
  void anApplicationThatGoesAroundTheWrapperIsNoticed() throws Exception {
    CountDownLatch dispatched = new CountDownLatch(1);
    TestServer server =
        new TestServer(
            (request, response) -> {
              ServletRequest inner = request;
              while (inner instanceof ServletRequestWrapper wrapper) {
                inner = wrapper.getRequest();
              }
              AsyncContext context = inner.startAsync();
              context.start(
                  () -> {
                    await(dispatched);
                    assertEquals(List.of(), access.with("/around"));
                    response.setStatus(204);
                    context.complete();
                  });
            });
    server.filter(
        "outer",
        (request, response, chain) -> {
          chain.doFilter(request, response);
          dispatched.countDown();
        });
    try (server) {
      server.filter("mesh", new MeshFilter(mesh)).start();
      assertEquals(204, get(server, "/around"));

      assertTold("/around", "204");
    }
  }

  /** Once in the log and once in the meters, also when a later request has been told. */
  private void assertTold(String path, String status) {
    assertTrue(
        access.await(path).get(0).contains("\" " + status + " - "), access.await(path)::toString);
    assertEquals(1, access.with(path).size());
    long told =
        registry.get("http.server.request.duration").timers().stream()
            .mapToLong(Timer::count)
            .sum();
    assertEquals(1, told);
    assertEquals(
        1,
        registry
            .get("http.server.request.duration")
            .tags("http.response.status_code", status)
            .timer()
            .count());
  }

  private static long duration(String line) {
    Matcher matcher = DURATION.matcher(line);
    assertTrue(matcher.find(), line);
    return Long.parseLong(matcher.group(1));
  }

  private static void pause() {
    try {
      assertTrue(!new CountDownLatch(1).await(60, TimeUnit.MILLISECONDS));
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(10, TimeUnit.SECONDS));
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  private static void write(AsyncContext context, String text) {
    try {
      context.getResponse().getWriter().print(text);
    } catch (IOException failed) {
      throw new AssertionError(failed);
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
}
