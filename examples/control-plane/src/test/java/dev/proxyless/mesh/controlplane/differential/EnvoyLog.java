package dev.proxyless.mesh.controlplane.differential;

import dev.proxyless.mesh.testing.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What Envoy's access log says of requests that no response tells. */
final class EnvoyLog {

  private static final String FORMAT =
      "%REQ("
          + WireRequest.ID
          + ")%\t%METADATA(VIRTUAL_HOST:differential:name)%\t%ROUTE_NAME%"
          + "\t%RESPONSE_CODE_DETAILS%\n";

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
            Trees.map("text_format_source", Trees.map("inline_string", FORMAT))));
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
      String[] parts = line.split("\t", -1);
      found.put(parts[0], new Line(text(parts[1]), text(parts[2]), parts[3]));
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

  private static String text(String value) {
    return value.equals("-") ? "" : value;
  }
}
