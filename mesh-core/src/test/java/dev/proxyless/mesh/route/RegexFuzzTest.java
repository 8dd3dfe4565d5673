package dev.proxyless.mesh.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever expression a control plane sends, it compiles or is refused, and matching ends. */
final class RegexFuzzTest {

  /** An expression, and what it is matched with in the next line. */
  static Stream<byte[]> seeds() {
    return Stream.of(
            "/api/v[0-9]+/.*\n/api/v1/orders",
            "(a|b)*?c{2,5}\nababcc",
            "((x{10}){10}){10}\nxxxxxxxxxx",
            "(?i)^\\Q.*\\E$\n.*",
            "[[:alpha:]\\pL\\p{Greek}\\x{10FFFF}]\n\u03b1",
            "(?P<name>a)(?:b)\nab",
            "(((((((((((\n",
            "a**\na",
            "\\C\\b\\B\\A\\z\n",
            "(?s).\n\ud83d\ude00")
        .map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "20s")
  void anExpressionCompilesOrIsRefused(byte[] data) {
    String[] lines = new String(data, StandardCharsets.UTF_8).split("\n", 2);
    String subject = lines.length < 2 ? "" : lines[1];
    Regex regex;
    try {
      regex = Regex.compile(lines[0], "regex");
    } catch (InvalidRouteException refused) {
      assertEquals("regex", refused.path());
      assertFalse(refused.reason().isEmpty());
      return;
    }
    assertEquals(regex.matches(subject), regex.matches(subject));
  }
}
