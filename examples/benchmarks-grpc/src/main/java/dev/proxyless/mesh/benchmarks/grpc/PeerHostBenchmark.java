package dev.proxyless.mesh.benchmarks.grpc;

import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.VirtualHost;
import dev.proxyless.mesh.route.RouteTable;
import dev.proxyless.mesh.telemetry.MeshMeters;
import io.grpc.xds.GrpcRoutes;
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

/** A host among N virtual hosts, uniformly over them: here and in gRPC-Java. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PeerHostBenchmark {

  private static final int REQUESTS = 1_024;

  @Param({"10", "10000"})
  int hosts = 10;

  private RouteTable mesh = mesh(List.of());
  private GrpcRoutes grpc = GrpcRoutes.ofHosts(List.of());
  private final List<String> requests = new ArrayList<>();
  private int next;

  /** Compiles both tables from the same domains and draws the hosts from a fixed seed. */
  @Setup
  public void setUp() {
    List<String> domains = new ArrayList<>();
    for (int i = 0; i < hosts; i++) {
      domains.add("s" + i + ".local");
    }
    mesh = mesh(domains);
    grpc = GrpcRoutes.ofHosts(domains);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < REQUESTS; i++) {
      requests.add("s" + random.nextInt(hosts) + ".local");
    }
  }

  private static RouteTable mesh(List<String> domains) {
    List<VirtualHost> hosts = new ArrayList<>();
    for (String domain : domains) {
      hosts.add(VirtualHost.of(domain, List.of(domain), List.of()));
    }
    return RouteTable.compile(RouteConfiguration.of("hosts", hosts), MeshMeters.NONE);
  }

  /** One search here. */
  @Benchmark
  public boolean mesh() {
    return mesh.hasHost(requests.get(next++ & (REQUESTS - 1)));
  }

  /** One search there. */
  @Benchmark
  public boolean grpc() {
    return grpc.hasHost(requests.get(next++ & (REQUESTS - 1)));
  }
}
