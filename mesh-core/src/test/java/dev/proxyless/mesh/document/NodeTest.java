package dev.proxyless.mesh.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What a value says when it is not what was asked for: where, what, and what would be right. */
final class NodeTest {

  private final Node root =
      Documents.parse(
          "mesh.yaml",
          """
          text: some text
          empty: ''
          number: 8080
          fraction: 1.5
          huge: 1e300
          yes: on
          nothing:
          list: [a, b]
          map: {a: b}
          digits: '8080'
          """);

  @Test
  void aTextIsAsked() {
    assertEquals("some text", at("text").text());
    assertSays(
        "mesh.yaml:3: number: is 8080; right would be a text, in quotes if it is meant",
        at("number"),
        Node::text);
    assertSays(
        "mesh.yaml:6: yes: is true; right would be a text, in quotes if it is meant",
        at("yes"),
        Node::text);
    assertSays("mesh.yaml:8: list: is a list; right would be a text", at("list"), Node::text);
    assertSays("mesh.yaml:9: map: is a map; right would be a text", at("map"), Node::text);
  }

  @Test
  void aNameIsNotEmpty() {
    assertEquals("some text", at("text").name());
    assertSays("mesh.yaml:2: empty: is empty; right would be a name", at("empty"), Node::name);
  }

  @Test
  void aWholeNumberStandsWithinBounds() {
    assertEquals(8080, at("number").integer(1, 65_535));
    assertEquals(8080, at("digits").integer(8080, 8080));
    String right = "; right would be a whole number from 1 to 100";
    Function<Node, Object> asked = node -> node.integer(1, 100);
    assertSays("mesh.yaml:3: number: is 8080" + right, at("number"), asked);
    assertSays("mesh.yaml:10: digits: is 8080" + right, at("digits"), asked);
    assertSays("mesh.yaml:4: fraction: is 1.5" + right, at("fraction"), asked);
    assertSays("mesh.yaml:1: text: is \"some text\"" + right, at("text"), asked);
    assertSays("mesh.yaml:6: yes: is true" + right, at("yes"), asked);
    assertSays("mesh.yaml:8: list: is a list" + right, at("list"), asked);
  }

  /** A double that is beyond all longs must not pass as the greatest of them. */
  @Test
  void aNumberThatIsNotExactIsNoWholeNumber() {
    assertSays(
        "mesh.yaml:5: huge: is 1.0E300; right would be a whole number from 0 to 9223372036854775807",
        at("huge"),
        node -> node.integer(0, Long.MAX_VALUE));
  }

  @Test
  void otherKindsAreAsked() {
    assertEquals(1.5, at("fraction").number());
    assertEquals(8080, at("number").number());
    assertTrue(at("yes").bool());
    assertSays(
        "mesh.yaml:1: text: is \"some text\"; right would be a number", at("text"), Node::number);
    assertSays(
        "mesh.yaml:3: number: is 8080; right would be true or false", at("number"), Node::bool);
    assertSays("mesh.yaml:9: map: is a map; right would be a list", at("map"), Node::items);
    assertSays(
        "mesh.yaml:8: list: is a list; right would be a map of fields", at("list"), Node::fields);
    assertSays(
        "mesh.yaml:7: nothing: is empty; right would be true or false", nothing(), Node::bool);
  }

  @Test
  void whatIsMissingOrNullIsNotFound() {
    assertEquals(Optional.empty(), root.find("nothing"));
    assertEquals(Optional.empty(), root.find("nobody"));
    assertEquals(List.of(), root.list("nobody"));
    assertTrue(nothing().isNull());
    assertFalse(at("empty").isNull());
    assertSays(
        "mesh.yaml:1: nobody: is missing; it is required here",
        root,
        node -> node.required("nobody"));
    assertSays(
        "mesh.yaml:9: map.nobody: is missing; it is required here",
        at("map"),
        node -> node.required("nobody"));
  }

  @Test
  void aLongTextIsShownInPart() {
    Node node = Documents.parse("x.yaml", "a: " + "b".repeat(1_000)).required("a");
    assertSays(
        "x.yaml:1: a: is \"" + "b".repeat(80) + "…\"; right would be true or false",
        node,
        Node::bool);
  }

  @Test
  void theTextFormNamesThePlaceAndNotTheValue() {
    assertEquals("mesh.yaml:1 text", at("text").toString());
  }

  private Node nothing() {
    return Objects.requireNonNull(root.fields().get("nothing"));
  }

  private Node at(String field) {
    return root.required(field);
  }

  private static void assertSays(String message, Node node, Function<Node, Object> asked) {
    Executable ask = () -> asked.apply(node);
    assertEquals(message, assertThrows(DocumentException.class, ask).getMessage());
  }

  @Test
  void aNumberOf64BitsWithoutSignIsExact() {
    for (String yaml : List.of("18446744073709551615", "'18446744073709551615'")) {
      assertEquals(-1L, Documents.parse("t", yaml).unsigned());
    }
    assertEquals(7, Documents.parse("t", "7").unsigned());
    for (String yaml : List.of("-1", "18446744073709551616", "1.5", "x", "'+1'")) {
      DocumentException wrong =
          assertThrows(DocumentException.class, () -> Documents.parse("t", yaml).unsigned(), yaml);
      assertTrue(
          String.valueOf(wrong.getMessage())
              .endsWith("; right would be a whole number from 0 to 18446744073709551615"),
          wrong::getMessage);
    }
  }

  @Test
  void allDocumentsOfAFileAreRead() {
    assertEquals(
        List.of("a", "b"),
        Documents.parseAll("t.yaml", "a\n---\n---\nb\n").stream().map(Node::text).toList());
    assertEquals(
        List.of(1L),
        Documents.parseAll("t.json", "[1,]").get(0).items().stream().map(Node::plain).toList());
    assertEquals(
        "t.json:2", Documents.parseAll("t.json", "{\n\t\"a\": 1}").get(0).required("a").where());
    assertEquals(
        "t.yaml: the document is empty",
        assertThrows(DocumentException.class, () -> Documents.parseAll("t.yaml", "---\n"))
            .getMessage());
  }
}
