package dev.proxyless.mesh.document;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class JsonTest {

  @Test
  void valuesAreWrittenOnOneLine() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("a", 1L);
    map.put("b", Arrays.asList("x", null, true, 1.5));
    map.put("c", Map.of());
    map.put("d", List.of());
    assertEquals("{\"a\":1,\"b\":[\"x\",null,true,1.5],\"c\":{},\"d\":[]}", Json.line(map));
  }

  @Test
  void valuesAreWrittenOverLines() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("a", List.of(1, 2));
    map.put("b", Map.of("c", "d"));
    map.put("e", List.of());
    assertEquals(
        """
        {
          "a": [
            1,
            2
          ],
          "b": {
            "c": "d"
          },
          "e": []
        }""",
        Json.pretty(map));
  }

  @Test
  void whatJsonDoesNotTakeIsEscaped() {
    assertEquals("\"\\\" \\\\ / \\n\\r\\t\"", Json.line("\" \\ / \n\r\t"));
    assertEquals("\"\\u0000\\u0008\\u001f\"", Json.line("\u0000\b\u001f"));
  }

  /** Terminals take these for commands. */
  @Test
  void controlCharactersBeyondAsciiAreEscapedToo() {
    assertEquals(
        "\"\\u007f\\u0080\\u009b\\u009f\u00a0é\"", Json.line("\u007f\u0080\u009b\u009f\u00a0é"));
  }

  @Test
  void numbersThatJsonDoesNotHaveAreTexts() {
    assertEquals(
        "[\"NaN\",\"Infinity\",\"-Infinity\"]",
        Json.line(List.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY)));
  }

  @Test
  void otherValuesAreWrittenByTheirTextForm() {
    assertEquals("\"PT1S\"", Json.line(java.time.Duration.ofSeconds(1)));
    assertEquals("null", Json.line(null));
  }
}
