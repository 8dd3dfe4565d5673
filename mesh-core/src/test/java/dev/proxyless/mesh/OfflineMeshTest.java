package dev.proxyless.mesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.admin.Explanation;
import dev.proxyless.mesh.appmesh.AppMeshDocuments;
import dev.proxyless.mesh.appmesh.NodeName;
import dev.proxyless.mesh.appmesh.Translation;
import dev.proxyless.mesh.appmesh.Translator;
import dev.proxyless.mesh.appmesh.View;
import dev.proxyless.mesh.model.Cluster;
import dev.proxyless.mesh.route.RequestHead;
import dev.proxyless.mesh.testing.OwnThreads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OfflineMeshTest {

  @TempDir Path directory;

  @Test
  void aRequestIsExplained() throws IOException {
    documents("/api", "10.0.0.7");

    OfflineMesh mesh = OfflineMesh.of(translation());
    Explanation explanation = Explanation.of(mesh.view(), get("/api/x"), 0);

    assertEquals(List.of(), mesh.refusals());
    assertEquals("forward", explanation.action());
    assertEquals("cds_egress_m_target_http_80", explanation.cluster());
    assertEquals(List.of("10.0.0.7:80"), explanation.endpoints());
    assertTrue(
        explanation
            .why()
            .contains(
                "bounded by the default timeout of 15000 ms, since the route sets none; 3 retries"
                    + " on connect-failure, status [409], each try at most 500 ms"),
        explanation::toString);
  }

  @Test
  void nothingRunsForIt() throws Exception {
    documents("/api", "10.0.0.7");
    List<String> left =
        OwnThreads.leftBy(
            () -> Explanation.of(OfflineMesh.of(translation()).view(), get("/api/x"), 0));
    assertEquals(List.of(), left, "no thread is left, outlier detection or not");
  }

  @Test
  void aHostNameIsNotLookedUp() throws IOException {
    documents("/", "target.invalid");

    Explanation explanation = Explanation.of(OfflineMesh.of(translation()).view(), get("/"), 0);

    assertEquals("forward", explanation.action());
    assertEquals(List.of(), explanation.endpoints());
    assertEquals(
        "cluster cds_egress_m_target_http_80 has the first address of target.invalid:80",
        explanation.why().get(explanation.why().size() - 1));
  }

  @Test
  void whatTheLibraryWouldRefuseIsNamedByItsField() throws IOException {
    documents("/", "10.0.0.7");
    write(
        "update-route.json",
        """
        {"meshName": "m", "virtualRouterName": "r", "routeName": "x",
         "spec": {"httpRoute": {"match": {"path": {"regex": "/(unclosed"}},
           "action": {"weightedTargets": [{"virtualNode": "target", "weight": 1}]}}}}
        """);

    OfflineMesh mesh = OfflineMesh.of(translation());

    assertEquals(1, mesh.refusals().size(), () -> mesh.refusals().toString());
    String refusal = mesh.refusals().get(0);
    assertTrue(
        refusal.startsWith(
            "RDS rds_egress_http_80: virtual_hosts[0].routes[0].match.safe_regex.regex"),
        refusal);
    assertTrue(refusal.contains("/(unclosed"), refusal);
  }

  @Test
  void certificateFilesNeedNotBeThere() throws IOException {
    documents("/", "10.0.0.7");
    write(
        "update-self.json",
        """
        {"meshName": "m", "virtualNodeName": "self", "spec": {
          "backends": [{"virtualService": {"virtualServiceName": "target.local",
            "clientPolicy": {"tls": {"validation": {"trust": {"file":
              {"certificateChain": "/not/here/ca.pem"}}}}}}}]}}
        """);

    OfflineMesh mesh = OfflineMesh.of(translation());

    assertEquals(List.of(), mesh.refusals());
    assertEquals(
        List.of("cds_egress_m_target_http_80"),
        mesh.clusters().values().stream()
            .filter(cluster -> cluster.tls().isPresent())
            .map(Cluster::name)
            .toList(),
        "the cluster has its TLS context all the same");
  }

  private Translation translation() {
    AppMeshDocuments documents =
        AppMeshDocuments.read(directory, AppMeshDocuments.NONE, AppMeshDocuments.Checks.NONE);
    assertEquals(List.of(), documents.problems());
    return Translator.translate(documents, new NodeName("m", "self"), View.LIBRARY).orElseThrow();
  }

  private void documents(String prefix, String host) throws IOException {
    write("create-mesh.json", "{\"meshName\": \"m\"}");
    write(
        "create-node-self.json",
        """
        {"meshName": "m", "virtualNodeName": "self", "spec": {
          "backends": [{"virtualService": {"virtualServiceName": "target.local"}}]}}
        """);
    write(
        "create-node-target.json",
        """
        {"meshName": "m", "virtualNodeName": "target", "spec": {
          "listeners": [{"portMapping": {"port": 80, "protocol": "http"},
            "outlierDetection": {"maxServerErrors": 5, "maxEjectionPercent": 50,
              "interval": {"value": 1, "unit": "ms"},
              "baseEjectionDuration": {"value": 5, "unit": "s"}}}],
          "serviceDiscovery": {"dns": {"hostname": "%s"}}}}
        """
            .formatted(host));
    write(
        "create-router.json",
        """
        {"meshName": "m", "virtualRouterName": "r",
         "spec": {"listeners": [{"portMapping": {"port": 80, "protocol": "http"}}]}}
        """);
    write(
        "create-route.json",
        """
        {"meshName": "m", "virtualRouterName": "r", "routeName": "x",
         "spec": {"httpRoute": {"match": {"prefix": "%s"},
           "action": {"weightedTargets": [{"virtualNode": "target", "weight": 1}]},
           "retryPolicy": {"maxRetries": 3, "perRetryTimeout": {"value": 500, "unit": "ms"},
             "httpRetryEvents": ["client-error"], "tcpRetryEvents": ["connection-error"]}}}}
        """
            .formatted(prefix));
    write(
        "create-service.json",
        """
        {"meshName": "m", "virtualServiceName": "target.local",
         "spec": {"provider": {"virtualRouter": {"virtualRouterName": "r"}}}}
        """);
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }

  private static RequestHead get(String path) {
    return new RequestHead() {
      @Override
      public String method() {
        return "GET";
      }

      @Override
      public String scheme() {
        return "http";
      }

      @Override
      public String authority() {
        return "target.local";
      }

      @Override
      public int port() {
        return 80;
      }

      @Override
      public String path() {
        return path;
      }

      @Override
      public int headerCount() {
        return 0;
      }

      @Override
      public String headerName(int index) {
        throw new IndexOutOfBoundsException(index);
      }

      @Override
      public String headerValue(int index) {
        throw new IndexOutOfBoundsException(index);
      }
    };
  }
}
