package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.admin.ExplainedRequest;
import dev.proxyless.mesh.document.DocumentException;
import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Nearest;
import dev.proxyless.mesh.document.Node;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads requests that stand one on a line, as {@code docs/explain-request.schema.json} and {@code
 * docs/call-request.schema.json} have them.
 */
final class RequestLines {

  private static final Set<String> FIELDS =
      Set.of("method", "authority", "path", "scheme", "headers", "random", "internal");

  private static final String BODY = "body";

  private RequestLines() {}

  /**
   * A request of a line.
   *
   * @param request its head
   * @param random the stream's random number, where the line has one
   * @param body where the line has one
   */
  record Line(ExplainedRequest request, OptionalLong random, Optional<Node> body) {}

  /** Reads lines to their end. */
  interface Reading {
    void read(String file, BufferedReader lines) throws IOException;
  }

  /**
   * Opens a file of requests.
   *
   * @param path of the file; - is standard input
   * @throws UnusableInputException if it, or a line of it, cannot be used
   */
  static void open(String path, Reading reading) {
    boolean standardInput = path.equals("-");
    String file = standardInput ? "standard input" : path;
    try (BufferedReader lines =
        standardInput
            ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
            : Files.newBufferedReader(Path.of(path), StandardCharsets.UTF_8)) {
      reading.read(file, lines);
    } catch (DocumentException unusable) {
      throw new UnusableInputException(String.valueOf(unusable.getMessage()), unusable);
    } catch (NoSuchFileException missing) {
      throw new UnusableInputException(file + ": no such file", missing);
    } catch (CharacterCodingException notText) {
      throw new UnusableInputException(file + ": not UTF-8 text", notText);
    } catch (IOException failed) {
      throw new UnusableInputException(file + ": cannot be read: " + failed, failed);
    }
  }

  /**
   * Reads one line, which has no body.
   *
   * @throws DocumentException if it is none; the message names file, line, field and what would be
   *     right
   */
  static Line read(String file, int number, String text) {
    return read(Documents.parseJsonLine(file, number, text), FIELDS);
  }

  /**
   * Reads one line, which may have a body.
   *
   * @throws DocumentException if it is none; the message names file, line, field and what would be
   *     right
   */
  static Line readWithBody(String file, int number, String text) {
    Set<String> fields = new TreeSet<>(FIELDS);
    fields.add(BODY);
    return read(Documents.parseJsonLine(file, number, text), fields);
  }

  private static Line read(Node line, Set<String> fields) {
    line.fields()
        .forEach(
            (name, value) -> {
              if (!fields.contains(name)) {
                throw value.error(
                    "is no field of a request" + Nearest.hint(name, fields),
                    "one of " + String.join(", ", new TreeSet<>(fields)));
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
            .orElse(OptionalLong.empty()),
        line.find(BODY));
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
