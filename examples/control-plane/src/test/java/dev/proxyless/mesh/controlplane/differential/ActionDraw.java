package dev.proxyless.mesh.controlplane.differential;

import static dev.proxyless.mesh.controlplane.differential.MatchDraw.put;
import static dev.proxyless.mesh.controlplane.differential.Trees.map;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** Draws what routes do. */
final class ActionDraw {

  private final Draw draw;
  private final Set<Feature> features;
  private final MutationDraw mutations;

  ActionDraw(Draw draw, Set<Feature> features) {
    this.draw = draw;
    this.features = features;
    mutations = new MutationDraw(draw, features);
  }

  /** Puts the action of a route. */
  void act(Map<String, Object> route) {
    if (features.contains(Feature.REDIRECT) && draw.chance(30)) {
      route.put("redirect", redirect(route));
    } else if (features.contains(Feature.DIRECT_RESPONSE) && draw.chance(30)) {
      route.put("direct_response", directResponse());
    } else {
      route.put("route", forward(route));
    }
  }

  private Map<String, Object> forward(Map<String, Object> route) {
    Map<String, Object> forward = cluster();
    if (features.contains(Feature.HOST_REWRITE) && draw.chance(50)) {
      hostRewrite(forward);
    }
    if (features.contains(Feature.PATH_REWRITE) && draw.chance(60)) {
      pathRewrite(route, forward);
    }
    if (features.contains(Feature.TIMEOUTS)) {
      timeouts(forward);
    }
    if (features.contains(Feature.RETRIES)) {
      put(forward, "retry_policy", draw.maybe(50, this::retryPolicy));
    }
    return forward;
  }

  private Map<String, Object> cluster() {
    if (features.contains(Feature.CLUSTER_HEADER) && draw.chance(35)) {
      return map(
          "cluster_header",
          draw.of("x-cluster", "x-cluster", "x-a", ":authority"),
          "cluster_not_found_response_code",
          notFoundCode());
    }
    if (features.contains(Feature.WEIGHTS) && draw.chance(50)) {
      return map("weighted_clusters", weights(), "cluster_not_found_response_code", notFoundCode());
    }
    return map(
        "cluster",
        draw.chance(90) ? draw.of(Words.CLUSTERS) : "unknown",
        "cluster_not_found_response_code",
        notFoundCode());
  }

  private String notFoundCode() {
    return draw.maybe(
        30, () -> draw.of("SERVICE_UNAVAILABLE", "NOT_FOUND", "INTERNAL_SERVER_ERROR"));
  }

  private Map<String, Object> weights() {
    List<Map<String, Object>> clusters =
        draw.list(
            1,
            3,
            () -> {
              Map<String, Object> entry =
                  draw.chance(85)
                      ? map("name", draw.chance(90) ? draw.of(Words.CLUSTERS) : "unknown")
                      : map("cluster_header", "x-cluster");
              entry.put("weight", draw.of(0, 1, 1, 2, 5));
              if (features.contains(Feature.HOST_REWRITE)) {
                put(entry, "host_rewrite_literal", draw.maybe(25, () -> "weighted.com"));
              }
              mutations.mutate(entry);
              return entry;
            });
    if (clusters.stream().allMatch(each -> each.get("weight").equals(0))) {
      clusters.get(0).put("weight", 1);
    }
    return map("clusters", clusters, "header_name", WireRequestDraw.RANDOM);
  }

  private void hostRewrite(Map<String, Object> forward) {
    switch (draw.below(5)) {
      case 0 -> forward.put("host_rewrite_literal", draw.of("new.com", "a.com"));
      case 1 -> forward.put("auto_host_rewrite", draw.chance(80));
      case 2 -> forward.put("host_rewrite_header", draw.of("x-a", "x-none", "x-b"));
      case 3 ->
          forward.put(
              "host_rewrite_path_regex",
              map(
                  "pattern", map("regex", draw.of("^/([^/]+).*$", "/", "^/(a)?.*$")),
                  "substitution", draw.of("\\1.new", "\\1", "\\0", "n")));
      default -> forward.put("host_rewrite", draw.of("%REQ(x-a)%", "f.%REQ(:authority)%"));
    }
    put(forward, "append_x_forwarded_host", draw.yes(50));
  }

  private void pathRewrite(Map<String, Object> route, Map<String, Object> forward) {
    boolean template = ((Map<?, ?>) route.get("match")).containsKey("path_match_policy");
    if (template && draw.chance(60)) {
      forward.put("path_rewrite_policy", templateRewrite(route));
    } else if (draw.chance(50) && !template) {
      forward.put("prefix_rewrite", draw.of("/", "/new", "/new/", "new", "/n?x=1"));
    } else if (draw.chance(60)) {
      forward.put("regex_rewrite", regexRewrite());
    } else {
      forward.put("path_rewrite", pathFormat());
    }
  }

