package dev.proxyless.mesh.controlplane;

import static dev.proxyless.mesh.controlplane.AppsDirectory.SERVICE_A;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.Bootstrap;
import dev.proxyless.mesh.Bootstrap.CloudMap;
import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.okhttp.MeshOkHttp;
import dev.proxyless.mesh.testing.Await;
import dev.proxyless.mesh.testing.FakeCloudMap;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** This library as a client of the control plane, with real calls to real servers. */
class LibraryClientTest {

  @TempDir Path directory;
  private Serving serving;
  private Backend serviceB;
  private Backend serviceB2;

  @BeforeEach
  void serve() throws Exception {
    serving = new Serving(directory);
    serviceB = new Backend("serviceB");
    serviceB2 = new Backend("serviceBv2");
    serving.cloudMap.register("serviceb.apps.local", List.of(serviceB.port()));
    serving.cloudMap.register("servicebv2.apps.local", List.of(serviceB2.port()));
    serving.apps.split(100, 0);
    serving.events.await(Event.Changed.class, event -> true);
  }

  @AfterEach
  void stop() {
    serving.close();
    serviceB.close();
    serviceB2.close();
  }

  @Test
  void theLibraryAsksCloudMapItselfAndFollowsASplitThatMoves() throws Exception {
    try (Mesh mesh = mesh(askingCloudMap())) {
      OkHttpClient client = client(mesh);
      assertTrue(mesh.awaitReady(Await.LIMIT));
      awaitAnswer(client, "serviceB");
      assertEquals(
          List.of(),
          serving.events.all(Event.Endpoints.class),
          "the control plane is not asked for endpoints");

      serving.apps.split(0, 100);
      awaitAnswer(client, "serviceBv2");
    }
    Event.Connected connected = serving.events.all(Event.Connected.class).get(0);
    assertEquals(SERVICE_A, connected.who().node().id());
    assertEquals(Client.LIBRARY, connected.who().client());
  }

  @Test
  void aLibraryThatCannotAskCloudMapIsGivenTheEndpoints() throws Exception {
    try (Mesh mesh = mesh(CloudMap.OFF)) {
      assertTrue(mesh.awaitReady(Await.LIMIT));
      awaitAnswer(client(mesh), "serviceB");
    }
    serving.events.await(
        Event.Endpoints.class,
        event ->
            event.cluster().equals("cds_egress_apps_serviceB_http_8000") && event.count() == 1);
  }

  @Test
  void callsGoOnWithoutTheControlPlaneAndObeyItOnceItIsBack() throws Exception {
    try (Mesh mesh = mesh(CloudMap.OFF)) {
      OkHttpClient client = client(mesh);
      assertTrue(mesh.awaitReady(Await.LIMIT));
      awaitAnswer(client, "serviceB");

      serving.stop();
      for (int i = 0; i < 50; i++) {
        assertEquals("serviceB", call(client));
      }
      serving.apps.split(0, 100);
      assertEquals("serviceB", call(client));
      serving.restart();

      awaitAnswer(client, "serviceBv2");
    }
  }

  @Test
  void aMeshOfAnUnknownNodeIsReadyOnceTheDocumentsHaveIt() throws Exception {
    String node = "mesh/apps/virtualNode/serviceD";
    Bootstrap bootstrap =
        Bootstrap.builder()
            .nodeId(node)
            .controlPlane("127.0.0.1", serving.port())
            .cloudMap(askingCloudMap())
            .build();
    try (Mesh mesh = Mesh.builder().bootstrap(bootstrap).build()) {
      serving.events.await(Event.Refused.class, event -> event.nodeId().equals(node));

      serving.apps.replace(
          "create-virtual-node-serviced.json",
          AppsDirectory.original("create-virtual-node-servicea.json")
              .replace("\"serviceA\"", "\"serviceD\""));

      assertTrue(mesh.awaitReady(Await.LIMIT));
    }
  }

  private CloudMap askingCloudMap() {
    return new CloudMap(
        true,
        Optional.of(serving.cloudMap.endpoint()),
        Optional.of(FakeCloudMap.REGION),
        Duration.ofMillis(50));
  }

  private Mesh mesh(CloudMap cloudMap) {
    return Mesh.builder()
        .bootstrap(
            Bootstrap.builder()
                .nodeId(SERVICE_A)
                .controlPlane("127.0.0.1", serving.port())
                .cloudMap(cloudMap)
                .build())
        .build();
  }

  private static OkHttpClient client(Mesh mesh) {
    return MeshOkHttp.install(mesh, new OkHttpClient.Builder()).build();
  }

  private static void awaitAnswer(OkHttpClient client, String answer) throws Exception {
    Await.until("an answer of " + answer, () -> call(client).equals(answer), () -> "another");
  }

  private static String call(OkHttpClient client) throws IOException {
    Request request = new Request.Builder().url("http://serviceb.apps.local:8000/").build();
    try (Response response = client.newCall(request).execute()) {
      assertEquals(200, response.code());
      return response.body().string();
    }
  }
}
