package dev.proxyless.mesh.okhttp;

import static dev.proxyless.mesh.okhttp.MeshRig.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.testing.Await;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tries run on the thread of their call; the application's dispatcher counts calls alone. */
class DispatchTest {

  private final CountDownLatch mayAnswer = new CountDownLatch(1);
  private final AtomicInteger answered = new AtomicInteger();
  private MeshRig rig;
  private RawServer server;

  @BeforeEach
  void start() throws IOException {
    rig = new MeshRig();
    server =
        new RawServer(
            peer -> {
              while (true) {
                peer.readHead();
                if (await(mayAnswer)) {
                  peer.answer(200, "ok");
                }
              }
            });
    rig.closeLater(server);
    rig.cluster("c", "").endpoints("c", server.port()).route("cluster: c");
  }

  @AfterEach
  void stop() throws IOException {
    rig.close();
  }

  private static boolean await(CountDownLatch latch) {
    try {
      return latch.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void enqueue(OkHttpClient client, CountDownLatch done) {
    client
        .newCall(get())
        .enqueue(
            new Callback() {
              @Override
              public void onFailure(Call call, IOException failure) {
                done.countDown();
              }

              @Override
              public void onResponse(Call call, Response response) throws IOException {
                try (response) {
                  if (response.body().string().equals("ok")) {
                    answered.incrementAndGet();
                  }
                }
                done.countDown();
              }
            });
  }

  @Test
  void theLimitPerHostCountsCallsAndNotTheirTries() throws Exception {
    Dispatcher dispatcher = new Dispatcher();
    OkHttpClient client = rig.client(new OkHttpClient.Builder().dispatcher(dispatcher));
    CountDownLatch done = new CountDownLatch(10);
    for (int i = 0; i < 10; i++) {
      enqueue(client, done);
    }
    Await.until("five run", () -> server.heads().size() == 5, server::heads);
    assertEquals(5, dispatcher.runningCallsCount());
    assertEquals(5, dispatcher.queuedCallsCount());
    assertEquals(5, rig.mesh().calls().active());
    mayAnswer.countDown();
    assertTrue(done.await(20, TimeUnit.SECONDS), "all ended");
    assertEquals(10, answered.get());
    dispatcher.executorService().shutdown();
    rig.assertNothingIsLeftOver();
  }

  @Test
  void aDispatcherOfOneCallDoesNotStarve() throws Exception {
    mayAnswer.countDown();
    Dispatcher dispatcher = new Dispatcher();
    dispatcher.setMaxRequests(1);
    OkHttpClient client = rig.client(new OkHttpClient.Builder().dispatcher(dispatcher));
    CountDownLatch done = new CountDownLatch(5);
    for (int i = 0; i < 5; i++) {
      enqueue(client, done);
    }
    assertTrue(done.await(20, TimeUnit.SECONDS), "all ended");
    assertEquals(5, answered.get());
    dispatcher.executorService().shutdown();
  }

  @Test
  void triesRunOnTheCallersThread() throws Exception {
    mayAnswer.countDown();
    Thread[] ran = new Thread[1];
    OkHttpClient client =
        rig.client(
            new OkHttpClient.Builder()
                .addNetworkInterceptor(
                    chain -> {
                      ran[0] = Thread.currentThread();
                      return chain.proceed(chain.request());
                    }));
    client.newCall(get()).execute().close();
    assertEquals(Thread.currentThread(), ran[0]);
  }
}
