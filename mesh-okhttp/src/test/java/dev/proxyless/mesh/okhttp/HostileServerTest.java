package dev.proxyless.mesh.okhttp;

import static dev.proxyless.mesh.okhttp.MeshRig.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.telemetry.CallInfo;
import dev.proxyless.mesh.testing.Await;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers and interceptors that misbehave: the error says what happened, and nothing is left. */
class HostileServerTest {

  private static final String ANSWER =
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer: test\r\n\r\nhello";
  private static final int HEAD = ANSWER.indexOf("hello");

  private final CountDownLatch over = new CountDownLatch(1);
  private MeshRig rig;

  @BeforeEach
  void start() throws IOException {
    rig = new MeshRig();
  }

  @AfterEach
  void stop() throws IOException {
    over.countDown();
    rig.close();
  }

  private RawServer server(RawServer.Behaviour behaviour) throws IOException {
    return rig.raw(behaviour, 2);
  }

  private void assertNothingIsConnected(RawServer server) throws Exception {
    rig.assertNothingIsLeftOver();
    rig.endpoints("c").pushOnly();
    Await.until("no connection is left", () -> server.connections() == 0, server::connections);
  }

  @Test
  void aHeadThatNeverEndsIsAProtocolErrorThatSaysSo() throws Exception {
    RawServer server =
        server(
            peer -> {
              peer.readHead();
              peer.write("HTTP/1.1 200 OK\r\n");
              String line = "X-Long: " + "x".repeat(1000) + "\r\n";
              while (true) {
                peer.write(line);
              }
            });
    try (Response response = rig.client().newCall(get()).execute()) {
      assertEquals(502, response.code());
      CallInfo info = MeshOkHttp.callInfo(response).orElseThrow();
      assertEquals("UPE", info.flags().toString());
      assertTrue(info.explanation().contains("did not end within 256 KiB"), info.explanation());
    }
    assertNothingIsConnected(server);
  }

  @Test
  void aHeadThatDripsIsCutByThePerTryTimeout() throws Exception {
    AtomicInteger drops = new AtomicInteger();
    RawServer server =
        server(
            peer -> {
              peer.readHead();
              peer.write("HTTP/1.1 200 OK\r\nX: ");
              while (drops.incrementAndGet() > 0) {
                peer.write("x");
                drip();
              }
            });
    rig.route("cluster: c, retry_policy: {retry_on: connect-failure, per_try_timeout: 1.5s}");
    try (Response response = rig.client().newCall(get()).execute()) {
      assertEquals(504, response.code());
      assertEquals("UT", MeshOkHttp.callInfo(response).orElseThrow().flags().toString());
    }
    assertTrue(drops.get() > 1, "it dripped");
    assertNothingIsConnected(server);
  }

