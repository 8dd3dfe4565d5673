package dev.proxyless.mesh.benchmarks.calls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {

  private final Report report = new Report(new Settings.Load(64, false));

  /** A slice of a second with so much CPU and so many bytes for each of 1,000 calls. */
  private void slice(ArmName arm, long cpuMicros, long bytes) {
    report.add(arm, new Slice(1_000, 1_000_000_000, cpuMicros * 1_000_000, bytes * 1_000, 50_000));
  }

  @Test
  void ratiosArePairedWithinARound() {
    long[] drift = {10, 20, 40, 80};
    for (long base : drift) {
      slice(ArmName.PLAIN, base, 100);
      slice(ArmName.PLAIN_AGAIN, base, 100);
      slice(ArmName.MESH_8, base * 2, 100);
    }
    assertEquals(2, report.ratio(ArmName.MESH_8, Slice::cpuMicros).low());
    assertEquals(2, report.ratio(ArmName.MESH_8, Slice::cpuMicros).high());
  }

  @Test
  void aRunCountsOnlyWhilePlainIsLikeItself() {
    slice(ArmName.PLAIN, 1_000, 100);
    slice(ArmName.PLAIN_AGAIN, 1_019, 100);
    assertTrue(report.counts());
    assertTrue(report.toString().contains("this run counts"), report.toString());
    slice(ArmName.PLAIN, 1_000, 100);
    slice(ArmName.PLAIN_AGAIN, 1_030, 100);
    assertFalse(report.counts());
    assertTrue(report.toString().contains("THIS RUN DOES NOT COUNT"), report.toString());
  }

  @Test
  void theTableSaysWhatWasMissed() {
    slice(ArmName.PLAIN, 100, 8_000);
    slice(ArmName.PLAIN_AGAIN, 100, 8_000);
    slice(ArmName.MESH_1, 105, 9_500);
    slice(ArmName.MESH_8, 106, 9_501);
    slice(ArmName.MESH_TRACED, 100, 9_900);
    String table = report.toString();
    assertTrue(row(table, "mesh-1 ").endsWith("reached"), table);
    assertTrue(row(table, "mesh-8 ").endsWith("missed: CPU above 1.05, more than 1500 B"), table);
    assertTrue(row(table, "mesh-traced ").endsWith("reached"), table);
  }

  @Test
  void whereTheMeshMakesCallsWaitIsTold() {
    slice(ArmName.PLAIN, 100, 8_000);
    slice(ArmName.PLAIN_AGAIN, 100, 8_000);
    slice(ArmName.MESH_8, 100, 8_000);
    report.add(
        ArmName.MESH_8,
        new Contention(
            1_000, 7_000, 3, 2_000, Map.of("dev.proxyless.mesh.Lock.take", 3L), Map.of()));
    String table = report.toString();
    assertTrue(table.contains("waits in the mesh's own code 3 times in 1000 calls"), table);
    assertTrue(table.contains("dev.proxyless.mesh.Lock.take=3"), table);
  }

  private static String row(String table, String arm) {
    return table.lines().filter(line -> line.startsWith(arm)).findFirst().orElse("").strip();
  }
}
