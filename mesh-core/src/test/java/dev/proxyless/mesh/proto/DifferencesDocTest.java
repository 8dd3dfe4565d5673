package dev.proxyless.mesh.proto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What does not act below a route configuration has its reason in {@code docs/differences.md}. */
final class DifferencesDocTest {

  /** Told where the environment of a process is told of. */
  private static final List<String> SHARED = List.of("envoy.config.core.v3.DataSource");

  private static final Pattern ROW =
      Pattern.compile("^\\| (`[A-Z][A-Za-z]+\\..*`) \\| (reported|rejected) \\| .+ \\|$");
  private static final Pattern FIELD = Pattern.compile("`([A-Za-z]+\\.[a-z_]+)`");

  @Test
  void everyFieldOfRoutesThatDoesNotActHasItsReason() throws IOException {
    List<String> told = new ArrayList<>();
    for (String line :
        Files.readAllLines(Path.of(System.getProperty("project.root"), "docs", "differences.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        for (Matcher field = FIELD.matcher(row.group(1)); field.find(); ) {
          told.add(field.group(1) + " " + row.group(2));
        }
      }
    }
    assertTrue(told.size() > 10, "told: " + told);
    TreeSet<String> states = new TreeSet<>();
    reach("envoy.config.route.v3.RouteConfiguration", states, new TreeSet<>());
    assertEquals(states, new TreeSet<>(told));
  }

  private static void reach(String name, Set<String> states, Set<String> seen) {
    MessageType type = FieldTable.xds().find(name).orElse(null);
    if (type == null || !seen.add(name)) {
      return;
    }
    for (Field field : type.fields()) {
      if (field.state() == FieldState.ACTS) {
        reach(field.typeName(), states, seen);
      } else if (field.state() != FieldState.INERT && !SHARED.contains(name)) {
        states.add(
            name.substring(name.lastIndexOf('.') + 1)
                + "."
                + field.name()
                + " "
                + field.state().word());
      }
    }
  }
}
