package dev.proxyless.mesh.call;

import dev.proxyless.mesh.Internal;
import dev.proxyless.mesh.cluster.Upstream;
import dev.proxyless.mesh.route.ConnectionManager;
import dev.proxyless.mesh.route.RequestHead;
import dev.proxyless.mesh.route.RouteEntry;
import dev.proxyless.mesh.route.RouteTable;
import dev.proxyless.mesh.tls.ClientTls;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The mesh as one call sees it, from its beginning to its end: routes and clusters that belong
 * together. Immutable, apart from what is true of endpoints now.
 */
@Internal
public interface MeshView {

  /** Counts the snapshots of a mesh, from 1. */
  long generation();

  /** What takes requests to this destination; null where nothing of the mesh does. */
  @Nullable OutboundChain outbound(RequestHead head);

  /** A cluster, or null. */
  @Nullable Target cluster(String name);

  /** What an outbound filter chain does with requests. Safe for use by several threads. */
  final class OutboundChain {
    private final RouteTable table;
    private final ConnectionManager manager;

    /** Of routes that were asked for, for requests that steer nothing; most do not. */
    private final ConcurrentHashMap<RouteEntry, Settled> settled = new ConcurrentHashMap<>();

    /**
     * A chain.
     *
     * @param table its routes
     * @param manager what it makes of requests before
     */
    public OutboundChain(RouteTable table, ConnectionManager manager) {
      this.table = table;
      this.manager = manager;
    }

    /** Its routes. */
    public RouteTable table() {
      return table;
    }

    /** What it makes of requests before they are routed. */
    public ConnectionManager manager() {
      return manager;
    }

    /** What a route settles for requests that steer nothing. */
    Settled settled(RouteEntry route) {
      Settled known = settled.get(route);
      return known == null
          ? settled.computeIfAbsent(route, each -> Settled.of(this, each, each.retryRules()))
          : known;
    }

    /** Whether headers that tell of Envoy's router are written. */
    public boolean envoyHeaders() {
      return !manager.config().router().suppressEnvoyHeaders();
    }
  }

  /**
   * A cluster and how its endpoints are spoken to.
   *
   * @param upstream the cluster
   * @param tls null for plaintext
   */
  record Target(Upstream upstream, @Nullable ClientTls tls) {}

  /** Where calls get their view from. */
  interface Source {
    /** The view in force, or null before there is one. */
    @Nullable MeshView current();

    /** Waits for the first view. Returns the view in force, or null when the time is over. */
    @Nullable MeshView await(Duration timeout) throws InterruptedException;

    /** What configuration that has come waits for, in words; empty where it waits for nothing. */
    default List<String> awaited() {
      return List.of();
    }
  }
}
