package dev.proxyless.mesh.okhttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Copies of requests to other clusters: envoy-semantics 1.13. */
class MirrorTest {

  private static final long SOON_SECONDS = 20;

  private MeshRig rig;
  private MockWebServer main;
  private MockWebServer shadow;

  @BeforeEach
  void start() throws IOException {
    rig = new MeshRig();
    main = rig.backend();
    shadow = rig.backend();
    rig.cluster("main", "", main).cluster("shadow", "", shadow);
  }

  @AfterEach
  void stop() throws Exception {
    rig.close();
  }

  private OkHttpClient client(String policies) throws Exception {
    rig.route("cluster: main, request_mirror_policies: [" + policies + "]");
    return rig.client();
  }

  private static Request post(String body) {
    return new Request.Builder()
        .url(MeshRig.URL + "orders?id=1")
        .header("x-tenant", "t")
        .post(RequestBody.create(body, MediaType.parse("text/plain")))
        .build();
  }

  private static String answer(OkHttpClient client, Request request) throws IOException {
    try (Response response = client.newCall(request).execute()) {
      assertNull(response.header("x-from-shadow"));
      return response.body().string();
    }
  }

  private RecordedRequest mirrored() throws InterruptedException {
    RecordedRequest seen = shadow.takeRequest(SOON_SECONDS, TimeUnit.SECONDS);
    assertNotNull(seen, "nothing was mirrored");
    return seen;
  }

  @Test
  void aCopyGoesToTheSecondClusterAndItsAnswerNowhere() throws Exception {
    OkHttpClient client =
        client(
            "{cluster: shadow, request_headers_mutations: [{append: {header: {key: x-copy, value:"
                + " '1'}}}, {remove: x-tenant}]}");
    main.enqueue(new MockResponse.Builder().body("main").build());
    shadow.enqueue(
        new MockResponse.Builder().code(500).setHeader("x-from-shadow", "1").body("no").build());
    assertEquals("main", answer(client, post("body")));
    RecordedRequest seen = mirrored();
    assertEquals("POST", seen.getMethod());
    assertEquals("/orders?id=1", seen.getTarget());
    assertEquals("body", seen.getBody().utf8());
    assertEquals("s.local-shadow:8000", seen.getHeaders().get("Host"));
    assertEquals("1", seen.getHeaders().get("x-copy"));
    assertNull(seen.getHeaders().get("x-tenant"));
    assertEquals("t", main.takeRequest().getHeaders().get("x-tenant"));
  }

  @Test
  void aMirrorThatDoesNotAnswerDelaysNothing() throws Exception {
    OkHttpClient client = client("{cluster: shadow}");
    main.enqueue(new MockResponse.Builder().body("main").build());
    shadow.enqueue(new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build());
    assertEquals("main", answer(client, post("body")));
    mirrored();
  }

  @Test
  void aMirrorThatCannotBeReachedFailsNothing() throws Exception {
    rig.cluster("nobody", "").cluster("gone", "");
    OkHttpClient client = client("{cluster: nobody}, {cluster: unknown}, {cluster: gone}");
    main.enqueue(new MockResponse.Builder().body("main").build());
    assertEquals("main", answer(client, post("body")));
  }

  @Test
  void noneOfAFractionOfZeroIsMirrored() throws Exception {
    OkHttpClient client =
        client(
            "{cluster: shadow, runtime_fraction: {default_value: {numerator: 0}}}, {cluster:"
                + " shadow, disable_shadow_host_suffix_append: true}");
    main.enqueue(new MockResponse.Builder().body("main").build());
    shadow.enqueue(new MockResponse.Builder().build());
    assertEquals("main", answer(client, post("body")));
    assertEquals("s.local:8000", mirrored().getHeaders().get("Host"));
    assertEquals(1, shadow.getRequestCount());
  }

  @Test
  void aBodyThatCannotBeCopiedFailsNothing() throws Exception {
    OkHttpClient client = client("{cluster: shadow}");
    main.enqueue(new MockResponse.Builder().body("main").build());
    AtomicInteger writes = new AtomicInteger();
    RequestBody unsteady =
        new RequestBody() {
          @Override
          public MediaType contentType() {
            return MediaType.get("text/plain");
          }

          @Override
          public long contentLength() {
            return 4;
          }

          @Override
          public void writeTo(BufferedSink sink) throws IOException {
            if (writes.getAndIncrement() == 0) {
              throw new IllegalStateException("not yet");
            }
            sink.writeUtf8("body");
          }
        };
    assertEquals("main", answer(client, post("").newBuilder().post(unsteady).build()));
    assertEquals("body", main.takeRequest().getBody().utf8());
    assertEquals(0, shadow.getRequestCount());
  }

  @Test
  void aBodyThatCanBeWrittenOnceIsNotMirrored() throws Exception {
    OkHttpClient client = client("{cluster: shadow}");
    main.enqueue(new MockResponse.Builder().body("main").build());
    main.enqueue(new MockResponse.Builder().body("second").build());
    shadow.enqueue(new MockResponse.Builder().build());
    RequestBody once =
        new RequestBody() {
          @Override
          public MediaType contentType() {
            return MediaType.get("text/plain");
          }

          @Override
          public boolean isOneShot() {
            return true;
          }

          @Override
          public void writeTo(BufferedSink sink) throws IOException {
            sink.writeUtf8("once");
          }
        };
    assertEquals("main", answer(client, post("").newBuilder().post(once).build()));
    assertEquals("second", answer(client, post("again")));
    assertEquals("again", mirrored().getBody().utf8());
    assertEquals(1, shadow.getRequestCount());
  }
}
