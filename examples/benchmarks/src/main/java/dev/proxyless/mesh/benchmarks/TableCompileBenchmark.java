package dev.proxyless.mesh.benchmarks;

import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.route.RouteTable;
import dev.proxyless.mesh.telemetry.MeshMeters;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Compiles a table of 10,000 routes, or one of 10,000 virtual hosts. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class TableCompileBenchmark {

  private static final int COUNT = 10_000;

  @Param({"prefix", "exact", "hosts"})
  String kind = "prefix";

  private final RouteConfiguration prefixes =
      RouteShapes.routes(COUNT, i -> RouteShapes.service(false, i));
  private final RouteConfiguration exact =
      RouteShapes.routes(COUNT, i -> RouteShapes.service(true, i));
  private final RouteConfiguration hosts = RouteShapes.hosts(COUNT);

  /** One table. */
  @Benchmark
  public RouteTable compile() {
    RouteConfiguration configuration =
        switch (kind) {
          case "exact" -> exact;
          case "hosts" -> hosts;
          default -> prefixes;
        };
    return RouteTable.compile(configuration, MeshMeters.NONE);
  }
}
