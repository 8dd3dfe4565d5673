package dev.proxyless.mesh.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConsoleTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @Test
  void aLineIsFollowedByItsDetails() {
    Console console = console(false, StandardCharsets.UTF_8);
    console.begin("split").at(1, 2);
    console.end("split", true, List.of("1 → 2", "more"));

    assertEquals(
        "✓ split       1 → 2\n              more\n", bytes.toString(StandardCharsets.UTF_8));
  }

  @Test
  void aCharacterSetThatHasNothingBetterGetsAscii() {
    Console console = console(false, StandardCharsets.US_ASCII);
    console.end("split", true, List.of("1 → 2"));
    console.end("shift", false, List.of("why"));

    assertEquals(
        "ok   split       1 -> 2\nFAIL shift       why\n",
        bytes.toString(StandardCharsets.US_ASCII));
  }

  @Test
  void aTerminalGetsProgressAndColours() {
    Console console = console(true, StandardCharsets.UTF_8);
    console.begin("split").doing("calls");
    console.end("split", true, List.of("done"));

    String text = bytes.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains("· split       \u001b[2mcalls\u001b[0m"), text);
    assertTrue(text.endsWith("\r\u001b[K\u001b[32m✓\u001b[0m split       done\n"), text);
  }

  @Test
  void aLongTextIsBrokenBetweenWords() {
    assertEquals(List.of("one two", "  three", "  four"), Console.wrapped("one two three four", 8));
    assertEquals(List.of("  a b", "    c"), Console.wrapped("  a b c", 6));
    assertEquals(List.of("abcdefghij", "  k"), Console.wrapped("abcdefghij k", 4));
    assertEquals(List.of("exactly8"), Console.wrapped("exactly8", 8));
  }

  @Test
  void nothingIsWrittenAfterTheEnd() {
    Console console = console(false, StandardCharsets.UTF_8);
    console.plain("before");
    console.mute();
    console.end("split", false, List.of("the mesh is closed"));

    assertEquals("before\n", bytes.toString(StandardCharsets.UTF_8));
  }

  private Console console(boolean terminal, Charset charset) {
    return new Console(new PrintStream(bytes, true, charset), terminal, charset);
  }
}
