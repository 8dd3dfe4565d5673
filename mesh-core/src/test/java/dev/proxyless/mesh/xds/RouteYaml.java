package dev.proxyless.mesh.xds;

import java.util.Map;

/**
 * Route configurations in YAML around the part that a test is about. A word such as {@code @Route}
 * stands for the {@code @type} of that message.
 */
final class RouteYaml {

  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("@RouteList", "envoy.config.route.v3.RouteList"),
          Map.entry("@Route", "envoy.config.route.v3.Route"),
          Map.entry("@FilterConfig", "envoy.config.route.v3.FilterConfig"),
          Map.entry("@Cors", "envoy.extensions.filters.http.cors.v3.Cors"),
          Map.entry(
              "@UriTemplateMatch",
              "envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig"),
          Map.entry(
              "@UriTemplateRewrite",
              "envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig"),
          Map.entry(
              "@PreviousRoutes",
              "envoy.extensions.internal_redirect.previous_routes.v3.PreviousRoutesConfig"),
          Map.entry(
              "@AllowListedRoutes",
              "envoy.extensions.internal_redirect.allow_listed_routes.v3.AllowListedRoutesConfig"),
          Map.entry(
              "@SafeCrossScheme",
              "envoy.extensions.internal_redirect.safe_cross_scheme.v3.SafeCrossSchemeConfig"),
          Map.entry("@RequestHeader", "envoy.type.matcher.v3.HttpRequestHeaderMatchInput"),
          Map.entry("@RequestQuery", "envoy.type.matcher.v3.HttpRequestQueryParamMatchInput"),
          Map.entry("@ResponseHeader", "envoy.type.matcher.v3.HttpResponseHeaderMatchInput"));

  private RouteYaml() {}

  /**
   * A configuration.
   *
   * @param part what the YAML is: fields of the {@code configuration}, of its {@code host}, its
   *     {@code route}, that route's {@code action} besides a match, its {@code forward} besides a
   *     cluster, its {@code match} besides a prefix, or all of its {@code path}
   */
  static String of(String part, String yaml) {
    String whole = part(part, yaml.strip());
    for (Map.Entry<String, String> type : TYPES.entrySet()) {
      whole =
          whole.replaceAll(
              type.getKey() + "\\b", "\"@type\": type.googleapis.com/" + type.getValue());
    }
    return whole;
  }

  private static String part(String part, String yaml) {
    String fields = yaml.substring(1, yaml.length() - 1);
    return switch (part) {
      case "configuration" ->
          "{name: r, "
              + (fields.contains("virtual_hosts:")
                  ? ""
                  : "virtual_hosts: [{name: v, domains: ['*']}], ")
              + fields
              + "}";
      case "host" ->
          part("configuration", "{virtual_hosts: [{name: v, domains: ['*'], " + fields + "}]}");
      case "route" -> part("host", "{routes: [" + yaml + "]}");
      case "action" -> part("route", "{match: {prefix: /}, " + fields + "}");
      case "forward" -> part("action", "{route: {cluster: c, " + fields + "}}");
      case "match" -> part("path", "{prefix: /, " + fields + "}");
      case "path" -> part("route", "{match: " + yaml + ", route: {cluster: c}}");
      default -> throw new IllegalArgumentException(part);
    };
  }

  /** The path of the part within its configuration; complaints begin with it. */
  static String path(String part) {
    return switch (part) {
      case "host" -> "virtual_hosts[0].";
      case "route", "action" -> "virtual_hosts[0].routes[0].";
      case "forward" -> "virtual_hosts[0].routes[0].route.";
      case "match", "path" -> "virtual_hosts[0].routes[0].match.";
      default -> "";
    };
  }
}
