package dev.proxyless.mesh.quickstart;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the quickstart shows, and that each of its checks bites. */
class QuickstartIT {

  private static final List<String> ALL =
      List.of(
          "documents", "first-call", "split", "ejection", "shift", "rotation", "refusal", "outage");

  /** Numbers follow from it, so that a split that is within its bounds once is so always. */
  private static final String SEED = "42";

  @TempDir Path directory;

  @Test
  void everyLineHolds() throws Exception {
    try (QuickstartRun run = run("--scale", "10")) {
      assertEquals(0, run.status(), run::output);
      assertEquals(ALL, run.marked("✓"), run::output);
      assertEquals(List.of(), run.marked("✗"), run::output);
      assertEquals("", run.errors());
      assertEquals(List.of(), run.leftBehind());
      assertAll(
          run.lines().stream()
              .map(line -> () -> assertTrue(line.length() <= 80, "too long: " + line)));
      assertAll(
          List.of(
                  "10 App Mesh documents became 8 resources: 1 mesh, 3 virtual nodes,",
                  "1 attempt = 1 call + 0 retries; backends served 1",
                  "75/25 within 4 sigma",
                  "1,000 attempts = 1,000 calls + 0 retries; backends served 1,000",
                  "TLS alert certificate_unknown",
                  "Seed 42.")
              .stream()
              .map(seen -> () -> assertTrue(run.output().contains(seen), seen + run.output())));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "documents  | 9 App Mesh documents became 7 resources; right would be 10 and 8",
        "first-call | the first call got 503",
        "split      | of 500 calls; 75/25 would be 125, and 38 more or less",
        "ejection   | calls failed, the first with 503 \"serviceB-2\"",
        "shift      | 90/10 would be 10",
        "rotation   | the private key is not that of the first certificate",
        "refusal    | a caller as spiffe://apps.local/servicea was let in by serviceB-1",
        "outage     | weight: is missing; it is required here (is \"wieght\" a misspelling of it?)",
      })
  void aBrokenLineDoesNotHoldAndTheOthersDo(String name, String why) throws Exception {
    try (QuickstartRun run = run("--scale", "20", "--break", name)) {
      assertEquals(1, run.status(), run::output);
      assertEquals(List.of(name), run.marked("✗"), run::output);
      assertEquals(
          ALL.stream().filter(each -> !each.equals(name)).toList(), run.marked("✓"), run::output);
      assertTrue(unwrapped(run).contains(why), run::output);
      assertTrue(run.output().endsWith("\nDid not hold: " + name + "."), run::output);
      assertEquals(List.of(), run.leftBehind());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"splits", "Split", "all"})
  void aNameThatIsNoneNamesTheGoodOnes(String name) throws Exception {
    try (QuickstartRun run = run("--break", name)) {
      assertEquals(2, run.status());
      assertEquals("", run.output());
      assertTrue(
          run.errors()
              .startsWith(
                  "--break is \""
                      + name
                      + "\"; right would be one of "
                      + String.join(", ", ALL)
                      + "\n"),
          run.errors());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--sed,1,Unknown options: '--sed',Possible solutions: --seed",
    "--seed,x,Invalid value for option '--seed',--break=NAME",
    "--scale,0,--scale is 0; right would be a number from 1 to 20,--break=NAME",
  })
  void anOptionThatCannotBeUsedIsTold(String option, String value, String message, String right)
      throws Exception {
    try (QuickstartRun run = run(option, value)) {
      assertEquals(2, run.status());
      assertTrue(run.errors().startsWith(message), run.errors());
      assertTrue(run.errors().contains(right), run.errors());
    }
  }

  @Test
  void helpHasExamples() throws Exception {
    try (QuickstartRun run = run("--help")) {
      assertEquals(0, run.status());
      assertTrue(
          run.output().contains("Examples:\n  java -jar examples/quickstart/target/quickstart.jar"),
          run::output);
      ALL.forEach(name -> assertTrue(run.output().contains(name), name));
    }
  }

  private QuickstartRun run(String... arguments) throws IOException {
    List<String> all = new java.util.ArrayList<>(List.of("--seed", SEED));
    all.addAll(List.of(arguments));
    return new QuickstartRun(directory, "UTF-8", all.toArray(String[]::new));
  }

  private static String unwrapped(QuickstartRun run) {
    return run.output().replaceAll("\\s+", " ");
  }
}
