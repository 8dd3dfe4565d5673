package dev.proxyless.mesh.benchmarks.grpc;

import dev.proxyless.mesh.model.Route;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.RouteAction.ClusterSpecifier;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.RouteMatch;
import dev.proxyless.mesh.model.RouteMatch.PathMatch;
import dev.proxyless.mesh.model.VirtualHost;
import dev.proxyless.mesh.route.RouteTable;
import dev.proxyless.mesh.telemetry.MeshMeters;
import io.grpc.xds.GrpcRoutes;
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

/**
 * A request among N routes of one virtual host, uniformly over the routes: here and in gRPC-Java.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PeerMatchBenchmark {

  private static final int REQUESTS = 1_024;

  @Param({"prefix", "exact"})
  String kind = "prefix";

  @Param({"10", "100", "1000", "10000"})
  int routes = 10;

  private RouteTable mesh = mesh(List.of(), false);
  private GrpcRoutes grpc = GrpcRoutes.of(List.of(), false);
  private final List<Head> requests = new ArrayList<>();
  private int next;

  /** Compiles both tables from the same paths and draws the requests from a fixed seed. */
  @Setup
  public void setUp() {
    boolean exact = kind.equals("exact");
    List<String> paths = new ArrayList<>();
    for (int i = 0; i < routes; i++) {
      paths.add("/service" + i + (exact ? "/method" : "/"));
    }
    mesh = mesh(paths, exact);
    grpc = GrpcRoutes.of(paths, exact);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < REQUESTS; i++) {
      requests.add(new Head("s.local", "/service" + random.nextInt(routes) + "/method"));
    }
  }

  private static RouteTable mesh(List<String> paths, boolean exact) {
    RouteAction action = RouteAction.Forward.to(new ClusterSpecifier.Named("c"));
    List<Route> all = new ArrayList<>();
    for (String path : paths) {
      PathMatch match = exact ? new PathMatch.Exact(path) : new PathMatch.Prefix(path);
      all.add(Route.of("", RouteMatch.of(match, true), action));
    }
    VirtualHost host = VirtualHost.of("s.local", List.of("s.local"), all);
    return RouteTable.compile(RouteConfiguration.of("routes", List.of(host)), MeshMeters.NONE);
  }

  /** One match here, the search for the virtual host included. */
  @Benchmark
  public Object mesh() {
    return Objects.requireNonNull(mesh.find(requests.get(next++ & (REQUESTS - 1)), next));
  }

  /** One match there, where the virtual host is known. */
  @Benchmark
  public Object grpc() {
    return Objects.requireNonNull(grpc.find(requests.get(next++ & (REQUESTS - 1)).path()));
  }
}
