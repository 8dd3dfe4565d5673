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
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A request among 1,000 routes of which a tenth are regular expressions and fifty split one prefix
 * by a header: a third of the requests each go to an expression, to a split and to a prefix.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class HostileMatchBenchmark {

  private static final int ROUTES = 1_000;
  private static final int REQUESTS = 1_024;

  private final RouteTable table =
      RouteTable.compile(RouteShapes.routes(ROUTES, RouteShapes::hostile), MeshMeters.NONE);
  private final List<Head> requests = new ArrayList<>();
  private int next;

  /** Draws the requests from a fixed seed. */
  @Setup
  public void setUp() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < REQUESTS; i++) {
      requests.add(
          switch (i % 3) {
            case 0 -> request("/api/v" + (10 * random.nextInt(50) + 3) + "/users/4711/x", "none");
            case 1 -> request("/api/shared/x", "tenant-" + (10 * random.nextInt(50, 55) + 9));
            default -> request("/api/v" + (10 * random.nextInt(50) + 4) + "/users/4711", "none");
          });
    }
  }

  private static Head request(String path, String tenant) {
    return new Head(
        "s.local:8000",
        path,
        List.of("user-agent", "accept", "x-tenant"),
        List.of("benchmark", "*/*", tenant));
  }

  /** One match. */
  @Benchmark
  public RouteEntry match() {
    Head head = requests.get(next++ & (REQUESTS - 1));
    return Objects.requireNonNull(table.find(head, next));
  }
}
