package dev.proxyless.mesh.okhttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.testing.Await;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.internal.concurrent.Task;
import okhttp3.internal.concurrent.TaskQueue;
import okhttp3.internal.concurrent.TaskRunner;
import org.junit.jupiter.api.Test;

class IdleConnectionsTest {

  private static final Duration HOUR = Duration.ofHours(1);

  /** What an OkHttp of another time might ask of a backend. */
  interface WiderBackend extends TaskRunner.Backend {
    void coordinatorRest(TaskRunner runner);
  }

  @Test
  void theOkHttpThatIsHereIsServed() {
    assertTrue(IdleConnections.isImplemented(TaskRunner.Backend.class));
  }

  @Test
  void anOkHttpThatAsksForMoreIsLeftAlone() {
    assertFalse(IdleConnections.isImplemented(WiderBackend.class));
  }

  @Test
  void idleTimesFromTenSecondsOnAreKeptSparingly() {
    assertInstanceOf(
        IdleConnections.Sparing.class, IdleConnections.makerFor(Duration.ofSeconds(10)));
    assertFalse(
        IdleConnections.makerFor(Duration.ofMillis(9_999)) instanceof IdleConnections.Sparing);
  }

  /** A lower bound of time: it holds however slow the machine is. */
  @Test
  void howeverOftenAConnectionFallsIdleItsPoolIsLookedAfterOnceInAPause() throws Exception {
    Duration pause = Duration.ofMillis(50);
    AtomicInteger rounds = new AtomicInteger();
    TaskQueue queue = new IdleConnections.Sparing(pause).runner().newQueue();
    Task task =
        new Task("round", true) {
          @Override
          public long runOnce() {
            rounds.incrementAndGet();
            return HOUR.toNanos(); // as a pool with an idle connection says
          }
        };
    queue.schedule(task, 0);
    Await.until("the first round", () -> rounds.get() == 1, () -> rounds + " rounds");
    long begin = System.nanoTime();
    Await.until(
        "three more",
        () -> {
          queue.schedule(task, 0);
          return rounds.get() >= 4;
        },
        () -> rounds + " rounds");

    long took = System.nanoTime() - begin;
    assertTrue(took >= 3 * pause.toNanos(), took + " ns for three rounds");
  }

  @Test
  void anIdleConnectionIsClosedWhenItsTimeIsOver() throws Exception {
    try (MockWebServer server = new MockWebServer()) {
      server.enqueue(new MockResponse.Builder().body("first").build());
      server.start();
      ConnectionPool pool =
          new IdleConnections.Sparing(Duration.ofMillis(20)).pool(5, Duration.ofMillis(100));
      OkHttpClient client = new OkHttpClient.Builder().connectionPool(pool).build();
      try (Response response =
          client.newCall(new Request.Builder().url(server.url("/")).build()).execute()) {
        assertEquals("first", response.body().string());
      }
      Await.until(
          "the connection is gone",
          () -> pool.connectionCount() == 0,
          () -> pool.connectionCount() + " connections");
      client.dispatcher().executorService().shutdown();
      assertTrue(client.dispatcher().executorService().awaitTermination(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void noMoreIdleConnectionsAreKeptThanThePoolHasRoomFor() throws Exception {
    try (MockWebServer server = new MockWebServer()) {
      server.enqueue(new MockResponse.Builder().body("a").build());
      server.enqueue(new MockResponse.Builder().body("b").build());
      server.start();
      ConnectionPool pool = new IdleConnections.Sparing(Duration.ofMillis(20)).pool(1, HOUR);
      OkHttpClient client = new OkHttpClient.Builder().connectionPool(pool).build();
      Request request = new Request.Builder().url(server.url("/")).build();
      try (Response a = client.newCall(request).execute();
          Response b = client.newCall(request).execute()) {
        assertEquals(a.code(), b.code());
        assertEquals(2, pool.connectionCount());
      }
      Await.until(
          "one is left",
          () -> pool.connectionCount() == 1,
          () -> pool.connectionCount() + " connections");
      pool.evictAll();
      assertEquals(0, pool.connectionCount());
    }
  }
}
