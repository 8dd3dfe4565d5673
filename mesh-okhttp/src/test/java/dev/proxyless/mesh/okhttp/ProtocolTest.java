package dev.proxyless.mesh.okhttp;

import static dev.proxyless.mesh.okhttp.MeshRig.answer;
import static dev.proxyless.mesh.okhttp.MeshRig.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.proxyless.mesh.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Headers;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** WebSockets, trailers and the protocols of clusters. HTTP/2 over TLS is {@link TlsTest}'s. */
class ProtocolTest {

  private MeshRig rig;

  @BeforeEach
  void start() throws IOException {
    rig = new MeshRig();
  }

  @AfterEach
  void stop() throws IOException {
    rig.close();
  }

  private MockWebServer http2() throws IOException {
    MockWebServer backend = new MockWebServer();
    backend.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
    backend.start();
    rig.closeLater(backend);
    return backend;
  }

  /** Writes down what happens to a WebSocket, and answers what it is told to. */
  private static final class Peer extends WebSocketListener {
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final boolean echoes;

    Peer(boolean echoes) {
      this.echoes = echoes;
    }

    @Override
    public void onOpen(WebSocket socket, Response response) {
      events.add("open " + response.code() + " " + response.request().url());
    }

    @Override
    public void onMessage(WebSocket socket, String text) {
      events.add("message " + text);
      if (echoes) {
        socket.send("echo " + text);
      }
    }

    @Override
    public void onClosing(WebSocket socket, int code, String reason) {
      socket.close(code, reason);
    }

    @Override
    public void onClosed(WebSocket socket, int code, String reason) {
      events.add("closed " + code);
    }

    @Override
    public void onFailure(WebSocket socket, Throwable failure, Response response) {
      events.add("failed " + (response == null ? failure.toString() : "" + response.code()));
    }

    String next() throws InterruptedException {
      return String.valueOf(events.poll(20, TimeUnit.SECONDS));
    }
  }

