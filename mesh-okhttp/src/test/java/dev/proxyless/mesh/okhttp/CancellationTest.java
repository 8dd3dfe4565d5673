package dev.proxyless.mesh.okhttp;

import static dev.proxyless.mesh.okhttp.MeshRig.answer;
import static dev.proxyless.mesh.okhttp.MeshRig.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.Bootstrap;
import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.testing.Await;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The caller ends a call: by cancelling it, by its call timeout, or by interrupting its thread. */
class CancellationTest {

  /** Jitter takes any part of the back-off, so it must be long for any part to be long. */
  private static final String SLOW_RETRY =
      "cluster: c, timeout: 60s, retry_policy: {retry_on: 5xx, num_retries: 20, retry_back_off:"
          + " {base_interval: 90000s, max_interval: 90000s}}";

  private MeshRig rig;
  private MockWebServer backend;

  @BeforeEach
  void start() throws IOException {
    rig = new MeshRig();
    backend = rig.backend();
    rig.cluster("c", "", backend).route("cluster: c");
  }

  @AfterEach
  void stop() throws IOException {
    rig.close();
  }

  /** A call on a thread of its own. */
  private static final class Running {
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicReference<Boolean> interrupted = new AtomicReference<>(false);
    private final Thread thread;

    Running(Call call) {
      thread =
          new Thread(
              () -> {
                try (Response response = call.execute()) {
                  response.body().string();
                } catch (IOException thrown) {
                  failure.set(thrown);
                }
                interrupted.set(Thread.currentThread().isInterrupted());
              });
      thread.start();
    }

    Throwable failure() throws InterruptedException {
      thread.join(TimeUnit.SECONDS.toMillis(20));
      assertFalse(thread.isAlive(), "the call ended");
      return failure.get();
    }

    boolean isWaiting() {
      return thread.getState() == Thread.State.TIMED_WAITING
          || thread.getState() == Thread.State.WAITING;
    }
  }

  private static MockResponse unending() {
    return new MockResponse.Builder()
        .body("x".repeat(1000))
        .throttleBody(1, 20, TimeUnit.MILLISECONDS)
        .build();
  }

  @Test
  void cancellingEndsABodyThatIsBeingRead() throws Exception {
    backend.enqueue(unending());
    Call call = rig.client().newCall(get());
    try (Response response = call.execute()) {
      response.body().source().require(1);
      assertEquals(1, rig.mesh().calls().active());
      call.cancel();
      assertThrows(IOException.class, () -> response.body().string());
    }
    assertEquals(0, rig.counted("mesh.outlier.ejections"));
    rig.assertNothingIsLeftOver();
  }

  @Test
  void theCallTimeoutBoundsTheBodyAsWell() throws Exception {
    backend.enqueue(unending());
    OkHttpClient client = rig.client(new OkHttpClient.Builder().callTimeout(Duration.ofSeconds(2)));
    try (Response response = client.newCall(get()).execute()) {
      IOException failure =
          assertThrows(InterruptedIOException.class, () -> response.body().string());
      assertEquals("timeout", failure.getMessage());
    }
    rig.assertNothingIsLeftOver();
  }

