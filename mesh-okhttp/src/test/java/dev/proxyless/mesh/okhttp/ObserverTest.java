package dev.proxyless.mesh.okhttp;

import static dev.proxyless.mesh.okhttp.MeshRig.answer;
import static dev.proxyless.mesh.okhttp.MeshRig.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the application sees of tries: events, tags, the request, and what was discarded. */
class ObserverTest {

  private MeshRig rig;
  private MockWebServer backend;

  @BeforeEach
  void start() throws IOException {
    rig = new MeshRig();
    backend = rig.backend();
    rig.cluster("c", "", backend)
        .route("cluster: c, prefix_rewrite: /inside/, retry_policy: {retry_on: 5xx}");
  }

  @AfterEach
  void stop() throws IOException {
    rig.close();
  }

  /** Writes down what it is told, and of which call. */
  private static final class Notes extends EventListener {
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final List<Call> calls = new CopyOnWriteArrayList<>();

    private void note(Call call, String event) {
      calls.add(call);
      events.add(event);
    }

    @Override
    public void callStart(Call call) {
      note(call, "callStart");
    }

    @Override
    public void connectStart(Call call, java.net.InetSocketAddress address, java.net.Proxy proxy) {
      note(call, "connectStart");
    }

    @Override
    public void connectEnd(
        Call call,
        java.net.InetSocketAddress address,
        java.net.Proxy proxy,
        okhttp3.Protocol protocol) {
      note(call, "connectEnd");
    }

    @Override
    public void connectionAcquired(Call call, Connection connection) {
      note(call, "connectionAcquired");
    }

    @Override
    public void connectionReleased(Call call, Connection connection) {
      note(call, "connectionReleased");
    }

    @Override
    public void requestHeadersStart(Call call) {
      note(call, "requestHeadersStart");
    }

    @Override
    public void requestHeadersEnd(Call call, Request request) {
      note(call, "requestHeadersEnd");
    }

    @Override
    public void responseHeadersStart(Call call) {
      note(call, "responseHeadersStart");
    }

    @Override
    public void responseHeadersEnd(Call call, Response response) {
      note(call, "responseHeadersEnd " + response.code());
    }

    @Override
    public void responseBodyStart(Call call) {
      note(call, "responseBodyStart");
    }

    @Override
    public void responseBodyEnd(Call call, long bytes) {
      note(call, "responseBodyEnd");
    }

    @Override
    public void followUpDecision(Call call, Response response, Request next) {
      note(call, "followUpDecision " + (next == null ? "none" : next.url().encodedPath()));
    }

    @Override
    public void callEnd(Call call) {
      note(call, "callEnd");
    }

    @Override
    public void callFailed(Call call, IOException failure) {
      note(call, "callFailed");
    }
  }

  @Test
  void theEventsOfTriesStandBetweenTheStartAndEndOfTheCallersCall() throws Exception {
    backend.enqueue(new MockResponse.Builder().code(503).build());
    backend.enqueue(answer(200, "ok"));
    Notes notes = new Notes();
    OkHttpClient client = rig.client(new OkHttpClient.Builder().eventListener(notes));
    Call call = client.newCall(get());
    try (Response response = call.execute()) {
      assertEquals("ok", response.body().string());
    }
    List<String> order =
        List.of(
            "callStart",
            "connectStart",
            "connectEnd",
            "connectionAcquired",
            "requestHeadersStart",
            "requestHeadersEnd",
            "responseHeadersStart",
            "responseHeadersEnd 503",
            "responseBodyStart",
            "responseBodyEnd",
            "connectionReleased",
            "connectionAcquired",
            "requestHeadersStart",
            "requestHeadersEnd",
            "responseHeadersStart",
            "responseHeadersEnd 200",
            "followUpDecision none",
            "callEnd",
            "responseBodyStart",
            "responseBodyEnd",
            "connectionReleased");
    assertEquals(order, notes.events);
    notes.calls.forEach(each -> assertSame(call, each));
  }

