package dev.proxyless.mesh.proto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/supported.md} to the table of fields, and writes it with docs.write=true. */
final class SupportedDocTest {

  private static final Path FILE =
      Path.of(System.getProperty("project.root"), "docs", "supported.md");

  @Test
  void theFileSaysWhatTheTableSays() throws IOException {
    String right = SupportedDoc.of(FieldTable.xds());
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(FILE, right);
    }
    String found = Files.exists(FILE) ? Files.readString(FILE) : "";
    assertEquals("", firstDifference(right, found));
  }

  @Test
  void everyFieldHasItsRow() {
    List<String> lines = SupportedDoc.of(FieldTable.xds()).lines().toList();
    for (MessageType type : FieldTable.xds().types()) {
      int heading = lines.indexOf("### " + type.name());
      assertTrue(heading > 0, type.name());
      List<String> section =
          lines.stream()
              .skip(heading + 1L)
              .takeWhile(line -> !line.startsWith("#"))
              .filter(line -> line.startsWith("| `"))
              .toList();
      assertEquals(
          type.fields().stream().map(field -> field.name() + " " + field.state().word()).toList(),
          section.stream()
              .map(row -> row.split("\\|"))
              .map(cells -> (cells[1] + cells[3]).replaceAll("[`*]", "").strip())
              .map(row -> row.replaceAll(" +", " "))
              .toList(),
          type.name());
    }
  }

  @Test
  void aStaleFileIsToldByItsFirstDifference() {
    String difference = firstDifference("a\nb\nc\n", "a\nB\nc\n");
    assertEquals(
        "docs/supported.md is stale at line 2:\n  it says     B\n  right is    b\nWrite it again: "
            + SupportedDoc.COMMAND,
        difference);
    assertTrue(firstDifference("a\nb\n", "a\n").contains("line 2:\n  it says     (nothing)"));
    assertTrue(firstDifference("a\n", "a\nb\n").contains("right is    (nothing)"));
  }

  private static String firstDifference(String right, String found) {
    List<String> rightLines = right.lines().toList();
    List<String> foundLines = found.lines().toList();
    for (int i = 0; i < Math.max(rightLines.size(), foundLines.size()); i++) {
      String wanted = i < rightLines.size() ? rightLines.get(i) : "(nothing)";
      String there = i < foundLines.size() ? foundLines.get(i) : "(nothing)";
      if (!wanted.equals(there)) {
        return "docs/supported.md is stale at line "
            + (i + 1)
            + ":\n  it says     "
            + there
            + "\n  right is    "
            + wanted
            + "\nWrite it again: "
            + SupportedDoc.COMMAND;
      }
    }
    return "";
  }
}
