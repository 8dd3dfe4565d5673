package dev.proxyless.mesh.call;

import dev.proxyless.mesh.cluster.Upstream;
import dev.proxyless.mesh.model.HttpConnectionManager;
import dev.proxyless.mesh.model.HttpConnectionManager.RouteSource;
import dev.proxyless.mesh.route.ConnectionManager;
import dev.proxyless.mesh.route.RequestHead;
import dev.proxyless.mesh.route.RouteTable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A view of one table and some clusters without TLS. */
record FixedView(
    @Nullable RouteTable table, ConnectionManager manager, Map<String, Upstream> clusters)
    implements MeshView {

  /** What a listener that sets nothing makes of requests. */
  static ConnectionManager plainManager() {
    return ConnectionManager.compile(
        HttpConnectionManager.of(new RouteSource.Rds("routes")), OptionalInt.empty(), List.of());
  }

  @Override
  public long generation() {
    return 1;
  }

  @Override
  public @Nullable OutboundChain outbound(RequestHead head) {
    return table == null ? null : new OutboundChain(table, manager);
  }

  @Override
  public @Nullable Target cluster(String name) {
    Upstream found = clusters.get(name);
    return found == null ? null : new Target(found, null);
  }

  static Source source(MeshView view) {
    return new Source() {
      @Override
      public MeshView current() {
        return view;
      }

      @Override
      public MeshView await(Duration timeout) {
        return view;
      }
    };
  }
}
