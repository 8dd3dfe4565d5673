package dev.proxyless.mesh.benchmarks;

import dev.proxyless.mesh.model.HeaderMatcher;
import dev.proxyless.mesh.model.Route;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.RouteAction.ClusterSpecifier;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.RouteMatch;
import dev.proxyless.mesh.model.RouteMatch.PathMatch;
import dev.proxyless.mesh.model.StringMatcher;
import dev.proxyless.mesh.model.ValueMatch;
import dev.proxyless.mesh.model.VirtualHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/** Route configurations of many shapes. */
final class RouteShapes {

  private RouteShapes() {}

  /** One virtual host whose routes have these matches. */
  static RouteConfiguration routes(int count, IntFunction<RouteMatch> match) {
    List<Route> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      RouteAction action = RouteAction.Forward.to(new ClusterSpecifier.Named("c" + i));
      all.add(Route.of("r" + i, match.apply(i), action));
    }
    VirtualHost host = VirtualHost.of("s.local", List.of("s.local", "s.local:8000"), all);
    return RouteConfiguration.of("routes", List.of(host));
  }

  /** {@code /service/I/}, or {@code /service/I/items}. */
  static RouteMatch service(boolean exact, int i) {
    PathMatch path =
        exact
            ? new PathMatch.Exact("/service/" + i + "/items")
            : new PathMatch.Prefix("/service/" + i + "/");
    return RouteMatch.of(path, true);
  }

  /**
   * Of a thousand, a tenth regular expressions, fifty header splits on one prefix, and prefixes
   * that begin like the rest.
   */
  static RouteMatch hostile(int i) {
    if (i % 10 == 3) {
      return RouteMatch.of(new PathMatch.SafeRegex("/api/v" + i + "/users/[0-9]+/.*"), true);
    }
    if (i >= 500 && i < 555) {
      return splitBy(new PathMatch.Prefix("/api/shared/"), "tenant-" + i);
    }
    return RouteMatch.of(new PathMatch.Prefix("/api/v" + i + "/"), true);
  }

  private static RouteMatch splitBy(PathMatch path, String tenant) {
    ValueMatch value = new ValueMatch.Text(StringMatcher.exact(tenant));
    return new RouteMatch(
        path,
        true,
        Optional.empty(),
        false,
        List.of(new HeaderMatcher("x-tenant", value, false, false)),
        List.of(),
        List.of(),
        Optional.empty(),
        List.of(),
        List.of());
  }

  /** Virtual hosts of the domains {@code sI.local} with one route each. */
  static RouteConfiguration hosts(int count) {
    List<VirtualHost> hosts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      RouteAction action = RouteAction.Forward.to(new ClusterSpecifier.Named("c" + i));
      Route route = Route.of("r" + i, RouteMatch.of(new PathMatch.Prefix("/"), true), action);
      hosts.add(VirtualHost.of("s" + i, List.of("s" + i + ".local"), List.of(route)));
    }
    return RouteConfiguration.of("hosts", hosts);
  }
}
