package dev.proxyless.mesh.okhttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.call.MeshCallException;
import dev.proxyless.mesh.telemetry.CallInfo;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where a client's requests go once the mesh is installed. */
class RoutingTest {

  private MeshRig rig;

  @BeforeEach
  void start() throws IOException {
    rig = new MeshRig();
  }

  @AfterEach
  void stop() throws Exception {
    rig.close();
  }

  private static MockResponse answer(String body) {
    return new MockResponse.Builder().body(body).build();
  }

  private static Request get(String url) {
    return new Request.Builder().url(url).build();
  }

  @Test
  void aRequestGoesToAnEndpointOfItsRoutesClusterAndSaysWhere() throws Exception {
    MockWebServer backend = rig.backend();
    backend.enqueue(answer("hello"));
    rig.cluster("c", "", backend).route("cluster: c");
    try (Response response = rig.client().newCall(get(MeshRig.URL + "items?id=1#top")).execute()) {
      assertEquals("hello", response.body().string());
      assertEquals(MeshRig.URL + "items?id=1#top", response.request().url().toString());
      CallInfo info = MeshOkHttp.callInfo(response).orElseThrow();
      assertEquals("s.local", info.virtualHost());
      assertEquals("all", info.route());
      assertEquals("c", info.cluster());
      assertEquals("127.0.0.1:" + backend.getPort(), info.endpoint());
      assertEquals(1, info.attempts());
      assertTrue(info.flags().isEmpty());
    }
    RecordedRequest seen = backend.takeRequest();
    assertEquals("/items?id=1", seen.getTarget());
    assertEquals("s.local:8000", seen.getHeaders().get("Host"));
    assertEquals("15000", seen.getHeaders().get("x-envoy-expected-rq-timeout-ms"));
  }

  @Test
  void endpointsAreTakenInTurnOverKeptConnections() throws Exception {
    MockWebServer a = rig.backend();
    MockWebServer b = rig.backend();
    for (int i = 0; i < 4; i++) {
      a.enqueue(answer("a"));
      b.enqueue(answer("b"));
    }
    rig.cluster("c", "", a, b).route("cluster: c");
    OkHttpClient client = rig.client();
    for (int i = 0; i < 8; i++) {
      try (Response response = client.newCall(get(MeshRig.URL)).execute()) {
        assertEquals(1, response.body().string().length());
      }
    }
    assertEquals(4, a.getRequestCount());
    assertEquals(4, b.getRequestCount());
    for (int i = 0; i < 4; i++) {
      assertEquals(0, a.takeRequest().getConnectionIndex(), "one connection to a");
      assertEquals(0, b.takeRequest().getConnectionIndex(), "one connection to b");
    }
  }

  @Test
  void pathAndHostAreRewrittenAndTheOldOnesTold() throws Exception {
    MockWebServer backend = rig.backend();
    backend.enqueue(answer(""));
    rig.cluster("c", "", backend)
        .routes(
            """
            - match: {prefix: /api/}
              route: {cluster: c, prefix_rewrite: /, host_rewrite_literal: internal.local}
            """);
    try (Response response =
        rig.client().newCall(get(MeshRig.URL + "api/v1/items?id=%2F1")).execute()) {
      assertEquals(MeshRig.URL + "api/v1/items?id=%2F1", response.request().url().toString());
    }
    RecordedRequest seen = backend.takeRequest();
    assertEquals("/v1/items?id=%2F1", seen.getTarget());
    assertEquals("internal.local", seen.getHeaders().get("Host"));
    assertEquals("/api/v1/items?id=%2F1", seen.getHeaders().get("x-envoy-original-path"));
    assertEquals("s.local:8000", seen.getHeaders().get("x-envoy-original-host"));
  }

  @Test
  void aMatchSeesTheUserAgentThatOkHttpWillSend() throws Exception {
    MockWebServer okhttp = rig.backend();
    MockWebServer other = rig.backend();
    okhttp.enqueue(answer("okhttp"));
    other.enqueue(answer("other"));
    rig.cluster("k", "", okhttp)
        .cluster("o", "", other)
        .routes(
            """
            - match: {prefix: /, headers: [{name: user-agent, string_match: {prefix: okhttp/}}]}
              route: {cluster: k}
            - match: {prefix: /}
              route: {cluster: o}
            """);
    OkHttpClient client = rig.client();
    try (Response response = client.newCall(get(MeshRig.URL)).execute()) {
      assertEquals("okhttp", response.body().string());
    }
    Request named = get(MeshRig.URL).newBuilder().header("user-agent", "curl/8").build();
    try (Response response = client.newCall(named).execute()) {
      assertEquals("other", response.body().string());
    }
    assertTrue(okhttp.takeRequest().getHeaders().get("User-Agent").startsWith("okhttp/"));
    assertEquals("curl/8", other.takeRequest().getHeaders().get("User-Agent"));
  }

  @Test
  void aGrpcMatchSeesTheContentTypeOfTheBody() throws Exception {
    MockWebServer grpc = rig.backend();
    MockWebServer other = rig.backend();
    grpc.enqueue(answer("grpc"));
    other.enqueue(answer("other"));
    rig.cluster("g", "", grpc)
        .cluster("o", "", other)
        .routes(
            """
            - match: {prefix: /, grpc: {}}
              route: {cluster: g}
            - match: {prefix: /}
              route: {cluster: o}
            """);
    OkHttpClient client = rig.client();
    assertEquals("grpc", post(client, "application/grpc+proto"));
    assertEquals("other", post(client, "application/json"));
  }

