package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.admin.ExplainedRequest;
import dev.proxyless.mesh.document.DocumentException;
import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Nearest;
import dev.proxyless.mesh.document.Node;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads requests that stand one on a line, as {@code docs/explain-request.schema.json} has them.
 */
final class RequestLines {

  private static final Set<String> FIELDS =
      Set.of("method", "authority", "path", "scheme", "headers", "random", "internal");

  private RequestLines() {}

  /**
   * A request of a line.
   *
   * @param request its head
   * @param random the stream's random number, where the line has one
   */
  record Line(ExplainedRequest request, OptionalLong random) {}

  /**
   * Reads one line.
   *
   * @throws DocumentException if it is none; the message names file, line, field and what would be
   *     right
   */
  static Line read(String file, int number, String text) {
    Node line = Documents.parseJsonLine(file, number, text);
    line.fields()
        .forEach(
            (name, value) -> {
              if (!FIELDS.contains(name)) {
                throw value.error(
                    "is no field of a request" + Nearest.hint(name, FIELDS),
                    "one of " + String.join(", ", new TreeSet<>(FIELDS)));
              }
            });
    ExplainedRequest.Builder request =
        ExplainedRequest.builder()
            .authority(line.required("authority").name())
            .path(line.required("path").name());
    line.find("method").ifPresent(method -> request.method(method.name()));
    line.find("scheme").ifPresent(scheme -> request.scheme(scheme(scheme)));
    line.find("internal").ifPresent(internal -> request.trusted(internal.bool()));
    for (Node header : line.list("headers")) {
      List<Node> pair = header.items();
      if (pair.size() != 2) {
        throw header.error("has " + pair.size() + " items", "[name, value]");
      }
      request.header(name(pair.get(0)), value(pair.get(1)));
    }
    return new Line(
        request.build(),
        line.find("random")
            .map(random -> OptionalLong.of(random.unsigned()))
            .orElse(OptionalLong.empty()));
  }

  private static String scheme(Node node) {
    String scheme = node.text();
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw node.error("is \"" + scheme + "\"", "http or https");
    }
    return scheme;
  }

  private static String name(Node node) {
    String name = node.name();
    if (name.startsWith(":") || name.equalsIgnoreCase("host")) {
      throw node.error(
          "is \"" + name + "\", a part of the request line",
          "the field authority, path, method or scheme");
    }
    if (!name.chars().allMatch(c -> c > ' ' && c < 0x7f && c != ':')) {
      throw node.error("is no name of a header", "visible ASCII without spaces and colons");
    }
    return name;
  }

  private static String value(Node node) {
    String value = node.text();
    if (value.chars().anyMatch(c -> c == '\r' || c == '\n' || c == 0)) {
      throw node.error("has a line break or NUL", "one line");
    }
    return value;
  }
}
