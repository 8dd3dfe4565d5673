package dev.proxyless.mesh.okhttp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.proxyless.mesh.Bootstrap;
import dev.proxyless.mesh.Mesh;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedirectedBodyTest {

  @TempDir private Path documents;
  private final MockWebServer server = new MockWebServer();
  private Mesh mesh;
  private OkHttpClient client;

  @BeforeEach
  void start() throws IOException {
    server.start();
    write("mesh", "{'meshName':'m','spec':{}}");
    write(
        "node-a",
        "{'meshName':'m','virtualNodeName':'a','spec':{'backends':[{'virtualService':"
            + "{'virtualServiceName':'b.test'}}]}}");
    write(
        "node-b",
        "{'meshName':'m','virtualNodeName':'b','spec':{'listeners':[{'portMapping':{'port':PORT,"
            + "'protocol':'http'}}],'serviceDiscovery':{'dns':{'hostname':'127.0.0.1'}}}}");
    write(
        "service-b",
        "{'meshName':'m','virtualServiceName':'b.test','spec':{'provider':{'virtualNode':"
            + "{'virtualNodeName':'b'}}}}");
    mesh =
        Mesh.builder()
            .bootstrap(
                Bootstrap.builder()
                    .nodeId("mesh/m/virtualNode/a")
                    .appMeshDirectory(documents)
                    .build())
            .build();
    client = MeshOkHttp.install(mesh, new OkHttpClient.Builder()).build();
  }

  private void write(String name, String document) throws IOException {
    Files.writeString(
        documents.resolve("create-" + name + ".json"),
        document.replace('\'', '"').replace("PORT", String.valueOf(server.getPort())));
  }

  @AfterEach
  void stop() {
    mesh.close();
    server.close();
  }

  private Response post(boolean oneShot) throws IOException {
    RequestBody body =
        new RequestBody() {
          @Override
          public okhttp3.MediaType contentType() {
            return okhttp3.MediaType.get("text/plain");
          }

          @Override
          public boolean isOneShot() {
            return oneShot;
          }

          @Override
          public void writeTo(BufferedSink sink) throws IOException {
            sink.writeString("once", StandardCharsets.UTF_8);
          }
        };
    return client
        .newCall(
            new Request.Builder()
                .url("http://b.test:" + server.getPort() + "/first")
                .post(body)
                .build())
        .execute();
  }

  private void enqueueRedirect() {
    server.enqueue(new MockResponse.Builder().code(307).addHeader("Location", "/second").build());
    server.enqueue(new MockResponse.Builder().body("arrived").build());
  }

  @Test
  void aBodyThatCanBeSentOnceDoesNotFollowARedirect() throws IOException {
    enqueueRedirect();

    try (Response response = post(true)) {
      assertEquals(307, response.code());
    }
    assertEquals(1, server.getRequestCount());
  }

  @Test
  void aBodyThatCanBeSentAgainFollowsARedirect() throws IOException {
    enqueueRedirect();

    try (Response response = post(false)) {
      assertEquals("arrived", response.body().string());
    }
    assertEquals(2, server.getRequestCount());
  }
}