  /** A server that drips takes its time, but for no longer than the test takes. */
  private void drip() throws IOException {
    try {
      over.await(5, TimeUnit.MILLISECONDS);
    } catch (InterruptedException ended) {
      throw new IOException(ended);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whereverAnAnswerIsCutTheCallerLearnsIt(boolean reset) throws Exception {
    AtomicInteger length = new AtomicInteger();
    RawServer server =
        server(
            peer -> {
              peer.readHead();
              peer.write(ANSWER.substring(0, length.get()));
              if (reset) {
                peer.reset();
              }
            });
    OkHttpClient client = rig.client();
    for (int i = 0; i < ANSWER.length(); i++) {
      length.set(i);
      try (Response response = client.newCall(get()).execute()) {
        CallInfo info = MeshOkHttp.callInfo(response).orElseThrow();
        String flags = info.flags().toString();
        if (flags.equals("UC")) {
          assertEquals(503, response.code(), "cut at " + i);
          assertTrue(info.explanation().contains("Exception"), info.explanation());
          assertTrue(reset || i == 0, "cut at " + i);
        } else if (flags.equals("UPE")) {
          assertEquals(502, response.code(), "cut at " + i + ", within a message as in Envoy");
          assertTrue(info.explanation().contains("Exception"), info.explanation());
          assertTrue(i > 0 && (reset || i < HEAD), "cut at " + i);
        } else {
          assertEquals(200, response.code(), "cut at " + i);
          assertTrue(i >= HEAD, "cut at " + i);
          assertThrows(IOException.class, () -> response.body().string(), "cut at " + i);
        }
      }
      rig.assertNothingIsLeftOver();
    }
    assertEquals(ANSWER.length(), server.accepted());
    assertNothingIsConnected(server);
  }

  @Test
  void aServerThatClosesWithoutAWordAfterEachAnswerLosesNothingOfOurs() throws Exception {
    RawServer server =
        server(
            peer -> {
              peer.readHead();
              peer.answer(200, "ok");
            });
    OkHttpClient client = rig.client();
    Set<Integer> statuses = new TreeSet<>();
    for (int i = 0; i < 500; i++) {
      try (Response response = client.newCall(get()).execute()) {
        statuses.add(response.code());
        response.body().bytes();
      }
    }
    statuses.remove(503); // where the close came between the look at the connection and its use
    assertEquals(Set.of(200), statuses);
    assertNothingIsConnected(server);
  }

  @Test
  void whatANetworkInterceptorThrowsIsTheCallersAndBlamesNobody() throws Exception {
    RawServer server =
        server(
            peer -> {
              while (true) {
                peer.readHead();
                peer.answer(200, "ok");
              }
            });
    rig.cluster("c", "outlier_detection: {consecutive_5xx: 1, max_ejection_percent: 100}")
        .endpoints("c", server.port())
        .route("cluster: c, retry_policy: {retry_on: '5xx,reset'}");
    IOException own = new IOException("mine");
    AtomicInteger runs = new AtomicInteger();
    OkHttpClient client =
        rig.client(
            new OkHttpClient.Builder()
                .addNetworkInterceptor(
                    chain -> {
                      runs.incrementAndGet();
                      throw own;
                    }));
    IOException thrown =
        assertThrows(IOException.class, () -> client.newCall(get()).execute().close());
    assertSame(own, thrown);
    assertEquals(1, runs.get(), "it is not retried");
    assertEquals(0, rig.counted("mesh.outlier.ejections"));
    rig.assertNothingIsLeftOver();
  }

  @Test
  void behindANetworkInterceptorTheNetworksFailuresAreTheMeshs() throws Exception {
    RawServer server = server(RawServer.Peer::readHead);
    OkHttpClient client =
        rig.client(
            new OkHttpClient.Builder()
                .addNetworkInterceptor(
                    chain -> {
                      try {
                        return chain.proceed(chain.request());
                      } catch (IOException seen) {
                        throw new IOException("seen", seen);
                      }
                    }));
    try (Response response = client.newCall(get()).execute()) {
      assertEquals(503, response.code());
      assertEquals("UC", MeshOkHttp.callInfo(response).orElseThrow().flags().toString());
    }
    assertNothingIsConnected(server);
  }

  /** What goes wrong in one call; the request says it in a header. */
  private enum Mishap {
    NONE,
    REFUSED,
    CUT_HEAD,
    CUT_BODY,
    UNREAD,
    THROWS_BEFORE,
    THROWS_AFTER,
    FAILS_AFTER,
    CLOSES_BELOW,
    CLOSES_ABOVE,
    THROWS_ABOVE,
    CANCELS
  }

  private static Mishap of(Request request) {
    return Mishap.valueOf(String.valueOf(request.header("Mishap")));
  }

  private static Response below(Interceptor.Chain chain) throws IOException {
    Mishap mishap = of(chain.request());
    if (mishap == Mishap.THROWS_BEFORE) {
      throw new IOException("before");
    }
    Response response = chain.proceed(chain.request());
    switch (mishap) {
      case THROWS_AFTER -> throw new IllegalStateException("after");
      case FAILS_AFTER -> throw new IOException("after");
      case CLOSES_BELOW -> response.close();
      default -> {}
    }
    return response;
  }

  private static Response above(Interceptor.Chain chain) throws IOException {
    Mishap mishap = of(chain.request());
    if (mishap == Mishap.CANCELS) {
      chain.call().cancel();
    }
    Response response = chain.proceed(chain.request());
    switch (mishap) {
      case THROWS_ABOVE -> throw new IllegalStateException("above");
      case CLOSES_ABOVE -> response.close();
      default -> {}
    }
    return response;
  }

  private static void misbehave(RawServer.Peer peer) throws IOException {
    while (true) {
      String head = peer.readHead();
      if (head.contains("Mishap: CUT_HEAD")) {
        peer.write("HTTP/1.1 20");
        peer.reset();
        return;
      } else if (head.contains("Mishap: CUT_BODY")) {
        peer.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");
        return;
      } else if (head.contains("Mishap: REFUSED")) {
        peer.answer(503, "no");
      } else {
        peer.answer(200, "hello");
      }
    }
  }

  /** With two requests in flight at most, a place that is not given back fails all that follow. */
  @Test
  void afterTenThousandMishapsNothingIsLeft() throws Exception {
    RawServer server = server(HostileServerTest::misbehave);
    rig.route("cluster: c, retry_policy: {retry_on: 5xx, retry_back_off: {base_interval: 0.001s}}");
    OkHttpClient client =
        rig.client(
            new OkHttpClient.Builder()
                .addInterceptor(HostileServerTest::above)
                .addNetworkInterceptor(HostileServerTest::below));
    Map<Mishap, Integer> ended = new EnumMap<>(Mishap.class);
    for (int i = 0; i < 10_000; i++) {
      Mishap mishap = Mishap.values()[i % Mishap.values().length];
      Request request = get().newBuilder().header("Mishap", mishap.name()).build();
      try (Response response = client.newCall(request).execute()) {
        String flags =
            MeshOkHttp.callInfo(response).map(info -> info.flags().toString()).orElse("");
        assertFalse(flags.contains("UO"), mishap + ": no place is left");
        if (mishap != Mishap.UNREAD) {
          response.body().string();
        }
        ended.merge(mishap, 1, Integer::sum);
      } catch (IOException | IllegalStateException expected) {
        assertTrue(mishap != Mishap.NONE && mishap != Mishap.REFUSED, mishap + ": " + expected);
      }
    }
    assertEquals(ended.get(Mishap.NONE), ended.get(Mishap.REFUSED));
    assertTrue(ended.get(Mishap.NONE) > 800, "all of these succeeded");
    assertNull(ended.get(Mishap.THROWS_ABOVE));
    assertNothingIsConnected(server);
  }
}
