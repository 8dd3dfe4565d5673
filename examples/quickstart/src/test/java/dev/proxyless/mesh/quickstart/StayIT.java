package dev.proxyless.mesh.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --stay} prints can be done, and the end leaves nothing behind. */
class StayIT {

  private static final String LAST_LINE = "Cloud Map's stand-in is at ";

  @TempDir Path directory;

  @Test
  void everyCommandThatIsPrintedWorks() throws Exception {
    try (QuickstartRun run = new QuickstartRun(directory, "UTF-8", "--stay", "--scale", "20")) {
      run.awaitLine(line -> line.contains(LAST_LINE));
      Front front = new Front(run);

      Shell explain = shell(command(run, " explain "));
      assertEquals(0, explain.status(), explain::output);
      assertTrue(explain.output().contains("sent to cluster cds_egress_apps_serviceB"));

      assertEquals(0, shell(command(run, "s/\"weight\": 75/")).status());
      front.await("serviceBv2-", 20);
      assertEquals(0, shell(command(run, "s/\"weight\": 0/")).status());
      run.awaitLine(line -> line.startsWith("mesh serve: changed mesh/apps/virtualNode/serviceA"));
      front.await("serviceB-", 1);

      assertEquals(0, shell(command(run, "s/\"weight\"/")).status());
      String error = run.awaitLine(line -> line.startsWith("mesh serve: error "));
      assertTrue(
          error.endsWith(
              "update-route.json:10: spec.httpRoute.action.weightedTargets[0].weight: is missing; it"
                  + " is required here (is \"wieght\" a misspelling of it?)"),
          error);
      front.await("serviceB", 20);
      assertEquals(0, shell(command(run, "s/\"wieght\"/")).status());
      run.awaitLine(line -> line.startsWith("mesh serve: fixed "));

      assertEquals(0, shell(command(run, "kill -9")).status());
      front.await("serviceB", 20);
      Process served = start("exec " + command(run, " serve "));
      try {
        assertEquals(0, shell(command(run, "s/\"weight\": 75/")).status());
        front.await("serviceBv2-", 20);
      } finally {
        served.destroyForcibly().waitFor();
      }
    }
  }

  @Test
  void aSignalEndsItAndLeavesNothing() throws Exception {
    try (QuickstartRun run = new QuickstartRun(directory, "UTF-8", "--stay", "--scale", "20")) {
      run.awaitLine(line -> line.contains(LAST_LINE));
      endsAndLeavesNothing(run);
    }
  }

  @Test
  void aSignalInTheMiddleLeavesNothing() throws Exception {
    try (QuickstartRun run = new QuickstartRun(directory, "UTF-8", "--scale", "20")) {
      run.awaitLine(line -> line.contains("split"));
      endsAndLeavesNothing(run);
      assertEquals(List.of(), run.marked("✗"), run::output);
    }
  }

  private static void endsAndLeavesNothing(QuickstartRun run) throws Exception {
    List<ProcessHandle> children = run.children();
    assertEquals(1, children.size(), "the control plane");
    assertEquals(1, run.leftBehind().size(), "the documents and certificates");

    run.terminate();

    assertNotEquals(0, run.status());
    assertFalse(children.get(0).isAlive());
    assertEquals(List.of(), run.leftBehind());
    assertEquals("", run.errors());
  }

  /** The port that curl is told to ask. */
  private static final class Front {
    private final HttpClient client = HttpClient.newHttpClient();
    private final URI uri;

    Front(QuickstartRun run) {
      String line = command(run, "curl -s http://127.0.0.1:");
      uri = URI.create(line.substring(line.indexOf("http")));
    }

    /** Waits until so many answers in a row are of such a backend; none may be an error. */
    void await(String backend, int inARow) throws Exception {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      for (int count = 0; count < inARow; ) {
        HttpResponse<String> answer =
            client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        assertEquals(200, answer.statusCode(), answer::body);
        count = answer.body().startsWith(backend) ? count + 1 : 0;
        assertTrue(System.nanoTime() < deadline, "no calls to " + backend);
      }
    }
  }

  /** The first command that was printed and has this in it. */
  private static String command(QuickstartRun run, String part) {
    Optional<String> found =
        run.lines().stream()
            .filter(line -> line.startsWith("  ") && line.contains(part))
            .findFirst();
    return found.orElseThrow(() -> new AssertionError(part + ": " + run.output())).strip();
  }

  private record Shell(int status, String output) {}

  private static Shell shell(String command) throws Exception {
    Process process = start(command);
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Shell(process.waitFor(), output);
  }

  private static Process start(String command) throws IOException {
    String path = Path.of(System.getProperty("java.home"), "bin") + ":" + System.getenv("PATH");
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", command).redirectErrorStream(true);
    builder.environment().put("PATH", path);
    return builder.start();
  }
}
