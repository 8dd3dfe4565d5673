package dev.proxyless.mesh.route;

import dev.proxyless.mesh.telemetry.MeshMeters;
import dev.proxyless.mesh.testing.XdsYaml;

/** Route tables for tests, from Envoy's YAML. */
final class Tables {

  private Tables() {}

  static RouteTable of(String yaml) {
    return RouteTable.compile(XdsYaml.routes(yaml), MeshMeters.NONE);
  }

  /**
   * One virtual host for everything whose routes have these {@code match} messages, in flow style,
   * and the names 0, 1 and so on.
   */
  static RouteTable matching(String... matches) {
    StringBuilder yaml = new StringBuilder("name: test\nvirtual_hosts:\n");
    yaml.append("- name: all\n  domains: ['*']\n  routes:\n");
    for (int i = 0; i < matches.length; i++) {
      yaml.append("  - name: '").append(i).append("'\n    match: ").append(matches[i]);
      yaml.append("\n    route: {cluster: c}\n");
    }
    return of(yaml.toString());
  }

  /** The name of the route that takes a request, or {@code none}. */
  static String taken(RouteTable table, RequestHead head) {
    RouteEntry found = table.find(head, 0);
    return found == null ? "none" : found.name();
  }

  /** Whether a request passes one {@code match}. */
  static boolean matches(String match, RequestHead head) {
    return matching(match).find(head, 0) != null;
  }
}
