package dev.proxyless.mesh.okhttp;

import static dev.proxyless.mesh.okhttp.MeshRig.answer;
import static dev.proxyless.mesh.okhttp.MeshRig.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.testing.Await;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import okio.BufferedSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bodies: what streams, what is sent again, and what is thrown away. */
class BodyTest {

  private static final int CHUNK = 1 << 16;
  private static final int CHUNKS = 1024; // 64 MiB
  private static final int SENT_CHUNKS = 256; // 16 MiB
  private static final String RETRY = "cluster: c, retry_policy: {retry_on: 5xx}";

  private MeshRig rig;

  @BeforeEach
  void start() throws IOException {
    rig = new MeshRig();
  }

  @AfterEach
  void stop() throws IOException {
    rig.close();
  }

  private static void acquire(Semaphore semaphore) throws IOException {
    try {
      if (!semaphore.tryAcquire(20, TimeUnit.SECONDS)) {
        throw new IOException("nobody read what was sent before");
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
      throw new IOException(ended);
    }
  }

  /** Every chunk is sent after the one before was read, so that nobody can have kept them. */
  @Test
  void aResponseStreamsChunkByChunk() throws Exception {
    Semaphore read = new Semaphore(1);
    RawServer server =
        new RawServer(
            peer -> {
              peer.readHead();
              peer.write(
                  "HTTP/1.1 200 OK\r\nContent-Length: " + (long) CHUNK * CHUNKS + "\r\n\r\n");
              byte[] chunk = new byte[CHUNK];
              for (int i = 0; i < CHUNKS; i++) {
                acquire(read);
                peer.write(chunk, CHUNK);
              }
            });
    rig.closeLater(server);
    rig.cluster("c", "").endpoints("c", server.port()).route(RETRY);
    try (Response response = rig.client().newCall(get()).execute()) {
      BufferedSource source = response.body().source();
      for (int i = 0; i < CHUNKS; i++) {
        source.skip(CHUNK);
        read.release();
      }
      assertTrue(source.exhausted());
    }
    rig.assertNothingIsLeftOver();
  }

  @Test
  void aRequestOfUnknownLengthStreamsChunkByChunk() throws Exception {
    AtomicLong received = new AtomicLong();
    RawServer server =
        new RawServer(
            peer -> {
              peer.readHead();
              while (received.get() < (long) CHUNK * SENT_CHUNKS) {
                received.addAndGet(peer.readSome());
              }
              peer.answer(200, "all");
              peer.awaitClose();
            });
    rig.closeLater(server);
    rig.cluster("c", "").endpoints("c", server.port()).route(RETRY);
    byte[] chunk = new byte[CHUNK];
    RequestBody body =
        new Body() {
          @Override
          public void writeTo(BufferedSink sink) throws IOException {
            for (int i = 1; i <= SENT_CHUNKS; i++) {
              sink.write(chunk);
              sink.flush();
              long sent = (long) i * CHUNK;
              awaitReceived(received, sent);
            }
          }
        };
    try (Response response = rig.client().newCall(post(body)).execute()) {
      assertEquals("all", response.body().string());
    }
    rig.assertNothingIsLeftOver();
  }

  private static void awaitReceived(AtomicLong received, long bytes) throws IOException {
    try {
      Await.until("the server has it", () -> received.get() >= bytes, received::get);
    } catch (Exception late) {
      throw new IOException(late);
    }
  }

  /** A body of unknown length that counts how often it is written, and by how many at once. */
  private static class Body extends RequestBody {
    final AtomicInteger writes = new AtomicInteger();
    final AtomicInteger writing = new AtomicInteger();
    final AtomicInteger most = new AtomicInteger();
    private final int length;

    Body() {
      this(0);
    }

    Body(int length) {
      this.length = length;
    }

    @Override
    public MediaType contentType() {
      return MediaType.get("application/octet-stream");
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      writes.incrementAndGet();
      most.accumulateAndGet(writing.incrementAndGet(), Math::max);
      try {
        byte[] bytes = new byte[1000];
        for (int left = length; left > 0; left -= bytes.length) {
          sink.write(bytes, 0, Math.min(left, bytes.length));
        }
      } finally {
        writing.decrementAndGet();
      }
    }
  }

  private static Request post(RequestBody body) {
    return get().newBuilder().post(body).build();
  }

  private int requestsOf(RequestBody body) throws Exception {
    rig.route(RETRY);
    return requestsOn(body);
  }

  /** How often a body is sent that is answered with 503 first. */
  private int requestsOn(RequestBody body) throws Exception {
    MockWebServer backend = rig.backend();
    backend.enqueue(answer(503, "no"));
    backend.enqueue(answer(200, "yes"));
    rig.cluster("c", "", backend);
    try (Response response = rig.client().newCall(post(body)).execute()) {
      int requests = backend.getRequestCount();
      assertEquals(requests == 1 ? "no" : "yes", response.body().string());
      rig.assertNothingIsLeftOver();
      return requests;
    }
  }

  @Test
  void aBodyOfUnknownLengthWithinTheLimitIsSentAgain() throws Exception {
    Body body = new Body(1 << 20);
    assertEquals(2, requestsOf(body));
    assertEquals(2, body.writes.get());
  }

  @Test
  void aBodyOfUnknownLengthBeyondTheLimitIsSentOnce() throws Exception {
    Body body = new Body((1 << 20) + 1);
    assertEquals(1, requestsOf(body));
    assertEquals(1, body.writes.get());
  }

  @Test
  void aBodyOfKnownLengthBeyondTheLimitIsSentOnce() throws Exception {
    assertEquals(1, requestsOf(RequestBody.create(new byte[(1 << 20) + 1])));
  }

  @Test
  void aBodyOfKnownLengthWithinTheLimitIsSentAgain() throws Exception {
    assertEquals(2, requestsOf(RequestBody.create(new byte[1 << 20])));
  }

  @Test
  void aRouteSetsTheLimit() throws Exception {
    rig.routes(
        """
        - name: all
          match: {prefix: /}
          request_body_buffer_limit: 10
          route: {cluster: c, retry_policy: {retry_on: 5xx}}
        """);
    assertEquals(1, requestsOn(new Body(11)));
  }

  @Test
  void aDuplexBodyIsNeverSentAgain() throws Exception {
    MockWebServer backend = new MockWebServer();
    backend.setProtocols(java.util.List.of(Protocol.H2_PRIOR_KNOWLEDGE));
    backend.enqueue(answer(503, "no"));
    backend.enqueue(answer(200, "must not be reached"));
    backend.start();
    rig.closeLater(backend);
    rig.cluster("c", "http2_protocol_options: {}", backend).route(RETRY);
    AtomicInteger writes = new AtomicInteger();
    RequestBody duplex =
        new RequestBody() {
          @Override
          public MediaType contentType() {
            return MediaType.get("text/plain");
          }

          @Override
          public boolean isDuplex() {
            return true;
          }

          @Override
          public void writeTo(BufferedSink sink) throws IOException {
            writes.incrementAndGet();
            sink.writeUtf8("x").close();
          }
        };
    try (Response response = rig.client().newCall(post(duplex)).execute()) {
      assertEquals(503, response.code());
      assertEquals("no", response.body().string());
    }
    assertEquals(1, writes.get());
    assertEquals(1, backend.getRequestCount());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void aBodyIsWrittenByOneAtATimeWhateverIsMadeOfIt() throws Exception {
    MockWebServer backend = rig.backend();
    MockWebServer mirror = rig.backend();
    for (int i = 0; i < 3; i++) {
      backend.enqueue(answer(503, ""));
      mirror.enqueue(answer(200, ""));
    }
    backend.enqueue(answer(200, "yes"));
    rig.cluster("c", "", backend)
        .cluster("copy", "", mirror)
        .route(
            "cluster: c, retry_policy: {retry_on: 5xx, num_retries: 3},"
                + " request_mirror_policies: [{cluster: copy}]");
    Body body =
        new Body(1000) {
          @Override
          public long contentLength() {
            return 1000;
          }
        };
    try (Response response = rig.client().newCall(post(body)).execute()) {
      assertEquals("yes", response.body().string());
    }
    mirror.takeRequest();
    assertEquals(5, body.writes.get(), "four tries and one copy for the mirror");
    assertEquals(1, body.most.get());
  }

  @Test
  void aDiscardedResponseWhoseBodyNeverComesIsNotWaitedFor() throws Exception {
    CompletableFuture<Boolean> closed = new CompletableFuture<>();
    RawServer server =
        new RawServer(
            peer -> {
              peer.readHead();
              if (peer.number() == 1) {
                peer.write("HTTP/1.1 503 No\r\nContent-Length: 1000\r\n\r\n");
                closed.complete(peer.awaitClose());
              } else {
                assertTrue(closed.join());
                peer.answer(200, "yes");
              }
            });
    rig.closeLater(server);
    rig.cluster("c", "").endpoints("c", server.port()).route(RETRY);
    OkHttpClient client = rig.client();
    try (Response response = client.newCall(get()).execute()) {
      assertEquals("yes", response.body().string());
    }
    rig.assertNothingIsLeftOver();
  }

  @Test
  void aResponseWithoutABodyCostsNoConnectionWhenItIsDiscarded() throws Exception {
    MockWebServer backend = rig.backend();
    backend.enqueue(new MockResponse.Builder().code(503).build());
    backend.enqueue(answer(200, "yes"));
    rig.cluster("c", "", backend).route(RETRY);
    rig.client().newCall(get()).execute().close();
    assertEquals(0, backend.takeRequest().getExchangeIndex());
    assertEquals(1, backend.takeRequest().getExchangeIndex());
  }
}
