package dev.proxyless.mesh.jdktransport;

import static dev.proxyless.mesh.jdktransport.Rig.answer;
import static dev.proxyless.mesh.jdktransport.Rig.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.telemetry.CallInfo;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Routing, retries and local replies over real sockets, on the JDK's client. */
class MeshHttpClientTest {

  private static final String PREVIOUS_HOSTS =
      "retry_host_predicate: [{name: envoy.retry_host_predicates.previous_hosts}],"
          + " host_selection_retry_max_attempts: 5";

  private Rig rig;

  @BeforeEach
  void start() throws IOException {
    rig = new Rig();
  }

  @AfterEach
  void stop() throws IOException {
    rig.close();
  }

  private static HttpResponse<String> send(MeshHttpClient client, HttpRequest request)
      throws Exception {
    return client.send(request, BodyHandlers.ofString());
  }

  private static HttpRequest post(BodyPublisher body) {
    return HttpRequest.newBuilder(URI.create(Rig.URL + "/")).POST(body).build();
  }

  @Test
  void aRequestGoesWhereItsRouteLeadsAndKeepsItsAuthority() throws Exception {
    MockWebServer a = rig.backend();
    MockWebServer b = rig.backend();
    b.enqueue(answer(200, "from b"));
    rig.cluster("a", "", a)
        .cluster("b", "", b)
        .routes(
            """
            - match: {prefix: /b}
              route: {cluster: b, prefix_rewrite: /c}
              request_headers_to_add: [{header: {key: x-told, value: mesh}}]
              request_headers_to_remove: [x-secret]
              response_headers_to_add: [{header: {key: x-from, value: b}}]
            - match: {prefix: /}
              route: {cluster: a}
            """);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(Rig.URL + "/b/1?q=%20"))
            .header("x-secret", "1")
            .header("x-mine", "2")
            .build();
    HttpResponse<String> response = send(rig.client(), request);
    assertEquals("from b", response.body());
    assertEquals(Optional.of("b"), response.headers().firstValue("x-from"));
    assertSame(request, response.request());
    assertEquals(request.uri(), response.uri());
    RecordedRequest seen = b.takeRequest();
    assertEquals("/c/1?q=%20", seen.getTarget());
    assertEquals("s.local:8000", seen.getHeaders().get("Host"));
    assertEquals("mesh", seen.getHeaders().get("x-told"));
    assertEquals("2", seen.getHeaders().get("x-mine"));
    assertEquals(null, seen.getHeaders().get("x-secret"));
    assertEquals(0, a.getRequestCount());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void weightedClustersShareTheCalls() throws Exception {
    int calls = 64; // all on one side: a chance of 2 in 2^64
    MockWebServer a = rig.backend();
    MockWebServer b = rig.backend();
    for (int i = 0; i < calls; i++) {
      a.enqueue(answer(200, "a"));
      b.enqueue(answer(200, "b"));
    }
    rig.cluster("a", "", a)
        .cluster("b", "", b)
        .route("weighted_clusters: {clusters: [{name: a, weight: 1}, {name: b, weight: 1}]}");
    MeshHttpClient client = rig.client();
    for (int i = 0; i < calls; i++) {
      assertEquals(200, send(client, get("/")).statusCode());
    }
    assertTrue(a.getRequestCount() > 0, "a has its share");
    assertTrue(b.getRequestCount() > 0, "b has its share");
    assertEquals(calls, a.getRequestCount() + b.getRequestCount());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void a503IsRetriedOnAnotherEndpoint() throws Exception {
    MockWebServer bad = rig.backend();
    MockWebServer good = rig.backend();
    for (int i = 0; i < 8; i++) {
      bad.enqueue(answer(503, "bad"));
      good.enqueue(answer(200, "good"));
    }
    rig.cluster("c", "", bad, good)
        .route("cluster: c, retry_policy: {retry_on: 5xx, num_retries: 1, " + PREVIOUS_HOSTS + "}");
    MeshHttpClient client = rig.client();
    for (int i = 0; i < 8; i++) {
      assertEquals("good", send(client, get("/")).body());
    }
    assertTrue(bad.getRequestCount() > 0, "the bad endpoint was tried");
    assertEquals(bad.getRequestCount(), rig.counted("mesh.client.attempts", "reason", "retry"));
    rig.assertNothingIsLeftOver();
  }

  @Test
  void aRefusedConnectionIsRetriedOnAnotherEndpoint() throws Exception {
    MockWebServer gone = rig.backend();
    MockWebServer good = rig.backend();
    good.enqueue(answer(200, "good"));
    good.enqueue(answer(200, "good"));
    rig.cluster("c", "", gone, good)
        .route(
            "cluster: c, retry_policy: {retry_on: connect-failure, num_retries: 1, "
                + PREVIOUS_HOSTS
                + "}");
    MeshHttpClient client = rig.client();
    gone.close();
    for (int i = 0; i < 2; i++) {
      assertEquals("good", send(client, get("/")).body());
    }
    long refused = rig.counted("mesh.client.attempts", "result", "connect");
    assertTrue(refused > 0, "the refused endpoint was tried");
    assertEquals(refused, rig.counted("mesh.client.attempts", "reason", "retry"));
    rig.assertNothingIsLeftOver();
  }

  @Test
  void aBodyOfKnownLengthIsSentAgainAndAStreamIsNot() throws Exception {
    MockWebServer backend = rig.backend();
    backend.enqueue(answer(503, "first"));
    backend.enqueue(answer(200, "second"));
    backend.enqueue(answer(503, "third"));
    rig.cluster("c", "", backend).route("cluster: c, retry_policy: {retry_on: 5xx}");
    MeshHttpClient client = rig.client();
    assertEquals("second", send(client, post(BodyPublishers.ofString("text"))).body());
    assertEquals(
        "third",
        send(
                client,
                post(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[10]))))
            .body());
    assertEquals("text", backend.takeRequest().getBody().utf8());
    assertEquals("text", backend.takeRequest().getBody().utf8());
    assertEquals(10, backend.takeRequest().getBody().size());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void whatNoRouteTakesIsALocalReply() throws Exception {
    rig.routes(
        """
        - match: {path: /direct}
          direct_response: {status: 201, body: {inline_string: made here}}
        """);
    MeshHttpClient client = rig.client();
    HttpResponse<String> direct = send(client, get("/direct"));
    assertEquals(201, direct.statusCode());
    assertEquals("made here", direct.body());
    HttpResponse<String> missing = send(client, get("/elsewhere"));
    assertEquals(404, missing.statusCode());
    CallInfo info = MeshHttpClient.callInfo(missing).orElseThrow();
    assertEquals("NR", info.flags().toString());
    assertEquals(0, info.attempts());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void withoutRetriesARefusedConnectionIsEnvoysLocalReply() throws Exception {
    MockWebServer gone = rig.backend();
    rig.cluster("c", "", gone).route("cluster: c");
    MeshHttpClient client = rig.client();
    gone.close();
    HttpResponse<String> response = send(client, get("/"));
    assertEquals(503, response.statusCode());
    assertEquals(
        "upstream connect error or disconnect/reset before headers. reset reason: remote"
            + " connection failure",
        response.body());
    assertEquals("UF", MeshHttpClient.callInfo(response).orElseThrow().flags().toString());
    rig.assertNothingIsLeftOver();
  }

  private HttpResponse<String> redirected(String faults) throws Exception {
    MockWebServer first = rig.backend();
    MockWebServer second = rig.backend();
    first.enqueue(
        new MockResponse.Builder()
            .code(302)
            .setHeader("Location", Rig.URL + "/second")
            .body("moved")
            .build());
    second.enqueue(answer(200, "arrived"));
    rig.cluster("first", "", first)
        .cluster("second", "", second)
        .routes(
            """
            - match: {path: /second}
              route: {cluster: second}
              typed_per_filter_config:
                chaos:
                  "@type": type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault
            %s
            - match: {prefix: /}
              route: {cluster: first, internal_redirect_policy: {}}
            """
                .formatted(faults.indent(6).stripTrailing()));
    return send(rig.client(), get("/"));
  }

  private static final String DELAY = "delay: {fixed_delay: 0.05s, percentage: {numerator: 100}}\n";

  @Test
  void aRedirectThatIsFollowedMayBeDelayed() throws Exception {
    HttpResponse<String> response = redirected(DELAY);
    assertEquals("arrived", response.body());
    assertEquals("DI", MeshHttpClient.callInfo(response).orElseThrow().flags().toString());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void aRedirectThatIsFollowedMayBeAbortedAfterADelay() throws Exception {
    HttpResponse<String> response =
        redirected(DELAY + "abort: {http_status: 418, percentage: {numerator: 100}}\n");
    assertEquals(418, response.statusCode());
    assertEquals("DI,FI", MeshHttpClient.callInfo(response).orElseThrow().flags().toString());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void anInternalRedirectIsFollowedUnderTheCallersRequest() throws Exception {
    HttpResponse<String> response = redirected("");
    assertEquals("arrived", response.body());
    assertEquals(URI.create(Rig.URL + "/"), response.uri());
    assertEquals("second", MeshHttpClient.callInfo(response).orElseThrow().cluster());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void aBodyBeyondTheRoutesLimitIsSentOnce() throws Exception {
    MockWebServer backend = rig.backend();
    backend.enqueue(answer(503, "first"));
    rig.cluster("c", "", backend)
        .routes(
            """
            - match: {prefix: /}
              route: {cluster: c, retry_policy: {retry_on: 5xx}}
              request_body_buffer_limit: 4
            """);
    assertEquals("first", send(rig.client(), post(BodyPublishers.ofString("12345"))).body());
    assertEquals(1, backend.getRequestCount());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void mirrorsAreLeftOut() throws Exception {
    MockWebServer main = rig.backend();
    MockWebServer shadow = rig.backend();
    main.enqueue(answer(200, "main"));
    rig.cluster("main", "", main)
        .cluster("shadow", "", shadow)
        .route("cluster: main, request_mirror_policies: [{cluster: shadow}]");
    assertEquals("main", send(rig.client(), get("/")).body());
    assertEquals(0, shadow.getRequestCount());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void whatTheMeshDoesNotTakeIsSentPlainly() throws Exception {
    MockWebServer outside = rig.backend();
    outside.enqueue(answer(200, "outside"));
    rig.routes("- match: {path: /direct}\n  direct_response: {status: 201}\n");
    HttpResponse<String> response =
        send(rig.client(), HttpRequest.newBuilder(outside.url("/").uri()).build());
    assertEquals("outside", response.body());
    assertEquals(Optional.empty(), MeshHttpClient.callInfo(response));
  }

  @Test
  void anEndpointThatThisTransportCannotSpeakToIsRefusedInWords() throws Exception {
    MockWebServer backend = rig.backend();
    rig.cluster(
            "tls",
            """
            transport_socket:
              name: envoy.transport_sockets.tls
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                common_tls_context: {}
            """,
            backend)
        .cluster("h2", "http2_protocol_options: {}", backend)
        .routes(
            """
            - match: {path: /tls}
              route: {cluster: tls}
            - match: {path: /h2}
              route: {cluster: h2}
            """);
    MeshHttpClient client = rig.client();
    IOException tls = assertThrows(IOException.class, () -> send(client, get("/tls")));
    assertTrue(tls.getMessage().contains("over TLS"), tls.getMessage());
    IOException h2 = assertThrows(IOException.class, () -> send(client, get("/h2")));
    assertTrue(h2.getMessage().contains("HTTP/2 without TLS"), h2.getMessage());
    assertEquals(0, backend.getRequestCount());
    rig.assertNothingIsLeftOver();
  }
}
