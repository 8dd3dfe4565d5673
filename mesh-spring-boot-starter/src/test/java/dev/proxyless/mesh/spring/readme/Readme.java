package dev.proxyless.mesh.spring.readme;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The README, by its headings and fenced blocks. */
final class Readme {

  static final Path ROOT = Path.of(System.getProperty("project.root"));

  private Readme() {}

  static String text() {
    try {
      return Files.readString(ROOT.resolve("README.md"));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** The first block of a language below a heading, up to the next heading. */
  static String block(String heading, String language) {
    List<String> lines = text().lines().toList();
    int at = lines.indexOf(heading);
    assertTrue(at >= 0, () -> "README.md has no heading " + heading);
    List<String> block = new ArrayList<>();
    boolean inside = false;
    for (String line : lines.subList(at + 1, lines.size())) {
      if (inside && line.equals("```")) {
        return String.join("\n", block) + "\n";
      }
      if (inside) {
        block.add(line);
      } else if (line.equals("```" + language)) {
        inside = true;
      } else if (line.startsWith("## ") || line.startsWith("### ")) {
        break;
      }
    }
    throw new AssertionError("README.md has no block of " + language + " below " + heading);
  }

  /** A block that a reader should take in at a glance. */
  static String snippet(String heading, String language) {
    String block = block(heading, language);
    assertTrue(block.lines().count() <= 10, () -> heading + ": more than ten lines\n" + block);
    return block;
  }
}
