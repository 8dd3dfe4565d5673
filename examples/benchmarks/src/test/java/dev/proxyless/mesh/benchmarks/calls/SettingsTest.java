package dev.proxyless.mesh.benchmarks.calls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.benchmarks.calls.Settings.Load;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

  private static Settings parse(String... arguments) throws UsageException {
    return Settings.parse(arguments, name -> null);
  }

  @Test
  void withoutArgumentsAllArmsRunThatNeedNoEnvoy() throws Exception {
    Settings settings = parse();
    assertTrue(settings.arms().contains(ArmName.MESH_1000));
    assertFalse(settings.arms().contains(ArmName.ENVOY_1));
    assertEquals(10, settings.rounds());
    assertEquals(Duration.ofMillis(500), settings.slice());
    assertEquals(
        List.of(new Load(1, false), new Load(16, false), new Load(64, false), new Load(64, true)),
        settings.loads());
  }

  @Test
  void argumentsSayWhatIsMeasured() throws Exception {
    Settings settings =
        parse(
            "--rounds",
            "3",
            "--slice",
            "2s",
            "--warmup",
            "10ms",
            "--threads",
            "2,v4",
            "--seed",
            "-5",
            "--profile",
            "no",
            "--arms",
            "r4j");
    assertEquals(3, settings.rounds());
    assertEquals(Duration.ofSeconds(2), settings.slice());
    assertEquals(Duration.ofMillis(10), settings.warmup());
    assertEquals(List.of(new Load(2, false), new Load(4, true)), settings.loads());
    assertEquals(-5, settings.seed());
    assertFalse(settings.profile());
  }

  @Test
  void whatAnArmIsComparedWithRunsAsWell() throws Exception {
    assertEquals(
        List.of(
            ArmName.PLAIN,
            ArmName.PLAIN_AGAIN,
            ArmName.PLAIN_1000,
            ArmName.MESH_1000,
            ArmName.PLAIN_MTLS,
            ArmName.MESH_MTLS),
        parse("--arms", "mesh-mtls,mesh-1000").arms());
  }

  @Test
  void anEnvoyIsTakenFromThePropertyOfTheInteropTests() throws Exception {
    Path program = Path.of(System.getProperty("java.home"), "bin", "java");
    Settings settings =
        Settings.parse(
            new String[0],
            name -> name.equals(Settings.ENVOY_PROPERTY) ? program.toString() : null);
    assertEquals(program, settings.envoy().orElseThrow());
    assertTrue(settings.arms().contains(ArmName.ENVOY_2));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--rounds|ten|--rounds is \"ten\"; right would be a whole number from 1 to 10000",
        "--rounds|0|--rounds is \"0\"; right would be a whole number from 1 to 10000",
        "--slice|500|--slice is \"500\"; right would be a duration such as 500ms or 2s",
        "--threads|1,x|--threads is \"x\"; right would be a whole number from 1 to 1024",
        "--arms|plain,mseh|--arms is \"mseh\"; right would be all, or some of plain,",
        "--arms|envoy-1|--arms has envoy-1 and no Envoy is told; right would be --envoy",
        "--profile|maybe|--profile is \"maybe\"; right would be yes or no",
        "--envoy|/nowhere|--envoy is \"/nowhere\"; right would be the path of an Envoy",
        "--arm|x|\"--arm\" is no option; right would be",
      })
  void whatCannotBeUsedIsToldWithWhatWouldBeRight(String option, String value, String told) {
    UsageException refused = assertThrows(UsageException.class, () -> parse(option, value));
    assertTrue(refused.getMessage().startsWith(told), refused.getMessage());
  }

  @Test
  void anOptionHasOneValue() {
    assertTrue(
        assertThrows(UsageException.class, () -> parse("--rounds"))
            .getMessage()
            .startsWith("--rounds has no value"));
    assertEquals(
        "--seed is given twice; right would be once",
        assertThrows(UsageException.class, () -> parse("--seed", "1", "--seed", "2")).getMessage());
  }

  @Test
  void badInputEndsWith2AndStartsNothing() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    int status =
        CallHarness.run(
            new String[] {"--rounds", "x"},
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(errors, true, StandardCharsets.UTF_8));
    assertEquals(2, status);
    assertEquals("", out.toString(StandardCharsets.UTF_8));
    assertEquals(
        "CallHarness: --rounds is \"x\"; right would be a whole number from 1 to 10000",
        errors.toString(StandardCharsets.UTF_8).strip());
  }
}