  private static String post(OkHttpClient client, String type) throws IOException {
    Request request =
        new Request.Builder()
            .url(MeshRig.URL)
            .post(RequestBody.create(new byte[] {1}, MediaType.get(type)))
            .build();
    try (Response response = client.newCall(request).execute()) {
      return response.body().string();
    }
  }

  @Test
  void aRedirectOfTheRouteIsFollowedThroughTheMeshWhereTheClientFollows() throws Exception {
    MockWebServer backend = rig.backend();
    backend.enqueue(answer("moved here"));
    rig.cluster("c", "", backend)
        .routes(
            """
            - match: {path: /old}
              redirect: {path_redirect: /new, response_code: FOUND}
            - match: {path: /new}
              route: {cluster: c}
            """);
    OkHttpClient follows = rig.client();
    try (Response response = follows.newCall(get(MeshRig.URL + "old?q=1")).execute()) {
      assertEquals("moved here", response.body().string());
    }
    assertEquals("/new?q=1", backend.takeRequest().getTarget());
    OkHttpClient stays = rig.client(new OkHttpClient.Builder().followRedirects(false));
    try (Response response = stays.newCall(get(MeshRig.URL + "old?q=1")).execute()) {
      assertEquals(302, response.code());
      assertEquals("http://s.local:8000/new?q=1", response.header("location"));
    }
  }

  @Test
  void aRedirectOfABackendIsRoutedAnew() throws Exception {
    MockWebServer first = rig.backend();
    MockWebServer second = rig.backend();
    first.enqueue(new MockResponse.Builder().code(302).addHeader("Location", "/second").build());
    second.enqueue(answer("second"));
    rig.cluster("a", "", first)
        .cluster("b", "", second)
        .routes(
            """
            - match: {path: /second}
              route: {cluster: b}
            - match: {prefix: /}
              route: {cluster: a}
            """);
    try (Response response = rig.client().newCall(get(MeshRig.URL)).execute()) {
      assertEquals("second", response.body().string());
      assertEquals("b", MeshOkHttp.callInfo(response).orElseThrow().cluster());
    }
  }

  @Test
  void aDirectResponseComesFromTheMesh() throws Exception {
    rig.routes(
        """
        - match: {prefix: /}
          direct_response: {status: 418, body: {inline_string: "short and stout"}}
        """);
    try (Response response = rig.client().newCall(get(MeshRig.URL)).execute()) {
      assertEquals(418, response.code());
      assertEquals("short and stout", response.body().string());
      assertEquals(0, MeshOkHttp.callInfo(response).orElseThrow().attempts());
    }
  }

  @Test
  void anUnknownHostIsRefusedWithTheNearestKnownOne() throws Exception {
    rig.route("cluster: c");
    rig.cluster("c", "", rig.backend());
    try (Response response = rig.client().newCall(get("http://t.local:8000/")).execute()) {
      assertEquals(404, response.code());
      assertEquals("", response.body().string());
      CallInfo info = MeshOkHttp.callInfo(response).orElseThrow();
      assertEquals("NR", info.flags().toString());
      assertEquals("route_not_found", info.details());
      assertTrue(info.explanation().contains("\"t.local:8000\""), info.explanation());
      assertTrue(info.explanation().contains("\"s.local:8000\""), info.explanation());
      assertEquals(info.explanation(), response.message());
    }
  }

  @Test
  void failuresAreThrownWhereTheClientAsksForExceptions() throws Exception {
    rig.route("cluster: c").cluster("c", "");
    OkHttpClient client =
        MeshOkHttp.install(rig.start(), new OkHttpClient.Builder(), MeshOkHttp.Options.EXCEPTIONS)
            .build();
    MeshCallException failure =
        assertThrows(
            MeshCallException.class, () -> client.newCall(get(MeshRig.URL)).execute().close());
    assertEquals(503, failure.status());
    assertEquals("UH", failure.info().flags().toString());
    assertTrue(failure.getMessage().contains("cluster c has no endpoints"), failure.getMessage());
  }

  @Test
  void aDestinationThatNoListenerCoversIsLeftToTheClient() throws Exception {
    MockWebServer outside = rig.backend();
    outside.enqueue(answer("outside"));
    rig.route("cluster: c").cluster("c", "", rig.backend());
    AtomicInteger network = new AtomicInteger();
    OkHttpClient client =
        rig.client(
            new OkHttpClient.Builder()
                .addNetworkInterceptor(
                    chain -> {
                      network.incrementAndGet();
                      return chain.proceed(chain.request());
                    }));
    try (Response response = client.newCall(get(outside.url("/x").toString())).execute()) {
      assertEquals("outside", response.body().string());
      assertEquals("pass_through", MeshOkHttp.callInfo(response).orElseThrow().details());
    }
    assertEquals(1, network.get());
  }

  @Test
  void aResponseWithoutTheMeshHasNoCallInfo() throws Exception {
    MockWebServer outside = rig.backend();
    outside.enqueue(answer("outside"));
    try (Response response =
        new OkHttpClient().newCall(get(outside.url("/").toString())).execute()) {
      assertFalse(MeshOkHttp.callInfo(response).isPresent());
    }
  }

  @Test
  void aChangedSplitIsObeyedByTheNextCall() throws Exception {
    MockWebServer a = rig.backend();
    MockWebServer b = rig.backend();
    a.enqueue(answer("a"));
    b.enqueue(answer("b"));
    rig.cluster("a", "", a).cluster("b", "", b).route("cluster: a");
    OkHttpClient client = rig.client();
    try (Response response = client.newCall(get(MeshRig.URL)).execute()) {
      assertEquals("a", response.body().string());
    }
    rig.route("cluster: b").push();
    try (Response response = client.newCall(get(MeshRig.URL)).execute()) {
      assertEquals("b", response.body().string());
    }
  }
}
