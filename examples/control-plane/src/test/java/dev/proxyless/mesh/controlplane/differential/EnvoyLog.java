package dev.proxyless.mesh.controlplane.differential;

import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Node;
import dev.proxyless.mesh.testing.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What Envoy's access log says of requests that no response tells. */
final class EnvoyLog {

  private static final Map<String, Object> FORMAT =
      Trees.map(
          "id", "%REQ(" + WireRequest.ID + ")%",
          "virtual_host", "%METADATA(VIRTUAL_HOST:differential:name)%",
          "route", "%ROUTE_NAME%",
          "details", "%RESPONSE_CODE_DETAILS%");

  private EnvoyLog() {}

  /**
   * What is said of a request.
   *
   * @param details Envoy's response code details
   */
  record Line(String virtualHost, String route, String details) {

    /** Envoy finds the route of a request that it refuses, too, only to log it. */
    boolean isRouted() {
      return !details.startsWith("path_normalization_failed");
    }
  }

  static Map<String, Object> config(Path file) {
    return Trees.map(
        "name",
        "file",
        "typed_config",
        Trees.map(
            "@type",
            "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog",
            "path",
            file.toString(),
            "log_format",
            Trees.map("json_format", FORMAT)));
  }

  /** What is said of the requests of these ids. */
  static Map<String, Line> read(Path file, List<String> ids) throws Exception {
    Map<String, Line> found = new HashMap<>();
    Await.until(
        "Envoy's log of each request",
        () -> {
          read(file, found);
          return found.keySet().containsAll(ids);
        },
        () -> found.size() + " lines for requests up to " + ids.get(ids.size() - 1));
    return found;
  }

  private static void read(Path file, Map<String, Line> found) {
    for (String line : lines(file)) {
      Node node = Documents.parse("log.json", line);
      found.put(
          node.required("id").text(),
          new Line(text(node, "virtual_host"), text(node, "route"), text(node, "details")));
    }
  }

  private static List<String> lines(Path file) {
    try {
      String text = Files.readString(file);
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    } catch (java.io.IOException unreadable) {
      return List.of();
    }
  }

  private static String text(Node line, String field) {
    return line.find(field).map(Node::text).orElse("");
  }
}
