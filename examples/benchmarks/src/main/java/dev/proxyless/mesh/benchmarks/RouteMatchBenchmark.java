package dev.proxyless.mesh.benchmarks;

import dev.proxyless.mesh.model.Route;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.RouteAction.ClusterSpecifier;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.RouteMatch;
import dev.proxyless.mesh.model.RouteMatch.PathMatch;
import dev.proxyless.mesh.model.VirtualHost;
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

/** A request among N prefix routes of one virtual host, uniformly over the routes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RouteMatchBenchmark {

  private static final int REQUESTS = 1_024;

  @Param({"10", "100", "1000"})
  int routes;

  private RouteTable table = table(0);
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

  private static RouteTable table(int count) {
    List<Route> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      RouteMatch match = RouteMatch.of(new PathMatch.Prefix("/service/" + i + "/"), true);
      all.add(Route.of("r" + i, match, forward("c" + i)));
    }
    VirtualHost host = VirtualHost.of("s.local", List.of("s.local", "s.local:8000"), all);
    return RouteTable.compile(RouteConfiguration.of("routes", List.of(host)), MeshMeters.NONE);
  }

  private static RouteAction.Forward forward(String cluster) {
    return RouteAction.Forward.to(new ClusterSpecifier.Named(cluster));
  }

  /** One match. */
  @Benchmark
  public RouteEntry match() {
    Head head = requests.get(next++ & (REQUESTS - 1));
    return Objects.requireNonNull(table.find(head, next));
  }
}
