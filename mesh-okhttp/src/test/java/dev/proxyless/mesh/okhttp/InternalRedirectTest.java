package dev.proxyless.mesh.okhttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.proxyless.mesh.telemetry.CallInfo;
import java.io.IOException;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Redirects of an upstream that the mesh follows: envoy-semantics 1.14. */
class InternalRedirectTest {

  private MeshRig rig;
  private MockWebServer first;
  private MockWebServer second;

  @BeforeEach
  void start() throws IOException {
    rig = new MeshRig();
    first = rig.backend();
    second = rig.backend();
    rig.cluster("one", "", first).cluster("two", "", second);
  }

  @AfterEach
  void stop() throws Exception {
    rig.close();
  }

  private OkHttpClient client(String policy) throws Exception {
    rig.routes(
        """
        - name: next
          match: {prefix: /next}
          route: {cluster: two}
        - name: begin
          match: {prefix: /}
          route: {cluster: one, internal_redirect_policy: {%s}}
        """
            .formatted(policy));
    return rig.client().newBuilder().followRedirects(false).build();
  }

  private static MockResponse redirect(int status, String location) {
    return new MockResponse.Builder()
        .code(status)
        .setHeader("location", location)
        .setHeader("x-token", "fresh")
        .build();
  }

  private static MockResponse answer(String body) {
    return new MockResponse.Builder().body(body).build();
  }

  private static Request get() {
    return new Request.Builder().url(MeshRig.URL + "begin").header("x-token", "old").build();
  }

  @Test
  void aRedirectIsFollowedByARouteOfItsOwn() throws Exception {
    OkHttpClient client = client("response_headers_to_copy: [x-token, x-missing]");
    first.enqueue(redirect(302, MeshRig.URL + "next/1?a=b#c"));
    second.enqueue(answer("there"));
    try (Response response = client.newCall(get()).execute()) {
      assertEquals("there", response.body().string());
      assertEquals(MeshRig.URL + "begin", response.request().url().toString());
      CallInfo info = MeshOkHttp.callInfo(response).orElseThrow();
      assertEquals("next", info.route());
      assertEquals("two", info.cluster());
    }
    RecordedRequest seen = second.takeRequest();
    assertEquals("/next/1?a=b", seen.getTarget());
    assertEquals("fresh", seen.getHeaders().get("x-token"));
    assertEquals(MeshRig.URL + "begin", seen.getHeaders().get("x-envoy-original-url"));
  }

  @Test
  void asManyAreFollowedAsThePolicyAllows() throws Exception {
    OkHttpClient client = client("max_internal_redirects: 2");
    for (int i = 0; i < 3; i++) {
      first.enqueue(redirect(302, MeshRig.URL + "again/" + i));
    }
    try (Response response = client.newCall(get()).execute()) {
      assertEquals(302, response.code());
      assertEquals(MeshRig.URL + "again/2", response.header("location"));
    }
    assertEquals(3, first.getRequestCount());
  }

  @Test
  void whatThePolicyDoesNotNameGoesToTheCaller() throws Exception {
    OkHttpClient client = client("redirect_response_codes: [307]");
    first.enqueue(redirect(302, MeshRig.URL + "next"));
    try (Response response = client.newCall(get()).execute()) {
      assertEquals(302, response.code());
    }
    assertEquals(0, second.getRequestCount());
  }

  @Test
  void anotherSchemeAndWhatIsNoUrlGoToTheCaller() throws Exception {
    OkHttpClient client = client("");
    for (String location : new String[] {"https://s.local:8000/next", "/next", "http:/x"}) {
      first.enqueue(redirect(302, location));
      try (Response response = client.newCall(get()).execute()) {
        assertEquals(302, response.code(), location);
        assertEquals(location, response.header("location"));
      }
    }
    assertEquals(0, second.getRequestCount());
  }

  @Test
  void a303IsFollowedByAGetWithoutBody() throws Exception {
    OkHttpClient client = client("redirect_response_codes: [303]");
    first.enqueue(redirect(303, MeshRig.URL + "next"));
    second.enqueue(answer("got"));
    Request post = get().newBuilder().post(RequestBody.create("body", null)).build();
    try (Response response = client.newCall(post).execute()) {
      assertEquals("got", response.body().string());
      assertEquals("POST", response.request().method());
    }
    RecordedRequest seen = second.takeRequest();
    assertEquals("GET", seen.getMethod());
    assertEquals(0, seen.getBodySize());
    assertNull(seen.getHeaders().get("content-length"));
  }

  @Test
  void aBodyThatCanBeSentAgainIs() throws Exception {
    OkHttpClient client = client("redirect_response_codes: [307]");
    first.enqueue(redirect(307, MeshRig.URL + "next"));
    second.enqueue(answer("got"));
    Request post = get().newBuilder().post(RequestBody.create("body", null)).build();
    try (Response response = client.newCall(post).execute()) {
      assertEquals("got", response.body().string());
    }
    RecordedRequest seen = second.takeRequest();
    assertEquals("POST", seen.getMethod());
    assertEquals("body", seen.getBody().utf8());
  }
}
