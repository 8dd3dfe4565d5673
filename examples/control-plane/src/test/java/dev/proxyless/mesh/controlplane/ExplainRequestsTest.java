package dev.proxyless.mesh.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code mesh explain --requests}: a line in, a line out. */
class ExplainRequestsTest {

  private static final String ROUTES =
      """
      virtual_hosts:
      - name: shop
        domains: [shop.example]
        routes:
        - {match: {path: /a%2Fb}, route: {cluster: raw}}
        - {match: {prefix: /post, headers: [{name: ":method", string_match: {exact: POST}}]}, route: {cluster: posts}}
        - match: {prefix: /split}
          route: {weighted_clusters: {clusters: [{name: low, weight: 1}, {name: high, weight: 1}]}}
        - match: {prefix: /old}
          name: gone
          redirect: {host_redirect: new.example}
        - match: {prefix: /tea}
          direct_response: {status: 418, body: {inline_string: "short\\nand stout"}}
        - match: {prefix: /retry}
          route: {cluster: retries, timeout: 2s, retry_policy: {retry_on: 5xx, num_retries: 3}}
        - {match: {prefix: /header, headers: [{name: x-a, string_match: {exact: "ü"}}]}, route: {cluster: headers}}
        - {match: {prefix: /where}, route: {cluster_header: x-cluster}}
        - {match: {prefix: /tls, headers: [{name: ":scheme", string_match: {exact: https}}]}, route: {cluster: tls}}
      """;

  private static final List<String> REQUESTS =
      List.of(
          "{\"authority\":\"shop.example\",\"path\":\"/a%2Fb\"}",
          "{\"authority\":\"shop.example\",\"path\":\"/post?a=b c\",\"method\":\"POST\"}",
          "{\"authority\":\"shop.example\",\"path\":\"/split\",\"random\":18446744073709551614}",
          "{\"authority\":\"shop.example\",\"path\":\"/split\",\"random\":18446744073709551615}",
          "{\"authority\":\"shop.example\",\"path\":\"/old\",\"scheme\":\"https\"}",
          "{\"authority\":\"shop.example\",\"path\":\"/tea\",\"internal\":false}",
          "{\"authority\":\"shop.example\",\"path\":\"/retry\"}",
          "{\"authority\":\"shop.example\",\"path\":\"/header\",\"headers\":[[\"X-A\",\"\\u00fc\"]]}",
          "{\"authority\":\"shop.example\",\"path\":\"/where\"}",
          "{\"authority\":\"other.example\",\"path\":\"/\"}",
          "{\"authority\":\"shop.example\",\"path\":\"/tls\",\"scheme\":\"https\"}");

  @TempDir Path directory;

  @Test
  void eachLineIsAnsweredByALineInTheSameOrder() {
    List<Node> answers = answers(REQUESTS);

    assertEquals(
        List.of(
            "forward raw",
            "forward posts",
            "forward low",
            "forward high",
            "redirect null",
            "direct_response null",
            "forward retries",
            "forward headers",
            "no_cluster null",
            "no_route null",
            "forward tls"),
        answers.stream()
            .map(
                each -> each.required("action").text() + " " + each.fields().get("cluster").plain())
            .toList());
    assertEquals("https://new.example/old", answers.get(4).required("location").text());
    assertEquals("gone", answers.get(4).required("route").text());
    assertEquals("short\nand stout", answers.get(5).required("body").text());
    assertEquals(2000, answers.get(6).required("timeout_ms").integer(0, 9999));
    assertEquals(3, answers.get(6).required("retry").required("num_retries").integer(0, 9));
    assertEquals(503, answers.get(8).required("status").integer(0, 999));
    assertEquals(404, answers.get(9).required("status").integer(0, 999));
  }

