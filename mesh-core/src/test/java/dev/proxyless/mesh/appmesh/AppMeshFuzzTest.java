package dev.proxyless.mesh.appmesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.proxyless.mesh.OfflineMesh;
import dev.proxyless.mesh.route.RouteTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever one document among others says, it is used or named as a problem, and what is used
 * becomes resources that our own decoder takes.
 */
final class AppMeshFuzzTest {

  private static final List<String> DOCUMENTS =
      List.of(
          "{\"meshName\": \"m\", \"spec\": {\"egressFilter\": {\"type\": \"ALLOW_ALL\"}}}",
          """
          {"meshName": "m", "virtualNodeName": "n", "spec": {
            "listeners": [{"portMapping": {"port": 80, "protocol": "http"},
              "outlierDetection": {"maxServerErrors": 5, "interval": {"value": 1, "unit": "s"},
                "baseEjectionDuration": {"value": 500, "unit": "ms"}, "maxEjectionPercent": 50},
              "tls": {"mode": "STRICT", "certificate": {"file":
                {"certificateChain": "/c.pem", "privateKey": "/k.pem"}}}}],
            "backends": [{"virtualService": {"virtualServiceName": "s.local"}}],
            "backendDefaults": {"clientPolicy": {"tls": {"enforce": true, "ports": [80],
              "validation": {"trust": {"file": {"certificateChain": "/ca.pem"}},
                "subjectAlternativeNames": {"match": {"exact": ["n.local"]}}}}}},
            "serviceDiscovery": {"awsCloudMap": {"namespaceName": "a", "serviceName": "b",
              "attributes": [{"key": "k", "value": "v"}], "ipPreference": "IPv4_ONLY"}}}}
          """,
          """
          {"meshName": "m", "virtualNodeName": "d", "spec": {
            "listeners": [{"portMapping": {"port": 81, "protocol": "grpc"}}],
            "serviceDiscovery": {"dns": {"hostname": "d.local", "responseType": "ENDPOINTS"}}}}
          """,
          """
          {"meshName": "m", "virtualServiceName": "s.local",
           "spec": {"provider": {"virtualRouter": {"virtualRouterName": "r"}}}}
          """,
          """
          {"meshName": "m", "virtualRouterName": "r",
           "spec": {"listeners": [{"portMapping": {"port": 80, "protocol": "http"}}]}}
          """,
          """
          {"meshName": "m", "virtualRouterName": "r", "routeName": "x", "spec": {"priority": 1,
            "httpRoute": {
              "match": {"path": {"regex": "/a.*"}, "method": "GET", "scheme": "http", "port": 80,
                "headers": [{"name": "h", "invert": true, "match": {"range": {"start": 1, "end": 5}}}],
                "queryParameters": [{"name": "q", "match": {"exact": "v"}}]},
              "action": {"weightedTargets": [{"virtualNode": "n", "weight": 1},
                {"virtualNode": "d", "weight": 99, "port": 81}]},
              "retryPolicy": {"maxRetries": 3, "perRetryTimeout": {"value": 1, "unit": "s"},
                "httpRetryEvents": ["server-error"], "tcpRetryEvents": ["connection-error"]},
              "timeout": {"perRequest": {"value": 0, "unit": "ms"}}}}}
          """);

  private static final AppMeshDocuments.Checks CHECKS = RouteTable::expressionRefusal;

  @TempDir static Path directory;

  @BeforeAll
  static void theOtherDocuments() throws IOException {
    for (int i = 0; i < DOCUMENTS.size(); i++) {
      Files.writeString(directory.resolve("create-" + i + ".json"), DOCUMENTS.get(i));
    }
  }

  /** A first character u makes an update of it. */
  static Stream<byte[]> seeds() {
    return DOCUMENTS.stream()
        .flatMap(
            document ->
                Stream.of(
                    "u" + document,
                    "c"
                        + document
                            .replace("\"n\"", "\"n2\"")
                            .replace("\"s.local\"", "\"s2.local\"")
                            .replace("\"r\"", "\"r2\"")
                            .replace("\"x\"", "\"x2\"")))
        .map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "20s")
  void aDocumentIsUsedOrNamed(byte[] data) throws IOException {
    if (data.length == 0) {
      return;
    }
    Path file = directory.resolve(data[0] == 'u' ? "update-fuzz.json" : "create-fuzz.json");
    Files.writeString(file, new String(data, 1, data.length - 1, StandardCharsets.UTF_8));
    try {
      AppMeshDocuments documents = AppMeshDocuments.read(directory, AppMeshDocuments.NONE, CHECKS);
      for (Problem problem : documents.problems()) {
        assertFalse(problem.message().isEmpty());
        assertFalse(problem.where().isEmpty());
      }
      for (String mesh : documents.meshes()) {
        for (String node : documents.virtualNodes(mesh)) {
          translate(documents, new NodeName(mesh, node));
        }
      }
    } finally {
      Files.delete(file);
    }
  }

  private static void translate(AppMeshDocuments documents, NodeName node) {
    Translation translation = Translator.translate(documents, node, View.LIBRARY).orElseThrow();
    assertEquals(List.of(), OfflineMesh.of(translation).refusals());
    for (Translation.Resource each :
        Translator.translate(documents, node, View.envoy(View.DEFAULT_PORT_OFFSET))
            .orElseThrow()
            .resources()) {
      assertTrue(each.toBytes().length > 0, each.name());
    }
  }
}
