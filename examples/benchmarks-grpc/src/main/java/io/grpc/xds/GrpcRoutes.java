package io.grpc.xds;

import io.grpc.Metadata;
import io.grpc.xds.VirtualHost.Route;
import io.grpc.xds.VirtualHost.Route.RouteAction;
import io.grpc.xds.VirtualHost.Route.RouteMatch;
import io.grpc.xds.VirtualHost.Route.RouteMatch.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * gRPC-Java's own search for a virtual host and a route, which it keeps to its package: {@code
 * RoutingUtils}, called as its {@code XdsNameResolver} does.
 */
public final class GrpcRoutes {

  private static final ThreadSafeRandom RANDOM = ThreadSafeRandom.ThreadSafeRandomImpl.instance;

  private final List<VirtualHost> hosts;
  private final Metadata headers = new Metadata();

  private GrpcRoutes(List<VirtualHost> hosts) {
    this.hosts = hosts;
    headers.put(Metadata.Key.of("user-agent", Metadata.ASCII_STRING_MARSHALLER), "benchmark");
    headers.put(Metadata.Key.of("accept", Metadata.ASCII_STRING_MARSHALLER), "*/*");
  }

  /** One virtual host for {@code s.local} with a route for each path. */
  public static GrpcRoutes of(List<String> paths, boolean exact) {
    List<Route> routes = new ArrayList<>();
    for (int i = 0; i < paths.size(); i++) {
      PathMatcher path =
          exact
              ? PathMatcher.fromPath(paths.get(i), true)
              : PathMatcher.fromPrefix(paths.get(i), true);
      routes.add(route(path, "c" + i));
    }
    return new GrpcRoutes(
        List.of(VirtualHost.create("s.local", List.of("s.local"), routes, Map.of())));
  }

  /** Virtual hosts of one domain and one route each. */
  public static GrpcRoutes ofHosts(List<String> domains) {
    List<VirtualHost> hosts = new ArrayList<>();
    for (String domain : domains) {
      List<Route> routes = List.of(route(PathMatcher.fromPrefix("/", true), "c"));
      hosts.add(VirtualHost.create(domain, List.of(domain), routes, Map.of()));
    }
    return new GrpcRoutes(hosts);
  }

  private static Route route(PathMatcher path, String cluster) {
    RouteAction action = RouteAction.forCluster(cluster, List.of(), null, null, false);
    return Route.forAction(RouteMatch.create(path, List.of(), null), action, Map.of());
  }

  /** Whether a virtual host takes requests to this host. */
  public boolean hasHost(String host) {
    return RoutingUtils.findVirtualHostForHostName(hosts, host) != null;
  }

  /** The first route of the first virtual host that takes a request, or null. */
  public @Nullable Object find(String path) {
    for (Route route : hosts.get(0).routes()) {
      if (RoutingUtils.matchRoute(route.routeMatch(), path, headers, RANDOM)) {
        return route;
      }
    }
    return null;
  }
}