  @Test
  void nothingOfAnInnerCallsOwnStartEndOrDecisionsIsPassedOn() {
    List<String> own =
        List.of(
            "callStart",
            "callEnd",
            "callFailed",
            "canceled",
            "retryDecision",
            "followUpDecision",
            "dispatcherQueueStart",
            "dispatcherQueueEnd");
    List<String> passedOn =
        Arrays.stream(AttemptEvents.class.getDeclaredMethods()).map(Method::getName).toList();
    List<String> dropped =
        Arrays.stream(EventListener.class.getMethods())
            .filter(each -> each.getParameterCount() > 0)
            .filter(each -> each.getParameterTypes()[0] == Call.class)
            .map(Method::getName)
            .filter(each -> !own.contains(each) && !passedOn.contains(each))
            .toList();
    assertEquals(List.of(), dropped, "events of tries that the application does not get");
  }

  @Test
  void tagsOfTheRequestReachNetworkInterceptorsAndTheResponse() throws Exception {
    backend.enqueue(answer(200, ""));
    List<String> seen = new CopyOnWriteArrayList<>();
    OkHttpClient client =
        rig.client(
            new OkHttpClient.Builder()
                .addNetworkInterceptor(
                    chain -> {
                      seen.add("request " + chain.request().tag(String.class));
                      seen.add("call " + chain.call().tag(String.class));
                      return chain.proceed(chain.request());
                    }));
    Request request = get().newBuilder().tag(String.class, "mine").build();
    try (Response response = client.newCall(request).execute()) {
      assertEquals("mine", response.request().tag(String.class));
    }
    assertEquals(List.of("request mine", "call mine"), seen);
  }

  @Test
  void theResponseIsOneToTheCallersRequest() throws Exception {
    backend.enqueue(answer(200, ""));
    try (Response response = rig.client().newCall(get()).execute()) {
      assertEquals(HttpUrl.get(MeshRig.URL), response.request().url());
      assertEquals(get().headers(), response.request().headers());
    }
    assertEquals("/inside/", backend.takeRequest().getTarget());
  }

  @Test
  void discardedTriesAreTheResponsesPastWithoutBodies() throws Exception {
    rig.route("cluster: c, retry_policy: {retry_on: 5xx, num_retries: 2}");
    backend.enqueue(new MockResponse.Builder().code(502).addHeader("n", "1").body("one").build());
    backend.enqueue(new MockResponse.Builder().code(503).addHeader("n", "2").body("two").build());
    backend.enqueue(answer(200, "three"));
    try (Response response = rig.client().newCall(get()).execute()) {
      assertEquals("three", response.body().string());
      Response second = response.priorResponse();
      assertNotNull(second);
      assertEquals(503, second.code());
      assertEquals("2", second.header("n"));
      assertEquals(response.request().url(), second.request().url());
      assertThrows(IllegalStateException.class, () -> second.body().string());
      Response first = second.priorResponse();
      assertNotNull(first);
      assertEquals(502, first.code());
      assertNull(first.priorResponse());
    }
  }

  @Test
  void aRedirectsPastGoesOnBeforeIt() throws Exception {
    backend.enqueue(answer(503, ""));
    backend.enqueue(
        new MockResponse.Builder().code(302).addHeader("Location", "/elsewhere").build());
    backend.enqueue(answer(503, ""));
    backend.enqueue(answer(200, ""));
    List<Integer> codes = new ArrayList<>();
    try (Response response = rig.client().newCall(get()).execute()) {
      for (Response each = response; each != null; each = each.priorResponse()) {
        codes.add(each.code());
      }
    }
    assertEquals(List.of(200, 503, 302, 503), codes);
  }

  @Test
  void aReplyOfTheMeshKnowsWhatWasDiscarded() throws Exception {
    backend.enqueue(answer(502, ""));
    backend.enqueue(MeshRig.closesAfterRequest());
    try (Response response = rig.client().newCall(get()).execute()) {
      assertEquals(503, response.code());
      assertEquals("URX,UC", MeshOkHttp.callInfo(response).orElseThrow().flags().toString());
      Response before = response.priorResponse();
      assertNotNull(before);
      assertEquals(502, before.code());
    }
  }
}
