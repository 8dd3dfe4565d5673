package dev.proxyless.mesh.benchmarks;

import dev.proxyless.mesh.call.Attempt;
import dev.proxyless.mesh.call.CallContext;
import dev.proxyless.mesh.call.Calls;
import dev.proxyless.mesh.call.Decision;
import dev.proxyless.mesh.call.MeshCall;
import dev.proxyless.mesh.call.MeshView;
import dev.proxyless.mesh.call.Step;
import dev.proxyless.mesh.call.Verdict;
import dev.proxyless.mesh.cluster.Upstream;
import dev.proxyless.mesh.model.Cluster;
import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.model.HttpConnectionManager;
import dev.proxyless.mesh.model.HttpConnectionManager.RouteSource;
import dev.proxyless.mesh.model.RetryOn;
import dev.proxyless.mesh.model.RetryPolicy;
import dev.proxyless.mesh.model.Route;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.RouteAction.ClusterSpecifier;
import dev.proxyless.mesh.model.RouteAction.ClusterWeight;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.RouteMatch;
import dev.proxyless.mesh.model.RouteMatch.PathMatch;
import dev.proxyless.mesh.model.VirtualHost;
import dev.proxyless.mesh.route.ConnectionManager;
import dev.proxyless.mesh.route.RequestHead;
import dev.proxyless.mesh.route.RouteTable;
import dev.proxyless.mesh.telemetry.MeshMeters;
import dev.proxyless.mesh.telemetry.Telemetry;
import dev.proxyless.mesh.time.MeshTime;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * All that the mesh does for a call that succeeds at once, but for the transport: view, route,
 * weighted cluster, retry state, pick, verdict, end. Run with {@code -prof gc} for bytes.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DecisionBenchmark {

  private static final ConnectionManager MANAGER =
      ConnectionManager.compile(
          HttpConnectionManager.of(new RouteSource.Rds("routes")), OptionalInt.empty(), List.of());
  private static final Head HEAD = new Head("s.local:8000", "/items?id=1");

  @Param({"8", "1000"})
  int endpoints = 8;

  private final MeshTime time = MeshTime.system();
  private @Nullable Calls calls;

  /** A view of one route that splits between two clusters. */
  private record View(RouteTable table, Map<String, Target> clusters) implements MeshView {
    @Override
    public long generation() {
      return 1;
    }

    @Override
    public OutboundChain outbound(RequestHead head) {
      return new OutboundChain(table, MANAGER);
    }

    @Override
    public @Nullable Target cluster(String name) {
      return clusters.get(name);
    }
  }

  private Calls calls() {
    Calls made = calls;
    if (made == null) {
      View view = new View(table(), Map.of("a", target("a"), "b", target("b")));
      made =
          new Calls(
              new MeshView.Source() {
                @Override
                public MeshView current() {
                  return view;
                }

                @Override
                public MeshView await(Duration timeout) {
                  return view;
                }
              },
              time,
              Telemetry.NONE,
              Duration.ZERO);
      calls = made;
    }
    return made;
  }

  private MeshView.Target target(String name) {
    EndpointAssignment.Builder all = new EndpointAssignment.Builder();
    for (int i = 0; i < endpoints; i++) {
      all.add("10.0." + i / 250 + "." + i % 250, 8000);
    }
    Cluster cluster =
        new Cluster(
            name,
            new Cluster.Discovery.Eds(name),
            Cluster.Connections.DEFAULT,
            Cluster.Protocol.HTTP1,
            Optional.empty(),
            Optional.empty(),
            Cluster.CircuitBreakers.DEFAULT,
            Cluster.CircuitBreakers.DEFAULT,
            Duration.ZERO,
            50);
    Upstream upstream = Upstream.create(cluster, time, Runnable::run, Telemetry.NONE);
    upstream.update(all.build());
    return new MeshView.Target(upstream, null);
  }

  private static RouteTable table() {
    RetryPolicy retries =
        new RetryPolicy(
            EnumSet.of(RetryOn.SERVER_ERROR, RetryOn.CONNECT_FAILURE),
            2,
            Optional.empty(),
            Optional.empty(),
            List.of(),
            List.of(),
            List.of(),
            RetryPolicy.BackOff.DEFAULT,
            Optional.empty(),
            RetryPolicy.HostSelection.previousHosts(5));
    RouteMatch match = RouteMatch.of(new PathMatch.Prefix("/"), true);
    RouteAction.Forward forward =
        RouteAction.Forward.to(
            new ClusterSpecifier.Weighted(
                List.of(ClusterWeight.of("a", 75), ClusterWeight.of("b", 25)),
                Optional.empty(),
                false));
    VirtualHost bare =
        VirtualHost.of(
            "s.local", List.of("s.local", "s.local:8000"), List.of(Route.of("r", match, forward)));
    VirtualHost host =
        new VirtualHost(
            bare.name(),
            bare.domains(),
            bare.routes(),
            bare.matcher(),
            bare.requireTls(),
            bare.virtualClusters(),
            bare.requestHeaders(),
            bare.responseHeaders(),
            Optional.of(retries),
            bare.hedgePolicy(),
            bare.requestMirrorPolicies(),
            false,
            false,
            false,
            bare.requestBodyBufferLimit(),
            bare.typedPerFilterConfig(),
            bare.metadata());
    return RouteTable.compile(RouteConfiguration.of("routes", List.of(host)), MeshMeters.NONE);
  }

  /** One call. */
  @Benchmark
  public Verdict call() throws Exception {
    MeshCall call = ((Decision.Forward) calls().begin(HEAD, true, CallContext.NONE)).call();
    Attempt attempt = ((Step.Try) call.next()).attempt();
    Verdict verdict = call.responded(attempt, 200, name -> null);
    call.finished();
    return verdict;
  }

  /** Ends the timer thread. */
  @TearDown
  public void close() {
    time.close();
  }
}