  private Map<String, Object> templateRewrite(Map<String, Object> route) {
    String known = route.get("match").toString();
    return map(
        "name",
        "rewrite",
        "typed_config",
        map(
            "@type",
            "type.googleapis.com/envoy.extensions.path.rewrite.uri_template.v3"
                + ".UriTemplateRewriteConfig",
            "path_template_rewrite",
            known.contains("{one") && known.contains("{two")
                ? draw.of("/{two}/{one}", "/n/{two}", "/{one}-{two}")
                : known.contains("{one") ? draw.of("/n/{one}", "/{one}") : "/fixed"));
  }

  private Map<String, Object> regexRewrite() {
    return map(
        "pattern",
            map(
                "regex",
                draw.of("^/([^/]*)/(.*)$", "a", "/", "(?i)A", "^/a", ".*", "b*", "(a)(b)?")),
        "substitution", draw.of("/\\2/\\1", "\\0\\0", "x", "", "/n\\1", "\\\\"));
  }

  private String pathFormat() {
    return draw.of(
        "/f%REQ(:path)%", "%REQ(x-a)%", "/f/%REQ(x-b)%?y=2", "/%REQ(:method)%", "%PATH(NQ:PATH)%");
  }

  private void timeouts(Map<String, Object> forward) {
    put(
        forward,
        "timeout",
        draw.maybe(60, () -> draw.of("0s", "5s", "8s", "20s", "6.5s", "7.0004s", "9.9996s")));
    put(forward, "idle_timeout", draw.maybe(15, () -> draw.of("0s", "30s")));
    if (draw.chance(25)) {
      put(forward, "max_grpc_timeout", draw.of("0s", "7s", "30s"));
      put(forward, "grpc_timeout_offset", draw.maybe(50, () -> draw.of("1s", "4s")));
    }
    if (draw.chance(25)) {
      forward.put(
          "max_stream_duration",
          map(
              "max_stream_duration", draw.maybe(50, () -> "40s"),
              "grpc_timeout_header_max", draw.maybe(40, () -> draw.of("0s", "30s")),
              "grpc_timeout_header_offset", draw.maybe(30, () -> "1s")));
    }
  }

  /** {@code RetryPolicy}; nothing is ever retried, since backends answer 200. */
  Map<String, Object> retryPolicy() {
    return map(
        "retry_on", draw.of("5xx", "gateway-error,reset", "connect-failure"),
        "num_retries", draw.maybe(50, () -> draw.of(0, 1, 3)),
        "per_try_timeout", draw.maybe(60, () -> draw.of("0s", "3s", "5s", "9s")));
  }

  private Map<String, Object> redirect(Map<String, Object> route) {
    Map<String, Object> redirect = map();
    switch (draw.below(4)) {
      case 0 -> redirect.put("https_redirect", draw.chance(80));
      case 1 -> redirect.put("scheme_redirect", draw.of("https", "http", "ftp"));
      default -> {}
    }
    put(redirect, "host_redirect", draw.maybe(30, () -> draw.of("new.com", "new.com:81")));
    put(redirect, "port_redirect", draw.maybe(30, () -> draw.of(80, 443, 8443)));
    boolean template = ((Map<?, ?>) route.get("match")).containsKey("path_match_policy");
    switch (draw.below(6)) {
      case 0 ->
          redirect.put("path_redirect", draw.of("/new", "new", "/new?x=1", "/new#f", "/n?", ""));
      case 1 -> {
        if (!template) {
          redirect.put("prefix_rewrite", draw.of("/", "/new", "new/", "/n?x=1"));
        }
      }
      case 2 -> redirect.put("regex_rewrite", regexRewrite());
      case 3 -> redirect.put("path_rewrite", pathFormat());
      default -> {}
    }
    put(
        redirect,
        "response_code",
        draw.maybe(
            50,
            () ->
                draw.of(
                    "MOVED_PERMANENTLY",
                    "FOUND",
                    "SEE_OTHER",
                    "TEMPORARY_REDIRECT",
                    "PERMANENT_REDIRECT")));
    put(redirect, "strip_query", draw.yes(30));
    return redirect;
  }

  private Map<String, Object> directResponse() {
    Map<String, Object> direct = map("status", draw.of(200, 201, 204, 302, 404, 503));
    put(
        direct,
        "body",
        draw.maybe(
            60,
            () ->
                draw.of(
                    map("inline_string", "a body"),
                    map("inline_bytes", "Ynl0ZXM="),
                    map("inline_string", ""))));
    if (features.contains(Feature.FORMATS)) {
      put(direct, "body_format", draw.maybe(40, this::bodyFormat));
    }
    return direct;
  }

  private Map<String, Object> bodyFormat() {
    Map<String, Object> format =
        draw.way(
            () ->
                map(
                    "text_format_source",
                    map("inline_string", "%LOCAL_REPLY_BODY% %RESPONSE_CODE% %REQ(x-a)%")),
            () -> map("text_format", "%REQ(:path)% %%"),
            () ->
                map(
                    "json_format",
                    map(
                        "body", "%LOCAL_REPLY_BODY%",
                        "code", "%RESPONSE_CODE%",
                        "mixed", "%REQ(x-a)% %RESPONSE_CODE%",
                        "none", "%REQ(x-none)%")));
    put(format, "content_type", draw.maybe(30, () -> draw.of("text/html", "a/b")));
    put(format, "omit_empty_values", draw.yes(30));
    return format;
  }
}
