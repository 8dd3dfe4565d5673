package dev.proxyless.mesh.call;

import static dev.proxyless.mesh.call.CallBed.fail;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code docs/calls.md} says of local replies is what calls answer. */
final class CallsDocTest {

  private static final Path DOC = Path.of("..", "docs", "calls.md");

  private static List<String> rows() throws Exception {
    try (Stream<String> lines = Files.lines(DOC)) {
      return lines.filter(line -> line.startsWith("| ")).toList();
    }
  }

  @ParameterizedTest
  @EnumSource(Failure.class)
  void everyEndWithoutAResponseHasItsRow(Failure failure) throws Exception {
    LocalReply reply = CallBed.with().build().run(fail(failure)).local();
    List<String> found = new ArrayList<>();
    for (String row : rows()) {
      String[] cells = row.split("\\|");
      if (cells.length == 5
          && cells[2].strip().startsWith(Integer.toString(reply.status()))
          && cells[3].strip().equals(reply.info().flags().toString())
          && cells[4].strip().equals("`" + reply.info().details() + "`")) {
        found.add(row);
      }
    }
    assertTrue(
        found.size() == 1,
        failure + ": " + reply.status() + " " + reply.info() + " has the rows " + found);
  }

  @Test
  void everyCauseThatDeniesARetryIsNamed() throws Exception {
    String doc = Files.readString(DOC);
    for (String cause : List.of("attempts", "overload", "throttled", "held_back")) {
      assertTrue(doc.contains("`" + cause + "`"), cause);
    }
  }
}
