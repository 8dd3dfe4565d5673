package dev.proxyless.mesh.admin;

import dev.proxyless.mesh.admin.RouteTest.Expected;
import dev.proxyless.mesh.admin.RouteTest.Field;
import dev.proxyless.mesh.admin.RouteTest.HeaderAssertion;
import dev.proxyless.mesh.admin.RouteTest.HeaderLine;
import dev.proxyless.mesh.admin.RouteTest.Input;
import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Nearest;
import dev.proxyless.mesh.document.Node;
import dev.proxyless.mesh.model.HeaderMatcher;
import dev.proxyless.mesh.xds.Decoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads test files of Envoy's router check tool, in YAML or JSON ({@code
 * envoy.RouterCheckToolSchema.Validation}).
 *
 * <p>Headers of the input that bear the name of a part that the other fields give ({@code
 * :authority}, {@code :path}, {@code :method}, {@code :scheme}, {@code x-forwarded-proto}, {@code
 * x-envoy-internal}) stand in for it; all others are added.
 */
public final class RouteTestReader {

  private static final Set<String> FILE = Set.of("tests", "runtime");
  private static final Set<String> TEST = Set.of("test_name", "input", "validate");
  private static final Set<String> INPUT =
      Set.of(
          "authority",
          "path",
          "method",
          "random_value",
          "ssl",
          "internal",
          "runtime",
          "additional_request_headers",
          "additional_headers",
          "additional_response_headers",
          "dynamic_metadata");
  private static final Set<String> VALIDATE =
      Set.of(
          "cluster_name",
          "virtual_cluster_name",
          "virtual_host_name",
          "path_rewrite",
          "host_rewrite",
          "path_redirect",
          "code_redirect",
          "request_header_matches",
          "response_header_matches",
          "request_header_fields",
          "response_header_fields",
          "header_fields",
          "custom_header_fields");
  private static final Set<String> HEADER = Set.of("key", "value");

  private static final String FORWARDED_PROTO = "x-forwarded-proto";
  private static final String INTERNAL = "x-envoy-internal";

  private RouteTestReader() {}

  /**
   * Reads a file.
   *
   * @throws dev.proxyless.mesh.document.DocumentException if it cannot be used; the message names
   *     file, line, field and what would be right
   */
  public static List<RouteTest> read(Path file) {
    List<Node> documents = Documents.readAll(file);
    if (documents.size() > 1) {
      throw documents.get(1).error("is a second document", "one map with the key tests");
    }
    return read(documents.get(0));
  }

  /** Reads a document. */
  public static List<RouteTest> read(Node root) {
    known(root, FILE);
    List<Node> tests = root.required("tests").items();
    if (tests.isEmpty()) {
      throw root.required("tests").error("is empty", "at least one test");
    }
    return tests.stream().map(RouteTestReader::test).toList();
  }

  private static RouteTest test(Node test) {
    known(test, TEST);
    return new RouteTest(
        test.required("test_name").name(),
        input(test.required("input")),
        expected(test.required("validate")));
  }

  private static Input input(Node input) {
    known(input, INPUT);
    boolean ssl = input.find("ssl").map(Node::bool).orElse(false);
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put(":authority", input.required("authority").name());
    parts.put(":path", input.required("path").name());
    parts.put(":method", input.find("method").map(Node::name).orElse("GET"));
    parts.put(":scheme", ssl ? "https" : "http");
    parts.put(FORWARDED_PROTO, ssl ? "https" : "http");
    if (input.find("internal").map(Node::bool).orElse(false)) {
      parts.put(INTERNAL, "true");
    }
    List<HeaderLine> others = new ArrayList<>();
    List<HeaderLine> more = new ArrayList<>(headers(input, "additional_headers"));
    more.addAll(headers(input, "additional_request_headers"));
    for (HeaderLine line : more) {
      String name = line.name().toLowerCase(Locale.ROOT);
      if (parts.containsKey(name) || name.equals(INTERNAL)) {
        parts.put(name, line.value());
      } else if (name.equals("host")) {
        parts.put(":authority", line.value());
      } else {
        others.add(line);
      }
    }
    ExplainedRequest.Builder request =
        ExplainedRequest.builder()
            .authority(parts.getOrDefault(":authority", ""))
            .path(parts.getOrDefault(":path", ""))
            .method(parts.getOrDefault(":method", ""))
            .scheme(parts.getOrDefault(":scheme", ""));
    parts.forEach(
        (name, value) -> {
          if (!name.startsWith(":")) {
            request.header(name, value);
          }
        });
    others.forEach(line -> request.header(line.name(), line.value()));
    return new Input(
        request.build(),
        input.find("random_value").map(Node::unsigned).orElse(0L),
        "true".equals(parts.get(INTERNAL)),
        input.find("runtime").map(Node::text).orElse(""),
        headers(input, "additional_response_headers"),
        DynamicMetadata.read(input.list("dynamic_metadata")));
  }

  private static List<HeaderLine> headers(Node node, String field) {
    return node.list(field).stream()
        .map(
            header -> {
              known(header, HEADER);
              return new HeaderLine(
                  header.required("key").name(), header.find("value").map(Node::text).orElse(""));
            })
        .toList();
  }

  private static Expected expected(Node validate) {
    known(validate, VALIDATE);
    Map<Field, String> texts = new EnumMap<>(Field.class);
    for (Field field : Field.values()) {
      validate
          .find(field.name().toLowerCase(Locale.ROOT))
          .ifPresent(text -> texts.put(field, text.text()));
    }
    List<HeaderAssertion> request = new ArrayList<>(matches(validate, "request_header_matches"));
    request.addAll(values(validate, "request_header_fields"));
    request.addAll(values(validate, "header_fields"));
    request.addAll(values(validate, "custom_header_fields"));
    List<HeaderAssertion> response = new ArrayList<>(matches(validate, "response_header_matches"));
    response.addAll(values(validate, "response_header_fields"));
    return new Expected(
        texts,
        validate
            .find("code_redirect")
            .map(code -> OptionalInt.of((int) code.integer(0, Integer.MAX_VALUE)))
            .orElse(OptionalInt.empty()),
        List.copyOf(request),
        List.copyOf(response));
  }

  private static List<HeaderAssertion> matches(Node validate, String field) {
    List<HeaderAssertion> matches = new ArrayList<>();
    for (Node each : validate.list(field)) {
      String at = field + "[" + matches.size() + "]";
      HeaderMatcher matcher = Decoder.headerMatcher(each);
      matches.add(new HeaderAssertion(at, matcher.name(), Optional.of(matcher), ""));
    }
    return matches;
  }

  private static List<HeaderAssertion> values(Node validate, String field) {
    return headers(validate, field).stream()
        .map(
            line ->
                new HeaderAssertion(
                    field + " " + line.name(),
                    line.name().toLowerCase(Locale.ROOT),
                    Optional.empty(),
                    line.value()))
        .toList();
  }

  private static void known(Node node, Set<String> fields) {
    node.fields()
        .forEach(
            (name, value) -> {
              if (!fields.contains(name)) {
                throw value.error(
                    "is no field here" + Nearest.hint(name, fields),
                    "one of " + String.join(", ", new TreeSet<>(fields)));
              }
            });
  }
}