  @Test
  void linesAreAsTheSchemasSay() {
    for (String request : REQUESTS) {
      assertEquals(
          List.of(),
          JsonSchema.faults("explain-request.schema.json", Documents.parse("r.json", request)));
    }
    for (Node answer : answers(REQUESTS)) {
      assertEquals(List.of(), JsonSchema.faults("explain-answer.schema.json", answer));
    }
    assertFalse(
        JsonSchema.faults("explain-answer.schema.json", Documents.parse("a.json", "{}")).isEmpty());
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"authority\":\"a\"}                  | path: is missing; it is required here",
        "{\"path\":\"/\"}                       | authority: is missing; it is required here",
        "{\"authority\":\"a\",\"path\":\"\"}    | path: is empty; right would be a name",
        "{\"authority\":\"a\",\"path\":\"/\",\"metod\":\"GET\"} | metod: is no field of a request; the"
            + " nearest is \"method\"",
        "{\"authority\":\"a\",\"path\":\"/\",\"random\":-1} | random: is -1; right would be a whole"
            + " number from 0 to 18446744073709551615",
        "{\"authority\":\"a\",\"path\":\"/\",\"random\":18446744073709551616} | random: is"
            + " 1.8446744073709552E19; right would be a whole number",
        "{\"authority\":\"a\",\"path\":\"/\",\"headers\":[[\"a\"]]} | headers[0]: has 1 items; right"
            + " would be [name, value]",
        "{\"authority\":\"a\",\"path\":\"/\",\"headers\":[[\"host\",\"b\"]]} | headers[0][0]: is"
            + " \"host\", a part of the request line",
        "{\"authority\":\"a\",\"path\":\"/\",\"headers\":[[\"a b\",\"b\"]]} | headers[0][0]: is no name"
            + " of a header",
        "{\"authority\":\"a\",\"path\":\"/\",\"scheme\":\"ftp\"} | scheme: is \"ftp\"; right would be"
            + " http or https",
        "[]                                     | is a list; right would be a map of fields",
        "{                                      | a key in quotes was expected",
      })
  void aBadLineEndsTheRunAndIsToldByItsNumber(String line, String message) {
    CommandRun run = run(List.of(REQUESTS.get(0), "", line, REQUESTS.get(1)));

    assertEquals(2, run.status(), run::toString);
    assertEquals(1, run.out().lines().count(), run::out);
    assertTrue(
        run.err().startsWith("mesh explain: " + directory + "/requests.jsonl:3: " + message),
        run::err);
  }

  @Test
  void randomOfTheCommandLineStandsInForThatOfALine() {
    List<String> split = List.of("{\"authority\":\"shop.example\",\"path\":\"/split\"}");

    assertTrue(run(split, "--random", "0").out().contains("\"cluster\":\"low\""));
    assertTrue(run(split, "--random", "1").out().contains("\"cluster\":\"high\""));
  }

  @Test
  void manyRequestsAreAnsweredByOneTable() {
    List<String> many = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      many.add("{\"authority\":\"shop.example\",\"path\":\"/post/" + i + "\",\"method\":\"POST\"}");
    }

    CommandRun run = run(many);

    assertEquals(0, run.status());
    List<String> lines = run.out().lines().toList();
    assertEquals(10_000, lines.size());
    for (int i = 0; i < lines.size(); i++) {
      assertTrue(lines.get(i).contains("[\":path\",\"/post/" + i + "\"]"), lines.get(i));
    }
  }

  @Test
  void aFileThatIsNotThereIsUnusable() {
    CommandRun run =
        CommandRun.of(
            "explain", "--config", write("config.yaml", ROUTES), "--requests", "nowhere.jsonl");

    assertEquals(2, run.status());
    assertEquals("mesh explain: nowhere.jsonl: no such file\n", run.err());
  }

  private List<Node> answers(List<String> requests) {
    CommandRun run = run(requests);
    assertEquals(0, run.status(), run::toString);
    assertEquals("", run.err());
    return run.out().lines().map(line -> Documents.parse("answer.json", line)).toList();
  }

  private CommandRun run(List<String> requests, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "explain",
                "--config",
                write("config.yaml", ROUTES),
                "--requests",
                write("requests.jsonl", String.join("\n", requests) + "\n")));
    args.addAll(List.of(more));
    return CommandRun.of(args.toArray(String[]::new));
  }

  private String write(String name, String text) {
    try {
      return Files.writeString(directory.resolve(name), text).toString();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
