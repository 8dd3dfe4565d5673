package dev.proxyless.mesh.call;

import dev.proxyless.mesh.cluster.Upstream;
import dev.proxyless.mesh.route.RequestHead;
import dev.proxyless.mesh.route.RouteTable;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A view of one table and some clusters without TLS. */
record FixedView(
    @Nullable RouteTable table, boolean suppressEnvoyHeaders, Map<String, Upstream> clusters)
    implements MeshView {

  @Override
  public long generation() {
    return 1;
  }

  @Override
  public @Nullable OutboundChain outbound(RequestHead head) {
    return table == null ? null : new OutboundChain(table, suppressEnvoyHeaders);
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
