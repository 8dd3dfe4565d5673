package dev.proxyless.mesh.snapshot;

import dev.proxyless.mesh.call.MeshView.OutboundChain;
import dev.proxyless.mesh.model.Configuration;
import dev.proxyless.mesh.model.DownstreamTlsContext;
import dev.proxyless.mesh.model.HttpConnectionManager;
import dev.proxyless.mesh.model.HttpConnectionManager.RouteSource;
import dev.proxyless.mesh.model.Listener;
import dev.proxyless.mesh.model.Listener.Direction;
import dev.proxyless.mesh.model.Listener.FilterChain;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.route.ConnectionManager;
import dev.proxyless.mesh.route.RouteTable;
import dev.proxyless.mesh.telemetry.MeshMeters;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * Compiles listeners to what takes outbound requests and what protects inbound ports. A route
 * configuration that has not changed keeps its table. Used on the configuration thread.
 */
final class ChainCompiler {

  private final MeshMeters meters;
  private IdentityHashMap<RouteConfiguration, RouteTable> tables = new IdentityHashMap<>();

  ChainCompiler(MeshMeters meters) {
    this.meters = meters;
  }

  /**
   * What a configuration's listeners come to.
   *
   * @param chains what takes outbound requests
   * @param serverTls of inbound ports
   * @param missingRoutes route configurations that are named and have not come; their tables are
   *     empty
   * @param clusters the clusters that routes name
   */
  record Compiled(
      OutboundChains chains,
      Map<Integer, DownstreamTlsContext> serverTls,
      Set<String> missingRoutes,
      Set<String> clusters) {}

  Compiled compile(Configuration configuration) {
    OutboundChains.Builder chains = new OutboundChains.Builder();
    Map<Integer, DownstreamTlsContext> serverTls = new HashMap<>();
    Set<String> missing = new HashSet<>();
    IdentityHashMap<RouteConfiguration, RouteTable> used = new IdentityHashMap<>();
    Chains sink = new Chains(chains, configuration, missing, used);
    for (Listener listener : new TreeMap<>(configuration.listeners()).values()) {
      if (listener.direction() == Direction.INBOUND) {
        inbound(listener, serverTls);
      } else {
        sink.outbound(listener);
      }
    }
    tables = used;
    Set<String> clusters = new HashSet<>();
    chains
        .chains()
        .forEach(
            chain ->
                chain
                    .table()
                    .routes()
                    .forEach(
                        route ->
                            route.targets().forEach(target -> clusters.add(target.cluster()))));
    return new Compiled(chains.build(), Map.copyOf(serverTls), missing, clusters);
  }

  private static void inbound(Listener listener, Map<Integer, DownstreamTlsContext> serverTls) {
    for (FilterChain chain : listener.filterChains()) {
      int port = chain.destinationPort().orElse(listener.port().orElse(0));
      chain.tls().ifPresent(tls -> serverTls.putIfAbsent(port, tls));
    }
  }

  /** One compilation under way. */
  private final class Chains {
    private final OutboundChains.Builder chains;
    private final Configuration configuration;
    private final Set<String> missing;
    private final IdentityHashMap<RouteConfiguration, RouteTable> used;

    Chains(
        OutboundChains.Builder chains,
        Configuration configuration,
        Set<String> missing,
        IdentityHashMap<RouteConfiguration, RouteTable> used) {
      this.chains = chains;
      this.configuration = configuration;
      this.missing = missing;
      this.used = used;
    }

    /**
     * With the original destination, chains are chosen by port; else the listener's own port
     * counts.
     */
    void outbound(Listener listener) {
      listener
          .apiListener()
          .ifPresent(api -> chains.named(listener.name(), chain(api, listener.port())));
      for (FilterChain filterChain : listener.filterChains()) {
        Optional<OutboundChain> chain =
            filterChain.connectionManager().map(manager -> chain(manager, listener.port()));
        if (chain.isEmpty()) {
          continue;
        }
        if (!listener.useOriginalDst()) {
          listener.port().ifPresent(port -> chains.port(port, chain.get()));
        } else if (filterChain.destinationPort().isPresent()) {
          chains.port(filterChain.destinationPort().getAsInt(), chain.get());
        } else {
          chains.otherwise(chain.get());
        }
      }
      listener
          .defaultFilterChain()
          .flatMap(FilterChain::connectionManager)
          .ifPresent(manager -> chains.otherwise(chain(manager, listener.port())));
    }

    private OutboundChain chain(HttpConnectionManager manager, OptionalInt port) {
      RouteConfiguration routes = routes(manager);
      return new OutboundChain(
          table(routes), ConnectionManager.compile(manager, port, routes.internalOnlyHeaders()));
    }

    private RouteConfiguration routes(HttpConnectionManager manager) {
      if (manager.routes() instanceof RouteSource.Inline inline) {
        return inline.configuration();
      }
      String name = ((RouteSource.Rds) manager.routes()).name();
      RouteConfiguration found = configuration.routes().get(name);
      if (found == null) {
        missing.add(name);
        return RouteConfiguration.of(name, List.of());
      }
      return found;
    }

    private RouteTable table(RouteConfiguration routes) {
      return used.computeIfAbsent(
          routes,
          each -> {
            RouteTable known = tables.get(each);
            return known != null ? known : RouteTable.compile(each, meters);
          });
    }
  }
}
