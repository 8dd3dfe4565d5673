package dev.proxyless.mesh.benchmarks;

import dev.proxyless.mesh.route.RouteEntry;
import dev.proxyless.mesh.route.RouteTable;
import dev.proxyless.mesh.telemetry.MeshMeters;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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

/** A request among N routes of one virtual host, uniformly over the routes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RouteMatchBenchmark {

  private static final int REQUESTS = 1_024;

  @Param({"prefix", "exact"})
  String kind = "prefix";

  @Param({"10", "100", "1000", "10000"})
  int routes = 10;

  private RouteTable table = table(1);
  private final List<Head> requests = new ArrayList<>();
  private int next;

  /** Compiles the table and draws the requests from a fixed seed. */
  @Setup
  public void setUp() {
    table = table(routes);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < REQUESTS; i++) {
      requests.add(new Head("s.local:8000", "/service/" + random.nextInt(routes) + "/items?id=1"));
    }
  }

  private RouteTable table(int count) {
    return RouteTable.compile(
        RouteShapes.routes(count, i -> RouteShapes.service(kind.equals("exact"), i)),
        MeshMeters.NONE);
  }

  /** One match. */
  @Benchmark
  public RouteEntry match() {
    Head head = requests.get(next++ & (REQUESTS - 1));
    return Objects.requireNonNull(table.find(head, next));
  }
}