  @Test
  void theCallTimeoutEndsTheWaitForARetry() throws Exception {
    backend.enqueue(answer(503, ""));
    rig.route(SLOW_RETRY);
    OkHttpClient client = rig.client(new OkHttpClient.Builder().callTimeout(Duration.ofSeconds(2)));
    Throwable failure = new Running(client.newCall(get())).failure();
    assertInstanceOf(InterruptedIOException.class, failure);
    assertEquals("timeout", failure.getMessage());
    assertEquals(1, backend.getRequestCount());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void interruptionEndsTheWaitForARetryAndIsKept() throws Exception {
    backend.enqueue(answer(503, ""));
    rig.route(SLOW_RETRY);
    CountDownLatch discarded = new CountDownLatch(1);
    Call call = rig.client().newCall(get());
    call.addEventListener(
        new EventListener() {
          @Override
          public void responseBodyEnd(Call each, long bytes) {
            discarded.countDown();
          }
        });
    Running running = new Running(call);
    assertTrue(discarded.await(20, TimeUnit.SECONDS), "the first try was discarded");
    running.thread.interrupt();
    assertInstanceOf(InterruptedIOException.class, running.failure());
    assertTrue(running.interrupted.get(), "the thread stays interrupted");
    assertEquals(1, backend.getRequestCount());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void anInterruptedReadEndsAsItDoesWithoutTheMesh() throws Exception {
    OkHttpClient.Builder settings = new OkHttpClient.Builder().readTimeout(Duration.ofSeconds(2));
    OkHttpClient plain = settings.build();
    OkHttpClient meshed = rig.client(settings);
    Throwable expected = interruptedRead(plain.newCall(plainGet()));
    Throwable found = interruptedRead(meshed.newCall(get()));
    assertEquals(expected.getClass(), found.getClass());
    rig.assertNothingIsLeftOver();
  }

  private okhttp3.Request plainGet() {
    return get().newBuilder().url(backend.url("/")).build();
  }

  private Throwable interruptedRead(Call call) throws Exception {
    backend.enqueue(MeshRig.never());
    Running running = new Running(call);
    backend.takeRequest();
    Await.until(
        "a read",
        () -> isReading(running.thread),
        () -> Arrays.toString(running.thread.getStackTrace()));
    running.thread.interrupt();
    Throwable failure = running.failure();
    assertTrue(running.interrupted.get(), "the thread stays interrupted");
    return failure;
  }

  private static boolean isReading(Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .anyMatch(
            frame ->
                frame.getClassName().equals("sun.nio.ch.NioSocketImpl")
                    && frame.getMethodName().equals("park"));
  }

  /** A mesh that waits for a control plane that never answers. */
  private static Mesh neverReady(ServerSocket controlPlane) {
    return Mesh.builder()
        .bootstrap(
            Bootstrap.builder()
                .nodeId("mesh/test/virtualNode/client")
                .controlPlane("127.0.0.1", controlPlane.getLocalPort())
                .cloudMap(Bootstrap.CloudMap.OFF)
                .readyTimeout(Duration.ofMinutes(5))
                .closeTimeout(Duration.ofSeconds(1))
                .build())
        .build();
  }

  @Test
  void cancellingEndsTheWaitForTheFirstConfiguration() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Mesh mesh = neverReady(silent)) {
      Call call = MeshOkHttp.install(mesh, new OkHttpClient.Builder()).build().newCall(get());
      Running running = new Running(call);
      Await.until("the call waits", running::isWaiting, running.thread::getState);
      call.cancel();
      assertEquals("Canceled", running.failure().getMessage());
      assertFalse(running.interrupted.get(), "a cancellation is no interruption");
      assertEquals(0, mesh.calls().active());
    }
  }

  @Test
  void theCallTimeoutEndsTheWaitForTheFirstConfiguration() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Mesh mesh = neverReady(silent)) {
      OkHttpClient client =
          MeshOkHttp.install(mesh, new OkHttpClient.Builder().callTimeout(Duration.ofMillis(300)))
              .build();
      Running running = new Running(client.newCall(get()));
      assertInstanceOf(InterruptedIOException.class, running.failure());
      assertEquals("timeout", running.failure().getMessage());
      assertFalse(running.interrupted.get(), "a timeout is no interruption");
    }
  }

  @Test
  void interruptionEndsTheWaitForTheFirstConfiguration() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Mesh mesh = neverReady(silent)) {
      OkHttpClient client = MeshOkHttp.install(mesh, new OkHttpClient.Builder()).build();
      Running running = new Running(client.newCall(get()));
      Await.until("the call waits", running::isWaiting, running.thread::getState);
      running.thread.interrupt();
      assertInstanceOf(InterruptedIOException.class, running.failure());
      assertTrue(running.interrupted.get(), "the thread stays interrupted");
    }
  }

  @Test
  void aCallThatIsCancelledBeforeItBeginsAsksNobody() throws Exception {
    Call call = rig.client().newCall(get());
    call.cancel();
    IOException failure = assertThrows(IOException.class, () -> call.execute().close());
    assertEquals("Canceled", failure.getMessage());
    assertEquals(0, backend.getRequestCount());
    rig.assertNothingIsLeftOver();
  }
}
