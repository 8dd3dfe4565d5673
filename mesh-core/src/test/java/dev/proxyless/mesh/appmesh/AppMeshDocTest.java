package dev.proxyless.mesh.appmesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds {@code docs/app-mesh.md} to what becomes of the fields that it lists. */
final class AppMeshDocTest {

  private static final String FILE_TRUST = "{\"file\": {\"certificateChain\": \"/ca.pem\"}}";

  private static final String NODE =
      """
      {"meshName": "m", "virtualNodeName": "n", "spec": {
        "listeners": [{
          "portMapping": {"port": 80, "protocol": "http"},
          "healthCheck": {"protocol": "tcp", "healthyThreshold": 2, "unhealthyThreshold": 2,
            "intervalMillis": 5000, "timeoutMillis": 2000},
          "connectionPool": {"http": {"maxConnections": 1}},
          "timeout": {"http": {"idle": {"value": 1, "unit": "s"}}},
          "outlierDetection": {"maxServerErrors": 5, "interval": {"value": 1, "unit": "s"},
            "baseEjectionDuration": {"value": 1, "unit": "s"}, "maxEjectionPercent": 50},
          "tls": {"mode": "PERMISSIVE",
            "certificate": {"file": {"certificateChain": "/c.pem", "privateKey": "/k.pem"}},
            "validation": {"trust": TRUST}}}],
        "backends": [{"virtualService": {"virtualServiceName": "s",
          "clientPolicy": {"tls": {"mode": "STRICT", "validation": {"trust": TRUST}}}}}],
        "backendDefaults": {"clientPolicy": {"tls": {"mode": "STRICT", "enforce": true,
          "ports": [80],
          "certificate": {"file": {"certificateChain": "/c.pem", "privateKey": "/k.pem"}},
          "validation": {"trust": TRUST,
            "subjectAlternativeNames": {"match": {"exact": ["a"]}}}}}},
        "serviceDiscovery": {"awsCloudMap": {"namespaceName": "a", "serviceName": "b",
          "attributes": [{"key": "k", "value": "v"}], "ipPreference": "IPv4_ONLY"}},
        "logging": {"accessLog": {"file": {"path": "/dev/stdout"}}}}}
      """
          .replace("TRUST", FILE_TRUST);

  @TempDir Path directory;

  @Test
  void theFieldsThatAreSaidToDoNothingAreThoseThatAreNoted() throws IOException {
    write(
        "create-mesh.json",
        """
        {"meshName": "m", "spec": {"egressFilter": {"type": "DROP_ALL"},
          "serviceDiscovery": {"ipPreference": "IPv4_ONLY"}}}
        """);
    write("create-n.json", NODE.replace("\"protocol\": \"http\"", "\"protocol\": \"grpc\""));
    write(
        "create-service.json",
        """
        {"meshName": "m", "virtualServiceName": "s",
         "spec": {"provider": {"virtualNode": {"virtualNodeName": "n"}}}}
        """);
    write(
        "create-r.json",
        """
        {"meshName": "m", "virtualRouterName": "r",
         "spec": {"listeners": [{"portMapping": {"port": 80, "protocol": "http"}}]}}
        """);
    write("create-x.json", route("httpRoute"));
    write("create-y.json", route("http2Route").replace("\"x\"", "\"y\""));

    List<Problem> problems = read();

    assertEquals(List.of(), problems.stream().filter(Problem::isError).toList());
    assertEquals(
        new TreeSet<>(documented("noted")),
        problems.stream()
            .map(Problem::message)
            .map(message -> field(message.substring(0, message.indexOf(": "))))
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  static Set<String> refused() throws IOException {
    return Set.copyOf(documented("refuses"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void aFieldThatIsSaidToRefuseADocumentDoes(String field) throws IOException {
    String member = field.substring(field.lastIndexOf('.') + 1);
    if (field.endsWith("Route")) {
      write("create-x.json", route(member));
    } else {
      String union = field.contains(".certificate.") ? "certificate" : "trust";
      int holder =
          NODE.indexOf(field.contains("backendDefaults") ? "\"backendDefaults\"" : "\"tls\"");
      int from = NODE.indexOf("\"" + union + "\": {\"file\"", holder);
      int file = NODE.indexOf("file", from);
      write("create-n.json", NODE.substring(0, file) + member + NODE.substring(file + 4));
    }
    List<String> errors =
        read().stream()
            .filter(Problem::isError)
            .map(Problem::message)
            .map(Object::toString)
            .toList();
    assertTrue(
        errors.stream().anyMatch(message -> field(message).startsWith(field)),
        () -> field + " is not refused: " + errors);
  }

  @ParameterizedTest
  @MethodSource("gateways")
  void aGatewayIsRefused(String document) throws IOException {
    write("create-gateway.json", document);
    assertTrue(
        read().stream()
            .anyMatch(each -> each.isError() && each.message().contains("gateways are not yet")),
        document);
  }

  static List<String> gateways() {
    return List.of(
        "{\"meshName\": \"m\", \"virtualGatewayName\": \"g\", \"spec\": {}}",
        "{\"meshName\": \"m\", \"virtualGatewayName\": \"g\", \"gatewayRouteName\": \"r\","
            + " \"spec\": {}}");
  }

  private static String route(String kind) {
    return """
        {"meshName": "m", "virtualRouterName": "r", "routeName": "x", "spec": {"%s": {
          "match": {"prefix": "/"},
          "action": {"weightedTargets": [{"virtualNode": "n", "weight": 1}]},
          "timeout": {"perRequest": {"value": 1, "unit": "s"}, "idle": {"value": 1, "unit": "s"}}}}}
        """
        .formatted(kind);
  }

  /** The field of a problem, as the document writes it. */
  private static String field(String path) {
    return path.replaceAll("\\[\\d+]", "[]");
  }

  /** The fields in the table below the heading with this word. */
  private static List<String> documented(String word) throws IOException {
    return Files.readString(Path.of(System.getProperty("project.root"), "docs", "app-mesh.md"))
        .lines()
        .dropWhile(line -> !(line.startsWith("## ") && line.contains(word)))
        .skip(1)
        .takeWhile(line -> !line.startsWith("## "))
        .filter(line -> line.matches("\\| [a-z, ]+ \\| `.*"))
        .map(line -> line.split("`")[1])
        .toList();
  }

  private List<Problem> read() {
    return AppMeshDocuments.read(directory, AppMeshDocuments.NONE, AppMeshDocuments.Checks.NONE)
        .problems();
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(directory.resolve(file), text);
  }
}
