package dev.proxyless.mesh.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.proxyless.mesh.cluster.PriorityLoad.Level;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tables of Envoy's documentation: "Priority levels" and "Panic threshold". */
class PriorityLoadTest {

  /** Columns: percentage of healthy endpoints by priority; share of the load by priority. */
  @ParameterizedTest
  @CsvSource({
    "100,          100",
    "71,           100",
    "100 100,      100 0",
    "72 100,       100 0",
    "71 100,       99 1",
    "50 100,       70 30",
    "25 100,       35 65",
    "0 100,        0 100",
    "100 100 100,  100 0 0",
    "72 72 100,    100 0 0",
    "71 71 100,    99 1 0",
    "50 50 100,    70 30 0",
    "25 100 100,   35 65 0",
    "25 25 100,    35 35 30"
  })
  void whatAPriorityCannotCarrySpillsOver(String healthy, String expected) {
    Level[] levels = levels(healthy);
    PriorityLoad load = PriorityLoad.of(levels, 50);
    assertEquals(expected, text(levels, load::healthy));
    assertEquals("0 ".repeat(levels.length).trim(), text(levels, load::degraded));
  }

  /** Columns: healthy percentages, shares, and where there is panic at the default threshold. */
  @ParameterizedTest
  @CsvSource({
    "72 72,  100 0,  ok ok",
    "71 71,  99 1,   ok ok",
    "50 60,  70 30,  ok ok",
    "5 65,   8 92,   panic ok",
    "0 55,   0 100,  panic ok",
    "30 30,  50 50,  panic panic",
    "25 25,  50 50,  panic panic",
    "0 0,    50 50,  panic panic",
    "49,     100,    panic",
    "50,     100,    ok",
    "0,      100,    panic"
  })
  void panicComesOnlyWhereAllTogetherCannotCarryTheLoad(
      String healthy, String expected, String panic) {
    Level[] levels = levels(healthy);
    PriorityLoad load = PriorityLoad.of(levels, 50);
    assertEquals(expected, text(levels, load::healthy));
    assertEquals(
        panic.replace("panic", "1").replace("ok", "0"), text(levels, i -> load.isPanic(i) ? 1 : 0));
  }

  @Test
  void degradedEndpointsComeAfterAllHealthyOnes() {
    Level[] levels = {new Level(10, 1, 2), new Level(10, 2, 1), new Level(10, 1, 0)};
    PriorityLoad load = PriorityLoad.of(levels, 0);
    assertEquals("16 28 14", text(levels, load::healthy));
    assertEquals("28 14 0", text(levels, load::degraded));
  }

  @Test
  void healthyAndDegradedEndpointsTogetherKeepAPriorityFromPanic() {
    PriorityLoad load = PriorityLoad.of(new Level[] {new Level(10, 3, 2)}, 50);
    assertFalse(load.isPanic(0));
    // 42 and 28 of 70, scaled up
    assertEquals(60, load.healthy(0));
    assertEquals(40, load.degraded(0));
  }

  @Test
  void degradedEndpointsAloneTakeEverything() {
    PriorityLoad load = PriorityLoad.of(new Level[] {new Level(3, 0, 3)}, 50);
    assertEquals(0, load.healthy(0));
    assertEquals(100, load.degraded(0));
  }

  @Test
  void inPanicEverywhereTheLoadGoesByTheNumberOfEndpoints() {
    Level[] levels = {new Level(0, 0, 0), new Level(1, 0, 0), new Level(2, 0, 0)};
    assertEquals("0 34 66", text(levels, PriorityLoad.of(levels, 50)::healthy));
  }

  @Test
  void aThresholdOfZeroNeverPanicsAndLeavesNobodyWhereNobodyIsHealthy() {
    Level[] levels = levels("0 0");
    PriorityLoad load = PriorityLoad.of(levels, 0);
    assertEquals("0 0", text(levels, load::healthy));
    assertFalse(load.isPanic(0));
    assertFalse(load.isPanic(1));
  }

  @Test
  void aHundredMillionEndpointsDoNotOverflow() {
    Level[] levels = {new Level(100_000_000, 50_000_000, 0), new Level(1, 1, 0)};
    assertEquals("70 30", text(levels, PriorityLoad.of(levels, 50)::healthy));
  }

  private static Level[] levels(String percentages) {
    return Arrays.stream(percentages.trim().split(" "))
        .map(percent -> new Level(100, Integer.parseInt(percent), 0))
        .toArray(Level[]::new);
  }

  private static String text(Level[] levels, IntUnaryOperator numbers) {
    return String.join(
        " ",
        IntStream.range(0, levels.length)
            .map(numbers)
            .mapToObj(Integer::toString)
            .toArray(String[]::new));
  }
}
