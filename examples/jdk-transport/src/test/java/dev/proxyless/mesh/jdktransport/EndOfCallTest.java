package dev.proxyless.mesh.jdktransport;

import static dev.proxyless.mesh.jdktransport.Rig.answer;
import static dev.proxyless.mesh.jdktransport.Rig.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.testing.Await;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Timeouts, bodies and ends of calls: each is told once, and nothing is left. */
class EndOfCallTest {

  private Rig rig;

  @BeforeEach
  void start() throws IOException {
    rig = new Rig();
  }

  @AfterEach
  void stop() throws IOException {
    rig.close();
  }

  /** A client of one backend that answers so, in turn. */
  private MeshHttpClient client(String route, MockResponse... answers) throws Exception {
    MockWebServer backend = rig.backend();
    for (MockResponse answer : answers) {
      backend.enqueue(answer);
    }
    rig.cluster("c", "", backend).route(route);
    return rig.client();
  }

  private static MockResponse never() {
    return new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build();
  }

  private static MockResponse dripping() {
    return new MockResponse.Builder()
        .body("x".repeat(100_000))
        .throttleBody(1, 50, TimeUnit.MILLISECONDS)
        .build();
  }

  @Test
  void aTryThatTakesTooLongIsRetried() throws Exception {
    MeshHttpClient client =
        client(
            "cluster: c, retry_policy: {retry_on: reset, per_try_timeout: 1.5s}",
            never(),
            answer(200, "second"));
    HttpResponse<String> response = client.send(get("/"), BodyHandlers.ofString());
    assertEquals("second", response.body());
    assertEquals(1, rig.counted("mesh.client.attempts", "result", "timeout"));
    rig.assertEndedOnce("success");
  }

  @Test
  void theRoutesTimeoutEndsTheCallWith504() throws Exception {
    MeshHttpClient client = client("cluster: c, timeout: 0.3s", never());
    HttpResponse<String> response = client.send(get("/"), BodyHandlers.ofString());
    assertEquals(504, response.statusCode());
    assertEquals("UT", MeshHttpClient.callInfo(response).orElseThrow().flags().toString());
    rig.assertEndedOnce("local");
  }

  @Test
  void theRoutesTimeoutEndsABodyThatDrips() throws Exception {
    MeshHttpClient client = client("cluster: c, timeout: 2s", dripping());
    assertThrows(HttpTimeoutException.class, () -> client.send(get("/"), BodyHandlers.ofString()));
    rig.assertEndedOnce("failure");
  }

  @Test
  void aTryWithoutASignOfLifeIsRetried() throws Exception {
    MeshHttpClient client =
        client(
            "cluster: c, retry_policy: {retry_on: reset, per_try_idle_timeout: 1.5s}",
            never(),
            answer(200, "second"));
    HttpResponse<String> response = client.send(get("/"), BodyHandlers.ofString());
    assertEquals("second", response.body());
    rig.assertEndedOnce("success");
  }

  @Test
  void aBodyThatStallsIsCutByTheIdleTimeoutAndOneThatDripsIsNot() throws Exception {
    MeshHttpClient client =
        client(
            "cluster: c, idle_timeout: 2s",
            new MockResponse.Builder()
                .body("x".repeat(10))
                .throttleBody(1, 250, TimeUnit.MILLISECONDS)
                .build(),
            new MockResponse.Builder()
                .body("x".repeat(1000))
                .onResponseBody(SocketEffect.Stall.INSTANCE)
                .build());
    assertEquals(10, client.send(get("/"), BodyHandlers.ofString()).body().length());
    HttpTimeoutException cut =
        assertThrows(
            HttpTimeoutException.class, () -> client.send(get("/"), BodyHandlers.ofString()));
    assertTrue(cut.getMessage().contains("stream_idle_timeout"), cut.getMessage());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void theCallersOwnTimeoutIsAnExceptionAsWithoutTheMesh() throws Exception {
    MeshHttpClient client = client("cluster: c", never());
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(Rig.URL)).timeout(Duration.ofMillis(300)).build();
    assertThrows(HttpTimeoutException.class, () -> client.send(request, BodyHandlers.discarding()));
    rig.assertEndedOnce("cancelled");
  }

  @Test
  void aBodyThatBreaksOffFailsTheCallOnce() throws Exception {
    MeshHttpClient client =
        client(
            "cluster: c",
            new MockResponse.Builder()
                .body("x".repeat(1000))
                .onResponseBody(new SocketEffect.CloseSocket())
                .build());
    assertThrows(IOException.class, () -> client.send(get("/"), BodyHandlers.ofString()));
    rig.assertEndedOnce("failure");
  }

  @Test
  void aStreamThatIsClosedEarlyEndsItsCall() throws Exception {
    MeshHttpClient client = client("cluster: c", dripping());
    HttpResponse<InputStream> response = client.send(get("/"), BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      assertEquals('x', body.read());
      assertEquals(1, rig.mesh().calls().active());
    }
    Await.until(
        "the end of the call",
        () -> rig.mesh().calls().active() == 0,
        () -> rig.mesh().calls().active());
    rig.assertEndedOnce("cancelled");
  }

  @Test
  void interruptionEndsTheTryAndTheCall() throws Exception {
    MockWebServer slow = rig.backend();
    slow.enqueue(never());
    rig.cluster("c", "", slow).route("cluster: c");
    MeshHttpClient client = rig.client();
    FutureTask<Throwable> caller =
        new FutureTask<>(
            () ->
                assertThrows(
                    InterruptedException.class,
                    () -> client.send(get("/"), BodyHandlers.ofString())));
    Thread thread = new Thread(caller, "caller");
    thread.start();
    assertTrue(slow.takeRequest(20, TimeUnit.SECONDS) != null, "the request came");
    thread.interrupt();
    assertInstanceOf(InterruptedException.class, caller.get(20, TimeUnit.SECONDS));
    rig.assertEndedOnce("cancelled");
  }

  @Test
  void aHandlerThatThrowsEndsTheCall() throws Exception {
    MeshHttpClient client = client("cluster: c", answer(200, "unread"), answer(200, "unread"));
    IllegalStateException own = new IllegalStateException("the application's");
    assertSame(
        own,
        assertThrows(
            IllegalStateException.class,
            () ->
                client.send(
                    get("/"),
                    head -> {
                      throw own;
                    })));
    assertThrows(
        IllegalStateException.class,
        () ->
            client.send(
                get("/"),
                head ->
                    BodySubscribers.mapping(
                        BodySubscribers.ofString(java.nio.charset.StandardCharsets.UTF_8),
                        text -> {
                          throw own;
                        })));
    rig.assertNothingIsLeftOver();
  }

  @Test
  void anEmptyBodyEndsTheCallAsWell() throws Exception {
    MeshHttpClient client = client("cluster: c", new MockResponse.Builder().code(204).build());
    HttpResponse<Void> response = client.send(get("/"), BodyHandlers.discarding());
    assertEquals(204, response.statusCode());
    rig.assertEndedOnce("success");
  }
}
