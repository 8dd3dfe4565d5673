package dev.proxyless.mesh.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DocumentsTest {

  @Test
  void valuesKnowTheirLineAndPath() {
    Node root =
        Documents.parse(
            "mesh.yaml",
            """
            # a comment
            spec:
              listeners:
              - portMapping: {port: 8080}
              - portMapping:
                  port: 8443
            """);
    Node port =
        root.required("spec").list("listeners").get(1).required("portMapping").required("port");
    assertEquals("mesh.yaml", port.file());
    assertEquals(6, port.line());
    assertEquals("spec.listeners[1].portMapping.port", port.path());
    assertEquals("mesh.yaml:6", port.where());
    assertEquals(8443, port.integer(1, 65_535));
    assertEquals("", root.path());
  }

  @ParameterizedTest
  @CsvSource({
    "true, true",
    "false, false",
    "yes, true",
    "No, false",
    "on, true",
    "OFF, false",
    "TRUE, true"
  })
  void whatYamlCallsATruthValueIsOne(String word, boolean value) {
    assertEquals(value, yaml("a: " + word).required("a").bool());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'true'",
        "\"on\"",
        "y",
        "n",
        "2026-11-21",
        "1:30",
        "1_000",
        "0b1",
        ".inf",
        "1e999"
      })
  void whatIsNoTruthValueNorNumberOfOursIsText(String word) {
    assertEquals(word.replace("'", "").replace("\"", ""), yaml("a: " + word).required("a").text());
  }

  @ParameterizedTest
  @CsvSource({"5, 5", "-5, -5", "+5, 5", "0x1F, 31", "010, 10", "1e3, 1000", "5.0, 5"})
  void wholeNumbers(String word, long value) {
    assertEquals(value, yaml("a: " + word).required("a").integer(-10, 1_000));
  }

  @Test
  void plainValuesAreJavasOwn() {
    assertEquals(
        Map.of("a", 1L, "b", 1.5, "c", Map.of("d", ""), "e", 1.2345678901234568E20),
        yaml("{a: 1, b: 1.5, c: {d: ''}, e: 123456789012345678901}").plain());
    assertEquals(Arrays.asList("x", null, null, true), yaml("[x, null, ~, true]").plain());
  }

  @ParameterizedTest
  @ValueSource(strings = {"mesh.yaml", "app.json"})
  void aByteOrderMarkIsPassedOver(String name) {
    assertEquals("b", Documents.parse(name, "\uFEFF{\"a\": \"b\"}").required("a").text());
  }

  @Test
  void aKeyIsTakenAsItIsWritten() {
    assertEquals(
        List.of("on", "1", "null", "a.b"),
        List.copyOf(yaml("on: 1\n1: 2\nnull: 3\na.b: 4").fields().keySet()));
  }

  @Test
  void aKeyThatStandsTwiceIsAnError() {
    assertMessage(
        "x.yaml:3: spec.port: stands twice; right would be one value",
        "spec:\n  port: 1\n  port: 2\n");
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "''             | x.yaml: the document is empty",
        "'# nothing'    | x.yaml: the document is empty",
        "'a: [1'        | x.yaml:1: while parsing a flow sequence, expected ',' or ']', but got"
            + " <stream end>",
        "'a: b: c'      | x.yaml:1: mapping values are not allowed here",
        "'a: *nobody'   | x.yaml:1: found undefined alias nobody",
        "'? [a]: b'     | x.yaml:1: a key must be a plain name",
      })
  void brokenYamlSaysWhereAndWhat(String text, String message) {
    assertMessage(message, text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a: \"\\u", "a: \"\\x", "a: \"\\U", "%TAG ! %"})
  void anEscapeThatTheEndCutsOffIsRefusedByName(String text) {
    DocumentException refused =
        assertThrows(DocumentException.class, () -> Documents.parse("cut.yaml", text));
    assertTrue(String.valueOf(refused.getMessage()).startsWith("cut.yaml:"), refused.getMessage());
  }

  @Test
  void twoDocumentsInOneFileAreAnError() {
    DocumentException refused = refused("x.yaml", "a: 1\n---\nb: 2\n");
    assertEquals(
        "x.yaml:2: expected a single document in the stream that begins on line 1, but found another"
            + " document",
        refused.getMessage());
  }

  @Test
  void aDocumentOfManyLevelsIsRefused() {
    for (String name : List.of("x.yaml", "x.json")) {
      assertEquals(100, depth(Documents.parse(name, "[".repeat(100) + "]".repeat(100))), name);
      DocumentException refused = refused(name, "[".repeat(50_000) + "]".repeat(50_000));
      assertTrue(String.valueOf(refused.getMessage()).contains("100"), refused.getMessage());
    }
  }

  @Test
  void aDocumentOfManyCharactersIsRefused() {
    String name = "x.yaml";
    DocumentException refused = refused(name, "a: " + "b".repeat(Documents.MAX_CHARS));
    assertEquals(
        "x.yaml: has 16777219 characters; at most 16777216 are read", refused.getMessage());
  }

  @Test
  void anAliasStandsForItsAnchor() {
    Node root = yaml("a: &x {port: 1}\nb: *x\n");
    assertEquals(1, root.required("b").required("port").integer(0, 9));
    assertEquals("b.port", root.required("b").required("port").path());
  }

  @Test
  void aliasesThatMultiplyADocumentAreRefused() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x]\n");
    for (int i = 1; i < 16; i++) {
      bomb.append(
          "a" + i + ": &a" + i + " [*a" + (i - 1) + ", *a" + (i - 1) + ", *a" + (i - 1) + "]\n");
    }
    DocumentException refused = refused("x.yaml", bomb.toString());
    assertTrue(
        String.valueOf(refused.getMessage()).endsWith("nested or repeated beyond the limit"),
        refused.getMessage());
  }

  @Test
  void anAnchorThatHoldsItselfIsRefused() {
    DocumentException refused = refused("x.yaml", "a: &a [*a]\n");
    assertEquals("x.yaml:1: nested or repeated beyond the limit", refused.getMessage());
  }

  @Test
  void tagsMakeNoObjects() {
    assertMessage(
        "x.yaml:1: Global tag is not allowed: tag:yaml.org,2002:java.lang.ProcessBuilder",
        "a: !!java.lang.ProcessBuilder x");
  }

  @Test
  void aFileIsCalledByItsPath(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("mesh.yaml");
    Files.writeString(file, "a: ü\n");
    assertEquals("ü", Documents.read(file).required("a").text());
    assertEquals(file.toString(), Documents.read(file).file());
  }

  @Test
  void aFileThatCannotBeReadIsNamed(@TempDir Path directory) throws Exception {
    Path missing = directory.resolve("missing.yaml");
    assertEquals(
        missing + ": no such file",
        assertThrows(DocumentException.class, () -> Documents.read(missing)).getMessage());
    Path latin = directory.resolve("latin.yaml");
    Files.write(latin, "a: ü".getBytes(StandardCharsets.ISO_8859_1));
    assertEquals(
        latin + ": not UTF-8 text",
        assertThrows(DocumentException.class, () -> Documents.read(latin)).getMessage());
    String said =
        String.valueOf(
            assertThrows(DocumentException.class, () -> Documents.read(directory)).getMessage());
    assertTrue(said.startsWith(directory + ": cannot be read: "), said);
  }

  private static int depth(Node node) {
    return node.items().isEmpty() ? 1 : 1 + depth(node.items().get(0));
  }

  private static Node yaml(String text) {
    return Documents.parse("x.yaml", text);
  }

  private static void assertMessage(String message, String text) {
    assertEquals(message, refused("x.yaml", text).getMessage());
  }

  private static DocumentException refused(String name, String text) {
    return assertThrows(DocumentException.class, () -> Documents.parse(name, text));
  }
}
