package dev.proxyless.mesh.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a file holds, it is read, or refused with its name. */
final class DocumentsFuzzTest {

  /** The first character is j for JSON; anything else is YAML. */
  static Stream<byte[]> seeds() {
    return Stream.of(
            "y",
            "ya: 1\nb: [x, 'y', \"z\\u0041\"]\nc:\n- d: ~\n  e: 1.5e3\n- |\n  text\n  more\n",
            "yanchor: &a {k: v}\nalias: *a\nmerged: {<<: *a}\n",
            "y--- !!map\n? key\n: !!binary aGk=\n...\n",
            "ya: 0x1f\nb: 0o17\nc: 1_000\nd: 12:30\ne: .inf\nf: yes\ng: 2020-01-01\n",
            "y\uFEFF# comment\na: >-\n  folded\n\n  text\n",
            "j{\"a\": [1, -2.5e-3, true, false, null, \"\\u00e9\\n\\ud83d\\ude00\"], \"b\": {}}",
            "j[[[[[[]]]]]]",
            "j\"text\"",
            "j{\"a\": 1, \"a\": 2}",
            "j123456789012345678901234567890")
        .map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "20s")
  void textIsReadOrRefusedByName(byte[] data) {
    String text = new String(data, StandardCharsets.UTF_8);
    boolean json = text.startsWith("j");
    String name = json ? "fuzz.json" : "fuzz.yaml";
    try {
      Object plain = Documents.parse(name, text.isEmpty() ? "" : text.substring(1)).plain();
      if (json) {
        assertEquals(plain, Documents.parse(name, Json.line(plain)).plain());
      }
    } catch (DocumentException refused) {
      assertTrue(String.valueOf(refused.getMessage()).startsWith(name), refused.getMessage());
    }
  }
}