  @Test
  void aWebSocketGoesThroughTheMeshPastTheNetworkInterceptors() throws Exception {
    MockWebServer backend = rig.backend();
    Peer server = new Peer(true);
    backend.enqueue(new MockResponse.Builder().webSocketUpgrade(server).build());
    AtomicInteger applications = new AtomicInteger();
    AtomicInteger networks = new AtomicInteger();
    rig.cluster("c", "", backend).route("cluster: c, prefix_rewrite: /inside/");
    OkHttpClient client =
        rig.client(
            new OkHttpClient.Builder()
                .addInterceptor(
                    chain -> {
                      applications.incrementAndGet();
                      return chain.proceed(chain.request());
                    })
                .addNetworkInterceptor(
                    chain -> {
                      networks.incrementAndGet();
                      return chain.proceed(chain.request());
                    }));
    Peer own = new Peer(false);
    WebSocket socket = client.newWebSocket(get(), own);
    assertEquals("open 101 " + MeshRig.URL, own.next());
    socket.send("hello");
    assertEquals("message echo hello", own.next());
    assertEquals(1, rig.mesh().calls().active(), "an open WebSocket is a call");
    socket.close(1000, null);
    assertEquals("closed 1000", own.next());
    Await.until("the call ended", () -> rig.mesh().calls().active() == 0, rig::active);
    assertEquals("/inside/", backend.takeRequest().getTarget());
    assertEquals(1, applications.get());
    assertEquals(0, networks.get());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void noTimeoutOfTheRequestEndsAnOpenWebSocket() throws Exception {
    MockWebServer backend = rig.backend();
    Peer server = new Peer(true);
    backend.enqueue(new MockResponse.Builder().webSocketUpgrade(server).build());
    rig.cluster("c", "", backend)
        .route("cluster: c, timeout: 2s, retry_policy: {retry_on: reset, per_try_timeout: 1.9s}");
    OkHttpClient client = rig.client(new OkHttpClient.Builder().callTimeout(Duration.ofSeconds(2)));
    Peer own = new Peer(false);
    WebSocket socket = client.newWebSocket(get(), own);
    assertEquals("open 101 " + MeshRig.URL, own.next());
    long opened = System.nanoTime();
    Await.until(
        "the timeouts passed",
        () -> System.nanoTime() - opened > Duration.ofMillis(2300).toNanos(),
        System::nanoTime);
    socket.send("still here");
    assertEquals("message echo still here", own.next());
    socket.close(1000, null);
    assertEquals("closed 1000", own.next());
  }

  @Test
  void aCancelledWebSocketLeavesNothing() throws Exception {
    MockWebServer backend = rig.backend();
    backend.enqueue(new MockResponse.Builder().webSocketUpgrade(new Peer(true)).build());
    rig.cluster("c", "", backend).route("cluster: c");
    Peer own = new Peer(false);
    WebSocket socket = rig.client().newWebSocket(get(), own);
    assertEquals("open 101 " + MeshRig.URL, own.next());
    socket.cancel();
    assertEquals("failed", own.next().substring(0, 6));
    Await.until("the call ended", () -> rig.mesh().calls().active() == 0, rig::active);
    rig.assertNothingIsLeftOver();
  }

  @Test
  void aServerThatRefusesTheUpgradeIsHeard() throws Exception {
    MockWebServer backend = rig.backend();
    backend.enqueue(answer(403, "no"));
    rig.cluster("c", "", backend).route("cluster: c");
    Peer own = new Peer(false);
    var unused = rig.client().newWebSocket(get(), own);
    assertEquals("failed 403", own.next());
    Await.until("the call ended", () -> rig.mesh().calls().active() == 0, rig::active);
  }

  @Test
  void aWebSocketToAClusterOfHttp2IsMadeByHttp1() throws Exception {
    MockWebServer backend = rig.backend();
    backend.enqueue(new MockResponse.Builder().webSocketUpgrade(new Peer(true)).build());
    rig.cluster("c", "http2_protocol_options: {}", backend).route("cluster: c");
    Peer own = new Peer(false);
    WebSocket socket = rig.client().newWebSocket(get(), own);
    assertEquals("open 101 " + MeshRig.URL, own.next());
    assertEquals("HTTP/1.1", backend.takeRequest().getVersion());
    socket.cancel();
  }

  @Test
  void trailersReachTheCaller() throws Exception {
    MockWebServer backend = http2();
    backend.enqueue(
        new MockResponse.Builder().body("ok").trailers(Headers.of("checksum", "7")).build());
    rig.cluster("c", "http2_protocol_options: {}", backend).route("cluster: c");
    try (Response response = rig.client().newCall(get()).execute()) {
      assertEquals("ok", response.body().string());
      assertEquals("7", response.trailers().get("checksum"));
    }
    rig.assertNothingIsLeftOver();
  }

  @Test
  void trailersOfChunksReachTheCaller() throws Exception {
    MockWebServer backend = rig.backend();
    backend.enqueue(
        new MockResponse.Builder()
            .chunkedBody("ok", 1)
            .trailers(Headers.of("checksum", "7"))
            .build());
    rig.cluster("c", "", backend).route("cluster: c");
    try (Response response = rig.client().newCall(get()).execute()) {
      assertEquals("ok", response.body().string());
      assertEquals("7", response.trailers().get("checksum"));
    }
  }

  @Test
  void aTryThatTakesTooLongEndsItsStreamAndNotTheConnection() throws Exception {
    MockWebServer backend = http2();
    backend.enqueue(
        new MockResponse.Builder().headersDelay(1, TimeUnit.HOURS).body("late").build());
    backend.enqueue(answer(200, "ok"));
    rig.cluster("c", "http2_protocol_options: {}", backend)
        .route("cluster: c, retry_policy: {retry_on: reset, per_try_timeout: 1.5s}");
    try (Response response = rig.client().newCall(get()).execute()) {
      assertEquals("ok", response.body().string());
    }
    RecordedRequest first = backend.takeRequest();
    RecordedRequest second = backend.takeRequest();
    assertEquals(first.getConnectionIndex(), second.getConnectionIndex());
    assertEquals(1, second.getExchangeIndex());
  }

  @Test
  void aResponseOfTheOriginIsUntouchedByTheWayItCame() throws Exception {
    MockWebServer backend = rig.backend();
    backend.enqueue(
        new MockResponse.Builder().addHeader("A", "1").addHeader("A", "2").body("ok").build());
    rig.cluster("c", "", backend).route("cluster: c");
    Request request = get();
    try (Response response = rig.client().newCall(request).execute()) {
      assertEquals(List.of("1", "2"), response.headers("A"));
      assertEquals(Protocol.HTTP_1_1, response.protocol());
      assertNull(response.priorResponse());
      assertNull(response.cacheResponse());
      assertNotNull(response.networkResponse());
    }
  }
}
