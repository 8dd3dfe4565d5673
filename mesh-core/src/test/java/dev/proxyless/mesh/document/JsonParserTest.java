package dev.proxyless.mesh.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.testing.Seeds;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Documents whose names end in {@code .json}. */
final class JsonParserTest {

  @Test
  void valuesKnowTheirLineAndPath() {
    Node root =
        json(
            """
            {
            \t"meshName": "apps",
            \t"spec": {
            \t\t"listeners": [
            \t\t\t{"port": 1},
            \t\t\t{
            \t\t\t\t"port": 2
            \t\t\t}
            \t\t]
            \t}
            }
            """);
    Node port = root.required("spec").list("listeners").get(1).required("port");
    assertEquals("spec.listeners[1].port", port.path());
    assertEquals("app.json:7", port.where());
    assertEquals(2, port.integer(0, 9));
  }

  @Test
  void allKindsOfValuesAreRead() {
    Node root = json("[null, true, false, 0, -1, 1.5, 1e3, 9223372036854775808, \"\", {}, []]");
    assertEquals(
        Arrays.asList(
            null,
            true,
            false,
            0L,
            -1L,
            1.5,
            1000.0,
            new BigInteger("9223372036854775808"),
            "",
            Map.of(),
            List.of()),
        root.plain());
  }

  @Test
  void escapesAreRead() {
    assertEquals(
        "\" \\ / \b\f\n\r\t é \uD83D\uDE00",
        json("\"\\\" \\\\ \\/ \\b\\f\\n\\r\\t \\u00E9 \\ud83d\\uDE00\"").text());
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``                | app.json: the document is empty",
        "`  `              | app.json: the document is empty",
        "`{`               | app.json:1: a key in quotes was expected, the end found",
        "`{\"a\": -1e999}`  | app.json:1: a number below 1.8e308 was expected, -1e999 found",
        "`{a: 1}`          | app.json:1: a key in quotes was expected, a found",
        "`{'a': 1}`        | app.json:1: a key in quotes was expected, 'a found",
        "`{\"a\" 1}`       | app.json:1: a : was expected, 1 found",
        "`{\"a\": 1,}`     | app.json:1: a key in quotes was expected, } found",
        "`{\"a\": 1 \"b\"` | app.json:1: a comma or } was expected, \"b found",
        "`[1 2]`           | app.json:1: a comma or ] was expected, 2 found",
        "`[1,]`            | app.json:1: a value was expected, ] found",
        "`[1`              | app.json:1: a comma or ] was expected, the end found",
        "`[yes]`           | app.json:1: a value was expected, yes found",
        "`[01]`            | app.json:1: a value was expected, 01 found",
        "`[.5]`            | app.json:1: a value was expected, .5 found",
        "`[NaN]`           | app.json:1: a value was expected, NaN found",
        "`{} {}`           | app.json:1: the end of the document was expected, { found",
        "`// {}`           | app.json:1: a value was expected, / found",
        "`\"a`             | app.json:1: a text does not end",
        "`\"\\`            | app.json:1: \\ is no escape of JSON",
        "`\"\\x\"`         | app.json:1: \\x is no escape of JSON",
        "`\"\\u00g0\"`     | app.json:1: \\u needs four hexadecimal digits",
        "`\"\\u00`         | app.json:1: \\u needs four hexadecimal digits",
      })
  void whatIsNotJsonSaysWhereAndWhat(String text, String message) {
    assertEquals(message, refused(text).getMessage());
  }

  @Test
  void aTextMayNotGoOverLines() {
    assertEquals(
        "app.json:2: a control character stands in a text; right would be an escape such as \\n",
        refused("\n\"a\nb\"").getMessage());
  }

  @Test
  void aKeyThatStandsTwiceIsAnError() {
    assertEquals(
        "app.json:3: a.b: stands twice; right would be one value",
        refused("{\"a\": {\"b\": 1,\n\n\"b\": 2}}").getMessage());
  }

  @Test
  void whatTheWriterWritesIsReadAsItWas() {
    Seeds.each(
        2_000,
        random -> {
          Object value = value(random, 0);
          assertEquals(value, json(Json.line(value)).plain());
          assertEquals(value, json(Json.pretty(value)).plain());
        });
  }

  @Test
  void noiseIsReadOrRefused() {
    String alphabet = "{}[]\",:\\u0a1-.e tfn\n";
    Seeds.each(
        20_000,
        random -> {
          StringBuilder noise = new StringBuilder();
          for (int i = random.nextInt(20); i >= 0; i--) {
            noise.append(alphabet.charAt(random.nextInt(alphabet.length())));
          }
          try {
            json(noise.toString());
          } catch (DocumentException refused) {
            assertTrue(String.valueOf(refused.getMessage()).startsWith("app.json:"));
          }
        });
  }

  private static @Nullable Object value(Random random, int depth) {
    return switch (random.nextInt(depth > 3 ? 5 : 7)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> random.nextLong() >> random.nextInt(64);
      case 3 -> random.nextGaussian();
      case 4 -> text(random);
      case 5 -> {
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          list.add(value(random, depth + 1));
        }
        yield list;
      }
      default -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          map.put(text(random), value(random, depth + 1));
        }
        yield map;
      }
    };
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      text.append((char) random.nextInt(random.nextBoolean() ? 0x100 : 0x10000));
    }
    return text.toString();
  }

  private static Node json(String text) {
    return Documents.parse("app.json", text);
  }

  private static DocumentException refused(String text) {
    return assertThrows(DocumentException.class, () -> json(text));
  }
}
