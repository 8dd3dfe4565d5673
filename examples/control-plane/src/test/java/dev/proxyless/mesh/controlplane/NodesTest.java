package dev.proxyless.mesh.controlplane;

import static dev.proxyless.mesh.controlplane.AdsTestClient.CDS;
import static dev.proxyless.mesh.controlplane.AdsTestClient.LDS;
import static dev.proxyless.mesh.controlplane.AppsDirectory.SERVICE_A;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.grpc.Status;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is served, and as whom. */
class NodesTest {

  private static final String NEW_NODE =
      """
      {"meshName": "apps", "virtualNodeName": "serviceD", "spec": {
        "backends": [{"virtualService": {"virtualServiceName": "servicea.apps.local"}}]}}
      """;

  @TempDir Path directory;
  private Serving serving;

  @BeforeEach
  void serve() throws Exception {
    serving = new Serving(directory);
  }

  @AfterEach
  void stop() {
    serving.close();
  }

  @Test
  void anUnknownNodeIsRefusedAndToldOfThoseThatAre() throws Exception {
    Status status = refusal("mesh/apps/virtualNode/serviceD");

    assertEquals(Status.Code.NOT_FOUND, status.getCode());
    assertEquals(
        "there is no mesh/apps/virtualNode/serviceD; right would be one of"
            + " mesh/apps/virtualNode/serviceA, mesh/apps/virtualNode/serviceB,"
            + " mesh/apps/virtualNode/serviceBv2",
        status.getDescription());
    serving.events.await(
        Event.Refused.class, event -> event.nodeId().equals("mesh/apps/virtualNode/serviceD"));
  }

  @Test
  void aNodeIdThatIsNoneIsRefused() throws Exception {
    Status status = refusal("serviceA");

    assertEquals(Status.Code.NOT_FOUND, status.getCode());
    assertTrue(
        String.valueOf(status.getDescription())
            .startsWith("node id \"serviceA\" is no virtual node's; right would be one of mesh/"),
        status::toString);
  }

  @Test
  void aClientThatComesAgainAndAgainIsToldOfOnce() throws Exception {
    for (int i = 0; i < 3; i++) {
      refusal("mesh/apps/virtualNode/serviceD");
    }
    assertEquals(1, serving.events.all(Event.Refused.class).size());
  }

  @Test
  void aNodeIsServedAsSoonAsTheDocumentsHaveIt() throws Exception {
    String node = "mesh/apps/virtualNode/serviceD";
    refusal(node);

    serving.apps.replace("create-virtual-node-serviced.json", NEW_NODE);
    serving.events.await(Event.Changed.class, event -> true);

    assertEquals(List.of("cds_egress_apps_serviceA_http_8000"), clusters(node));
  }

  @Test
  void theStreamOfANodeThatIsGoneEndsAndSaysWhy() throws Exception {
    serving.apps.replace("create-virtual-node-serviced.json", NEW_NODE);
    serving.events.await(Event.Changed.class, event -> true);
    try (AdsTestClient client =
        AdsTestClient.envoy(serving.port(), "mesh/apps/virtualNode/serviceD")) {
      client.subscribe(CDS);
      client.nextAcked(CDS);

      serving.apps.delete("create-virtual-node-serviced.json");

      Status status = client.end();
      assertEquals(Status.Code.NOT_FOUND, status.getCode());
      assertTrue(
          String.valueOf(status.getDescription())
              .startsWith("there is no mesh/apps/virtualNode/serviceD;"),
          status::toString);
    }
  }

  @Test
  void anArnNamesANode() throws Exception {
    assertEquals(
        clusters(SERVICE_A),
        clusters("arn:aws:appmesh:eu-west-1:123456789012:mesh/apps/virtualNode/serviceA"));
  }

  @Test
  void theUserAgentTellsTheLibraryFromEnvoy() throws Exception {
    try (AdsTestClient library = new AdsTestClient(serving.port(), SERVICE_A, "proxyless-mesh")) {
      library.subscribe(LDS);
      assertEquals(
          List.of("lds_egress_0.0.0.0_15001", "lds_ingress_0.0.0.0_15000"),
          AdsTestClient.unpack(library.nextAcked(LDS), Listener.class).stream()
              .map(Listener::getName)
              .toList());
    }
    try (AdsTestClient envoy = AdsTestClient.envoy(serving.port(), SERVICE_A)) {
      envoy.subscribe(LDS);
      assertEquals(
          List.of("lds_egress_127.0.0.1_28000"),
          AdsTestClient.unpack(envoy.nextAcked(LDS), Listener.class).stream()
              .map(Listener::getName)
              .toList());
    }
    List<Client> connected =
        serving.events.all(Event.Connected.class).stream()
            .map(each -> each.who().client())
            .toList();
    assertEquals(List.of(Client.LIBRARY, Client.ENVOY), connected);
  }

  @Test
  void meshesOfOneDirectoryDoNotMeet() throws Exception {
    serving.apps.replace("create-other-1-mesh.json", "{\"meshName\": \"other\"}");
    serving.apps.replace(
        "create-other-2-node.json",
        AppsDirectory.original("create-virtual-node-servicea.json")
            .replace("\"apps\"", "\"other\"")
            .replace("serviceb.apps.local", "only.other.local"));
    serving.apps.replace(
        "create-other-3-target.json",
        """
        {"meshName": "other", "virtualNodeName": "target", "spec": {
          "listeners": [{"portMapping": {"port": 80, "protocol": "http"}}],
          "serviceDiscovery": {"dns": {"hostname": "target.other.local"}}}}
        """);
    serving.apps.replace(
        "create-other-4-service.json",
        """
        {"meshName": "other", "virtualServiceName": "only.other.local",
         "spec": {"provider": {"virtualNode": {"virtualNodeName": "target"}}}}
        """);
    serving.events.await(
        Event.Changed.class, event -> event.catalog().documents().documentCount() == 14);

    assertEquals(
        List.of("cds_egress_other_target_http_80"), clusters("mesh/other/virtualNode/serviceA"));
    assertEquals(
        List.of("cds_egress_apps_serviceB_http_8000", "cds_egress_apps_serviceBv2_http_8000"),
        clusters(SERVICE_A));
  }

  private Status refusal(String node) throws InterruptedException {
    try (AdsTestClient client = AdsTestClient.envoy(serving.port(), node)) {
      client.subscribe(CDS);
      return client.end();
    }
  }

  private List<String> clusters(String node) throws InterruptedException {
    try (AdsTestClient client = AdsTestClient.envoy(serving.port(), node)) {
      client.subscribe(CDS);
      return AdsTestClient.unpack(client.nextAcked(CDS), Cluster.class).stream()
          .map(Cluster::getName)
          .toList();
    }
  }
}
