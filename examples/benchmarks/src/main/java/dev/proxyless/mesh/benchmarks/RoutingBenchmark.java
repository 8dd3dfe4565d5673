package dev.proxyless.mesh.benchmarks;

import dev.proxyless.mesh.call.CallContext;
import dev.proxyless.mesh.call.MeshView;
import dev.proxyless.mesh.call.Routed;
import dev.proxyless.mesh.call.Routing;
import dev.proxyless.mesh.cluster.Upstream;
import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.model.Cluster;
import dev.proxyless.mesh.model.HttpConnectionManager;
import dev.proxyless.mesh.model.HttpConnectionManager.RouteSource;
import dev.proxyless.mesh.model.HttpFault;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.TlsContext;
import dev.proxyless.mesh.route.ConnectionManager;
import dev.proxyless.mesh.route.HeaderEdits;
import dev.proxyless.mesh.route.RequestHead;
import dev.proxyless.mesh.route.RouteEntry;
import dev.proxyless.mesh.route.RouteTable;
import dev.proxyless.mesh.route.RouteTarget;
import dev.proxyless.mesh.route.StreamInfo;
import dev.proxyless.mesh.telemetry.MeshMeters;
import dev.proxyless.mesh.telemetry.Telemetry;
import dev.proxyless.mesh.time.MeshTime;
import dev.proxyless.mesh.xds.Checks;
import dev.proxyless.mesh.xds.Decoder;
import dev.proxyless.mesh.xds.ResourceType;
import java.util.List;
import java.util.Objects;
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
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The whole decision about a request whose route mutates headers and rewrites the path: the route's
 * part alone, and with the connection manager, timeouts, retries and all that a call is begun with.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RoutingBenchmark {

  private static final String ROUTES =
      """
      name: routes
      virtual_hosts:
      - name: s
        domains: [s.local, "s.local:8000"]
        request_headers_to_add:
        - {header: {key: x-tier, value: gold}, append_action: OVERWRITE_IF_EXISTS_OR_ADD}
        routes:
        - {match: {prefix: /admin}, route: {cluster: c}}
        - match: {prefix: /api/}
          request_headers_to_add: [{header: {key: x-route, value: api}}]
          request_headers_to_remove: [x-debug]
          response_headers_to_add: [{header: {key: x-served-by, value: mesh}}]
          route: {cluster: c, prefix_rewrite: /}
      """;

  private static final Head HEAD = new Head("s.local:8000", "/api/items?id=1");

  private static final Checks NO_CHECKS =
      new Checks() {
        @Override
        public Optional<String> fileRefusal(String path) {
          return Optional.empty();
        }

        @Override
        public void fault(HttpFault fault, String path) {}

        @Override
        public void routes(RouteConfiguration configuration) {}

        @Override
        public Optional<String> tlsRefusal(TlsContext context) {
          return Optional.empty();
        }
      };

  private final MeshTime time = MeshTime.system();
  private final RouteTable table =
      RouteTable.compile(
          (RouteConfiguration)
              new Decoder(NO_CHECKS)
                  .decode(ResourceType.ROUTE_CONFIGURATION, Documents.parse("routes", ROUTES))
                  .model(),
          MeshMeters.NONE);
  private final MeshView.OutboundChain chain =
      new MeshView.OutboundChain(
          table,
          ConnectionManager.compile(
              HttpConnectionManager.of(new RouteSource.Rds("routes")),
              OptionalInt.empty(),
              List.of()));
  private final MeshView view = view();
  private long random;

  private MeshView view() {
    Cluster cluster =
        new Cluster(
            "c",
            new Cluster.Discovery.Eds("c"),
            Cluster.Connections.DEFAULT,
            Cluster.Protocol.HTTP1,
            Optional.empty(),
            Optional.empty(),
            Cluster.CircuitBreakers.DEFAULT,
            Cluster.CircuitBreakers.DEFAULT,
            java.time.Duration.ZERO,
            50);
    MeshView.Target target =
        new MeshView.Target(Upstream.create(cluster, time, Runnable::run, Telemetry.NONE), null);
    return new MeshView() {
      @Override
      public long generation() {
        return 1;
      }

      @Override
      public OutboundChain outbound(RequestHead head) {
        return chain;
      }

      @Override
      public @Nullable Target cluster(String name) {
        return name.equals("c") ? target : null;
      }
    };
  }

  /** Virtual host, route, cluster, header mutations and rewrite. */
  @Benchmark
  public RouteEntry.Rewritten route() {
    StreamInfo info = StreamInfo.of(random++);
    RouteEntry route = Objects.requireNonNull(table.find(HEAD, info));
    RouteTarget target = route.target(HEAD, info);
    HeaderEdits edits = HeaderEdits.of(HEAD);
    return route.finalizeRequest(HEAD, info, target, edits, true);
  }

  /** All that is decided before a call begins. */
  @Benchmark
  public Routed decision() {
    return new Routing(view, chain, CallContext.NONE, StreamInfo.Around.NOTHING)
        .route(HEAD, random++, Optional.empty());
  }

  /** Ends the timer thread. */
  @TearDown
  public void close() {
    time.close();
  }
}
