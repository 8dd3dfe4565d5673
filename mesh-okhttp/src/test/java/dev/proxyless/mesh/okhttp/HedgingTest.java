package dev.proxyless.mesh.okhttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.telemetry.AttemptInfo;
import dev.proxyless.mesh.telemetry.CallInfo;
import dev.proxyless.mesh.telemetry.CallListener;
import dev.proxyless.mesh.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Call;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tries beside each other over real sockets: the first answer counts, the others leave nothing. */
final class HedgingTest {

  private static final String HEDGED =
      "cluster: c, retry_policy: {retry_on: 5xx, num_retries: 1, per_try_timeout: 1.5s},"
          + " hedge_policy: {hedge_on_per_try_timeout: true}";

  private MeshRig rig;
  private MockWebServer backend;
  private final AtomicInteger requests = new AtomicInteger();
  private final CountDownLatch release = new CountDownLatch(1);
  private final List<String> bodies = new CopyOnWriteArrayList<>();
  private final List<AttemptInfo> told = new CopyOnWriteArrayList<>();
  private final List<Integer> slow = new CopyOnWriteArrayList<>();

  @BeforeEach
  void begin() throws IOException {
    rig = new MeshRig();
    backend = rig.backend();
  }

  @AfterEach
  void end() throws IOException {
    release.countDown();
    rig.close();
  }

  /** The first request waits until the test lets it go; those that follow are answered at once. */
  private void firstWaits(int status) {
    backend.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
            int number = requests.incrementAndGet();
            bodies.add(request.getBody() == null ? "" : request.getBody().utf8());
            if (number == 1) {
              release.await(20, TimeUnit.SECONDS);
            }
            return new MockResponse.Builder()
                .code(number == 1 ? 200 : status)
                .body("answer " + number)
                .build();
          }
        });
    rig.cluster("c", "", backend).route(HEDGED);
  }

  private final CallListener listener =
      new CallListener() {
        @Override
        public void attempt(AttemptInfo attempt) {
          told.add(attempt);
        }

        @Override
        public void slow(AttemptInfo attempt) {
          slow.add(attempt.number());
        }
      };

  private Response call(OkHttpClient client, Request request) throws IOException {
    return client.newCall(MeshOkHttp.watched(request, listener)).execute();
  }

  @Test
  void theFirstAnswerIsTheCallersAndTheOtherTryIsGivenUp() throws Exception {
    firstWaits(200);
    List<String> broken = new CopyOnWriteArrayList<>();
    OkHttpClient client =
        rig.client(
            new OkHttpClient.Builder()
                .addNetworkInterceptor(
                    chain -> {
                      try {
                        return chain.proceed(chain.request());
                      } catch (IOException cut) {
                        broken.add(String.valueOf(chain.call().isCanceled()));
                        throw cut;
                      }
                    }));
    try (Response response = call(client, MeshRig.get())) {
      assertEquals("answer 2", response.body().string());
      CallInfo info = MeshOkHttp.callInfo(response).orElseThrow();
      assertEquals(2, info.attempts());
      assertEquals("-", info.flags().toString());
    }
    Await.until("the slow try is cut", () -> !broken.isEmpty(), () -> broken);
    assertEquals(List.of("true"), broken, "before its server let it go");
    assertEquals(List.of(1), slow);
    assertEquals(List.of(1, 2), told.stream().map(AttemptInfo::number).toList());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void aBadAnswerIsDroppedForTheSlowOne() throws Exception {
    firstWaits(503);
    OkHttpClient client = rig.client();
    Thread letGo =
        new Thread(
            () -> {
              while (told.stream().noneMatch(each -> each.status() == 503)) {
                Thread.onSpinWait();
              }
              release.countDown();
            });
    letGo.start();
    try (Response response = call(client, MeshRig.get())) {
      assertEquals(200, response.code());
      assertEquals("answer 1", response.body().string());
    }
    letGo.join();
    rig.assertNothingIsLeftOver();
  }

  @Test
  void aBodyIsWrittenOnceAndSentTwice() throws Exception {
    firstWaits(200);
    AtomicInteger written = new AtomicInteger();
    RequestBody body =
        new RequestBody() {
          @Override
          public MediaType contentType() {
            return MediaType.get("text/plain");
          }

          @Override
          public long contentLength() {
            return 5;
          }

          @Override
          public void writeTo(BufferedSink sink) throws IOException {
            written.incrementAndGet();
            sink.writeUtf8("hello");
          }
        };
    try (Response response = call(rig.client(), MeshRig.get().newBuilder().post(body).build())) {
      assertEquals("answer 2", response.body().string());
    }
    assertEquals(List.of("hello", "hello"), bodies);
    assertEquals(1, written.get());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void cancellingGivesUpAllTries() throws Exception {
    firstWaits(200);
    backend.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
            requests.incrementAndGet();
            release.await(20, TimeUnit.SECONDS);
            return new MockResponse.Builder().build();
          }
        });
    Call call = rig.client().newCall(MeshOkHttp.watched(MeshRig.get(), listener));
    Thread canceller =
        new Thread(
            () -> {
              while (requests.get() < 2) {
                Thread.onSpinWait();
              }
              call.cancel();
            });
    canceller.start();
    IOException failure = assertThrows(IOException.class, call::execute);
    assertEquals("Canceled", failure.getMessage());
    canceller.join();
    rig.assertNothingIsLeftOver();
  }

  @Test
  void anIdleBodyIsCutByTheRoutesIdleTimeout() throws Exception {
    backend.enqueue(
        new MockResponse.Builder()
            .body("0123456789")
            .throttleBody(5, 30, TimeUnit.SECONDS)
            .build());
    rig.cluster("c", "", backend).route("cluster: c, timeout: 0s, idle_timeout: 2s");
    OkHttpClient patient = rig.client(new OkHttpClient.Builder().readTimeout(Duration.ZERO));
    AtomicInteger ended = new AtomicInteger();
    CallListener flags =
        new CallListener() {
          @Override
          public void ended(CallInfo info, int status, Duration duration) {
            assertEquals("SI", info.flags().toString());
            assertEquals("stream_idle_timeout", info.details());
            ended.incrementAndGet();
          }
        };
    try (Response response = patient.newCall(MeshOkHttp.watched(MeshRig.get(), flags)).execute()) {
      assertEquals(200, response.code());
      assertThrows(IOException.class, () -> response.body().string());
    }
    assertEquals(1, ended.get());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void aSilentEndpointIsGivenUpByThePerTryIdleTimeout() throws Exception {
    backend.enqueue(MeshRig.never());
    backend.enqueue(new MockResponse.Builder().body("then").build());
    rig.cluster("c", "", backend)
        .route("cluster: c, retry_policy: {retry_on: reset, per_try_idle_timeout: 1.5s}");
    try (Response response = call(rig.client(), MeshRig.get())) {
      assertEquals("then", response.body().string());
    }
    assertEquals("upstream_per_try_idle_timeout", told.get(0).reset());
    assertTrue(told.get(0).next().startsWith("retried by reset"), told.get(0).next());
    rig.assertNothingIsLeftOver();
  }
}
