package dev.proxyless.mesh.admin;

import dev.proxyless.mesh.admin.RouteCheckReport.Covered;
import dev.proxyless.mesh.model.Route;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.RouteAction.ClusterSpecifier;
import dev.proxyless.mesh.model.RouteMatch.PathMatch;
import dev.proxyless.mesh.model.VirtualHost;
import dev.proxyless.mesh.route.RouteEntry;
import dev.proxyless.mesh.route.RouteTable;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Counts which routes a run of tests reached. As in Envoy's tool, each target of a weighted route
 * counts as one. Used by one thread.
 */
final class RouteCoverage {

  private final IdentityHashMap<RouteEntry, List<Unit>> units = new IdentityHashMap<>();
  private final List<Unit> inOrder = new ArrayList<>();

  private static final class Unit {
    private final String cluster;
    private final String words;
    private boolean reached;

    Unit(String cluster, String words) {
      this.cluster = cluster;
      this.words = words;
    }
  }

  RouteCoverage(RouteTable table) {
    IdentityHashMap<VirtualHost, Integer> counts = new IdentityHashMap<>();
    for (RouteEntry route : table.routes()) {
      int index = counts.merge(route.virtualHost(), 1, Integer::sum) - 1;
      String words = words(route, index);
      List<Unit> ofRoute = new ArrayList<>();
      if (route.action() instanceof RouteAction.Forward forward
          && forward.cluster() instanceof ClusterSpecifier.Weighted weighted) {
        weighted
            .clusters()
            .forEach(each -> ofRoute.add(new Unit(each.name(), words + ", target " + each.name())));
      } else {
        ofRoute.add(new Unit("", words));
      }
      units.put(route, ofRoute);
      inOrder.addAll(ofRoute);
    }
  }

  private static String words(RouteEntry route, int index) {
    String name = route.name().isEmpty() ? "" : " \"" + route.name() + "\"";
    List<Route> routes = route.virtualHost().routes();
    String match = index < routes.size() ? ": " + words(routes.get(index).match().path()) : "";
    return "virtual host " + route.virtualHost().name() + ", route " + index + name + match;
  }

  private static String words(PathMatch path) {
    if (path instanceof PathMatch.Prefix) {
      return "prefix \"" + path.value() + "\"";
    }
    if (path instanceof PathMatch.Exact) {
      return "path \"" + path.value() + "\"";
    }
    if (path instanceof PathMatch.SafeRegex) {
      return "safe_regex \"" + path.value() + "\"";
    }
    if (path instanceof PathMatch.PathSeparatedPrefix) {
      return "path_separated_prefix \"" + path.value() + "\"";
    }
    return path instanceof PathMatch.Connect
        ? "connect_matcher"
        : "path_match_policy \"" + path.value() + "\"";
  }

  void reached(RouteEntry route, String cluster) {
    List<Unit> ofRoute = units.getOrDefault(route, List.of());
    for (Unit unit : ofRoute) {
      // A target whose cluster a header names is the one that no other is.
      if (ofRoute.size() == 1 || unit.cluster.equals(cluster) || unit.cluster.isEmpty()) {
        unit.reached = true;
        return;
      }
    }
  }

  List<Covered> targets() {
    return inOrder.stream().map(unit -> new Covered(unit.words, unit.reached)).toList();
  }
}
