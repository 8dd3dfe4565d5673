package dev.proxyless.mesh.benchmarks;

import dev.proxyless.mesh.route.RouteTable;
import dev.proxyless.mesh.telemetry.MeshMeters;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A host among N virtual hosts, uniformly over them. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class VirtualHostBenchmark {

  private static final int REQUESTS = 1_024;

  @Param({"10", "10000"})
  int hosts = 10;

  private RouteTable table = table(1);
  private final List<String> requests = new ArrayList<>();
  private int next;

  /** Compiles the table and draws the hosts from a fixed seed. */
  @Setup
  public void setUp() {
    table = table(hosts);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < REQUESTS; i++) {
      requests.add("s" + random.nextInt(hosts) + ".local");
    }
  }

  private static RouteTable table(int hosts) {
    return RouteTable.compile(RouteShapes.hosts(hosts), MeshMeters.NONE);
  }

  /** One search. */
  @Benchmark
  public boolean find() {
    return table.hasHost(requests.get(next++ & (REQUESTS - 1)));
  }
}
