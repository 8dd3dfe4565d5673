package dev.proxyless.mesh.xds;

/** Route configurations in YAML around the part that a test is about. */
final class RouteYaml {

  private RouteYaml() {}

  static String of(String part, String yaml) {
    return switch (part) {
      case "rc" ->
          yaml.contains("virtual_hosts:")
              ? "{name: r, " + yaml.substring(1)
              : "{name: r, virtual_hosts: [{name: v, domains: ['*']}], " + yaml.substring(1);
      case "vh" ->
          "{name: r, virtual_hosts: [{name: v, domains: ['*'], " + yaml.substring(1) + "]}";
      case "route" -> of("vh", "{routes: [" + yaml + "]}");
      case "act" -> of("route", "{match: {prefix: /}, " + yaml.substring(1));
      case "fwd" -> of("act", "{route: {cluster: c, " + yaml.substring(1) + "}");
      case "match" ->
          of("route", "{match: {prefix: /, " + yaml.substring(1) + ", route: {cluster: c}}");
      case "pmatch" -> of("route", "{match: " + yaml + ", route: {cluster: c}}");
      default -> throw new IllegalArgumentException(part);
    };
  }
}
