package dev.proxyless.mesh;

import dev.proxyless.mesh.document.DocumentException;
import dev.proxyless.mesh.document.Nearest;
import dev.proxyless.mesh.model.Cluster;
import dev.proxyless.mesh.model.Cluster.CircuitBreakers;
import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.model.HttpConnectionManager;
import dev.proxyless.mesh.model.HttpConnectionManager.RouteSource;
import dev.proxyless.mesh.model.Listener;
import dev.proxyless.mesh.model.Listener.Direction;
import dev.proxyless.mesh.model.Listener.FilterChain;
import dev.proxyless.mesh.model.MatcherTree;
import dev.proxyless.mesh.model.RequestMirrorPolicy;
import dev.proxyless.mesh.model.Route;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.RouteAction.ClusterSpecifier;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.VirtualHost;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** Listeners and routes as they are asked about without a network. */
final class OfflineRoutes {

  private static final double PANIC_THRESHOLD = 50;

  private final String file;
  private final Map<String, RouteConfiguration> routes;

  OfflineRoutes(String file, Map<String, RouteConfiguration> routes) {
    this.file = file;
    this.routes = routes;
  }

  /** A listener that has these routes and nothing else. */
  static Listener listener(RouteConfiguration routes) {
    HttpConnectionManager manager = HttpConnectionManager.of(new RouteSource.Rds(routes.name()));
    return of("", OptionalInt.empty(), List.of(), Optional.of(chain(manager)));
  }

  static boolean speaksHttp(Listener listener) {
    return managers(listener).findAny().isPresent();
  }

  private static Stream<HttpConnectionManager> managers(Listener listener) {
    return Stream.concat(
        listener.apiListener().stream(),
        Stream.concat(listener.filterChains().stream(), listener.defaultFilterChain().stream())
            .flatMap(chain -> chain.connectionManager().stream()));
  }

  /**
   * The listener as it takes any request: it is outbound, and where it has one connection manager,
   * that one serves every port. Several are chosen by port.
   */
  static Listener asked(Listener listener) {
    List<HttpConnectionManager> managers = managers(listener).toList();
    return managers.size() == 1
        ? of(listener.name(), listener.port(), List.of(), Optional.of(chain(managers.get(0))))
        : of(
            listener.name(),
            listener.port(),
            listener.filterChains(),
            listener.defaultFilterChain());
  }

  private static FilterChain chain(HttpConnectionManager manager) {
    return new FilterChain("", OptionalInt.empty(), Optional.of(manager), Optional.empty());
  }

  private static Listener of(
      String name, OptionalInt port, List<FilterChain> chains, Optional<FilterChain> otherwise) {
    return new Listener(name, Direction.OUTBOUND, port, true, chains, otherwise, Optional.empty());
  }

  static boolean isInline(Listener listener) {
    return managers(listener).allMatch(each -> each.routes() instanceof RouteSource.Inline);
  }

  /** The routes of a listener's first connection manager. */
  RouteConfiguration of(Listener listener) {
    RouteSource source = managers(listener).findFirst().orElseThrow().routes();
    if (source instanceof RouteSource.Inline inline) {
      return inline.configuration();
    }
    String name = ((RouteSource.Rds) source).name();
    RouteConfiguration found = routes.get(name);
    if (found == null) {
      throw new DocumentException(
          file
              + ": listener "
              + listener.name()
              + ": rds.route_config_name: is \""
              + name
              + "\", which this file does not have"
              + Nearest.hint(name, routes.keySet())
              + "; right would be a RouteConfiguration of that name beside it, or route_config");
    }
    return found;
  }

  /** The clusters that routes name, by the path of the field. */
  static Map<String, String> clusters(RouteConfiguration configuration) {
    Map<String, String> names = new LinkedHashMap<>();
    mirrors(configuration.requestMirrorPolicies(), "", names);
    for (int i = 0; i < configuration.virtualHosts().size(); i++) {
      VirtualHost host = configuration.virtualHosts().get(i);
      String at = "virtual_hosts[" + i + "].";
      mirrors(host.requestMirrorPolicies(), at, names);
      routes(host.routes(), at + "routes", names);
      host.matcher().ifPresent(tree -> tree(tree, at + "matcher", names));
    }
    return names;
  }

  private static void routes(List<Route> routes, String at, Map<String, String> names) {
    for (int i = 0; i < routes.size(); i++) {
      if (routes.get(i).action() instanceof RouteAction.Forward forward) {
        String route = at + "[" + i + "].route.";
        mirrors(forward.requestMirrorPolicies(), route, names);
        if (forward.cluster() instanceof ClusterSpecifier.Named named) {
          names.put(route + "cluster", named.cluster());
        } else if (forward.cluster() instanceof ClusterSpecifier.Weighted weighted) {
          for (int j = 0; j < weighted.clusters().size(); j++) {
            put(
                route + "weighted_clusters.clusters[" + j + "].name",
                weighted.clusters().get(j).name(),
                names);
          }
        }
      }
    }
  }

  private static void mirrors(
      List<RequestMirrorPolicy> policies, String at, Map<String, String> names) {
    for (int i = 0; i < policies.size(); i++) {
      put(at + "request_mirror_policies[" + i + "].cluster", policies.get(i).cluster(), names);
    }
  }

  private static void put(String path, String name, Map<String, String> names) {
    if (!name.isEmpty()) { // else a header names it
      names.put(path, name);
    }
  }

  private static void tree(MatcherTree tree, String at, Map<String, String> names) {
    tree.onNoMatch().ifPresent(then -> action(then, at + ".on_no_match", names));
    MatcherTree.Matcher matcher = tree.matcher().orElse(null);
    if (matcher instanceof MatcherTree.Matcher.Fields fields) {
      for (int i = 0; i < fields.matchers().size(); i++) {
        String field = at + ".matcher_list.matchers[" + i + "].on_match";
        action(fields.matchers().get(i).onMatch(), field, names);
      }
    } else if (matcher instanceof MatcherTree.Matcher.ExactMap exact) {
      exact.map().forEach((key, then) -> action(then, at + "[\"" + key + "\"]", names));
    } else if (matcher instanceof MatcherTree.Matcher.PrefixMap prefix) {
      prefix.map().forEach((key, then) -> action(then, at + "[\"" + key + "\"]", names));
    }
  }

  private static void action(MatcherTree.OnMatch then, String at, Map<String, String> names) {
    if (then.action() instanceof MatcherTree.Action.Nested nested) {
      tree(nested.tree(), at + ".matcher", names);
    } else if (then.action() instanceof MatcherTree.Action.Routes found) {
      routes(found.routes(), at + ".action", names);
    }
  }

  /** A cluster of which nothing is known but that it exists. */
  static Cluster cluster(String name) {
    return new Cluster(
        name,
        new Cluster.Discovery.Static(EndpointAssignment.EMPTY),
        Cluster.Connections.DEFAULT,
        Cluster.Protocol.HTTP1,
        Optional.empty(),
        Optional.empty(),
        CircuitBreakers.DEFAULT,
        CircuitBreakers.DEFAULT,
        Duration.ZERO,
        PANIC_THRESHOLD);
  }
}
