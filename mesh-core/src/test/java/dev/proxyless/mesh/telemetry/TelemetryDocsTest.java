package dev.proxyless.mesh.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/telemetry.md} to what the code declares. */
final class TelemetryDocsTest {

  @Test
  void theTableOfMetersIsTheOneInTheCode() throws IOException {
    List<String> rows =
        docs()
            .lines()
            .filter(line -> line.matches("\\| `(http|mesh)\\.[a-z.]+` \\| [a-z]+ \\|.*"))
            .toList();

    assertEquals(
        Arrays.stream(MeterName.values())
            .map(TelemetryDocsTest::row)
            .collect(Collectors.joining("\n")),
        String.join("\n", rows));
  }

  private static String row(MeterName name) {
    return "| `"
        + name.id()
        + "` | "
        + name.kind().name().toLowerCase(Locale.ROOT)
        + " | "
        + name.tags().stream().map(tag -> "`" + tag + "`").collect(Collectors.joining(" "))
        + " | "
        + name.description()
        + " |";
  }

  @Test
  void theExampleOfTheAccessLogIsALineThatIsWritten() throws IOException {
    assertTrue(docs().contains("\n" + AccessLog.line(AccessLogTest.EXAMPLE) + "\n"));
    assertTrue(docs().contains("`" + AccessLog.LOGGER + "`"));
  }

  static String docs() throws IOException {
    return Files.readString(Path.of(System.getProperty("project.root"), "docs", "telemetry.md"));
  }
}
