package dev.proxyless.mesh.snapshot;

import dev.proxyless.mesh.call.MeshView;
import dev.proxyless.mesh.route.RequestHead;
import dev.proxyless.mesh.tls.ServerTls;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One consistent state of the mesh. Immutable, apart from what is true of endpoints now.
 *
 * @param generation counts snapshots, from 1
 * @param chains what takes outbound requests
 * @param clusters by name
 * @param serverTls how the server side protects its ports
 */
public record MeshSnapshot(
    long generation,
    OutboundChains chains,
    Map<String, Target> clusters,
    Map<Integer, ServerTls> serverTls)
    implements MeshView {

  @Override
  public @Nullable OutboundChain outbound(RequestHead head) {
    return chains.find(head);
  }

  @Override
  public @Nullable Target cluster(String name) {
    return clusters.get(name);
  }
}
