package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.model.FractionalPercent;
import dev.proxyless.mesh.model.HeaderMutations;
import dev.proxyless.mesh.model.Metadata;
import dev.proxyless.mesh.model.Route;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.RouteAction.ClusterSpecifier;
import dev.proxyless.mesh.model.RouteAction.ClusterWeight;
import dev.proxyless.mesh.model.RouteAction.HostRewrite;
import dev.proxyless.mesh.model.RouteAction.MaxStreamDuration;
import dev.proxyless.mesh.model.RouteAction.PathRewrite;
import dev.proxyless.mesh.model.RouteAction.RouteTimeouts;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.RouteMatch;
import dev.proxyless.mesh.model.RouteMatch.PathMatch;
import dev.proxyless.mesh.model.RuntimeFraction;
import dev.proxyless.mesh.model.VirtualHost;
import dev.proxyless.mesh.proto.Findings;
import dev.proxyless.mesh.proto.InvalidMessageException;
import dev.proxyless.mesh.proto.Message;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Decodes route configurations. */
final class RouteDecoder {

  private static final int MAX_DIRECT_RESPONSE_BYTES = 4_096;

  private final RetryPolicyDecoder retries;
  private final Checks checks;

  RouteDecoder(Findings findings, Checks checks) {
    retries = new RetryPolicyDecoder(findings);
    this.checks = checks;
  }

  RouteConfiguration routeConfiguration(Message message) {
    RouteConfiguration configuration =
        new RouteConfiguration(
            message.string("name"),
            message.messages("virtual_hosts").stream().map(this::virtualHost).toList(),
            List.of(),
            HeaderMutations.NONE,
            HeaderMutations.NONE,
            false,
            Optional.empty(),
            List.of(),
            message.bool("ignore_port_in_host_matching", false),
            false,
            Map.of(),
            Metadata.EMPTY,
            Optional.empty());
    try {
      checks.routes(configuration);
    } catch (InvalidMessageException invalid) {
      throw invalid.in(message.path());
    }
    return configuration;
  }

  private VirtualHost virtualHost(Message message) {
    if (message.strings("domains").isEmpty()) {
      throw message.invalid("domains", "is empty; right would be at least one domain");
    }
    return new VirtualHost(
        message.requiredString("name"),
        message.strings("domains"),
        message.messages("routes").stream().map(this::route).toList(),
        Optional.empty(),
        VirtualHost.RequireTls.NONE,
        List.of(),
        HeaderMutations.NONE,
        HeaderMutations.NONE,
        message.message("retry_policy").map(retries::retryPolicy),
        Optional.empty(),
        List.of(),
        message.bool("include_request_attempt_count", false),
        message.bool("include_attempt_count_in_response", false),
        false,
        OptionalLong.empty(),
        Map.of(),
        Metadata.EMPTY);
  }

  private Route route(Message message) {
    return Route.of(
        message.string("name"), match(message.requiredMessage("match")), action(message));
  }

  private RouteMatch match(Message message) {
    return new RouteMatch(
        path(message),
        message.bool("case_sensitive", true),
        message.message("runtime_fraction").map(RouteDecoder::fraction),
        message.has("grpc"),
        Matchers.headers(message, "headers"),
        message.messages("query_parameters").stream().map(Matchers::query).toList(),
        List.of(),
        Optional.empty(),
        List.of(),
        List.of());
  }

  private static PathMatch path(Message message) {
    if (message.has("prefix")) {
      return new PathMatch.Prefix(message.string("prefix"));
    }
    if (message.has("path")) {
      return new PathMatch.Exact(message.string("path"));
    }
    if (message.has("safe_regex")) {
      return new PathMatch.SafeRegex(Matchers.regex(message, "safe_regex"));
    }
    if (message.has("path_separated_prefix")) {
      String prefix = message.string("path_separated_prefix");
      if (prefix.isEmpty() || prefix.endsWith("/") || prefix.matches(".*[?#].*")) {
        throw message.invalid(
            "path_separated_prefix",
            "is \""
                + prefix
                + "\"; right would be a path without a slash at its end, query or fragment");
      }
      return new PathMatch.PathSeparatedPrefix(prefix);
    }
    throw message.invalid(
        "path_specifier", "is required: prefix, path, safe_regex or path_separated_prefix");
  }

  private static RuntimeFraction fraction(Message runtime) {
    Message percent = runtime.requiredMessage("default_value");
    int denominator =
        switch (percent.enumName("denominator")) {
          case "TEN_THOUSAND" -> 10_000;
          case "MILLION" -> 1_000_000;
          default -> 100;
        };
    return new RuntimeFraction(
        runtime.string("runtime_key"),
        new FractionalPercent(percent.number("numerator", 0), denominator));
  }

  private RouteAction action(Message route) {
    if (route.has("route")) {
      return forward(route.requiredMessage("route"));
    }
    if (route.has("redirect")) {
      return redirect(route.requiredMessage("redirect"));
    }
    if (route.has("direct_response")) {
      return directResponse(route.requiredMessage("direct_response"));
    }
    throw route.invalid("action", "is required: route, redirect or direct_response");
  }

  private RouteAction.Forward forward(Message message) {
    int notFound =
        switch (message.enumName("cluster_not_found_response_code")) {
          case "NOT_FOUND" -> 404;
          case "INTERNAL_SERVER_ERROR" -> 500;
          default -> 503;
        };
    return new RouteAction.Forward(
        cluster(message),
        notFound,
        Metadata.EMPTY,
        RouteAction.Priority.DEFAULT,
        prefixRewrite(message),
        notEmpty(message, "host_rewrite_literal")
            .<HostRewrite>map(HostRewrite.Literal::new)
            .orElse(new HostRewrite.None()),
        false,
        new RouteTimeouts(
            message.duration("timeout"),
            Optional.empty(),
            message
                .message("max_stream_duration")
                .map(
                    stream ->
                        new MaxStreamDuration(
                            stream.duration("max_stream_duration"),
                            Optional.empty(),
                            Optional.empty())),
            Optional.empty(),
            Optional.empty()),
        message.message("retry_policy").map(retries::retryPolicy),
        Optional.empty(),
        List.of(),
        List.of(),
        Optional.empty(),
        Map.of());
  }

  private static PathRewrite prefixRewrite(Message message) {
    return notEmpty(message, "prefix_rewrite")
        .<PathRewrite>map(PathRewrite.Prefix::new)
        .orElse(new PathRewrite.None());
  }

  private static Optional<String> notEmpty(Message message, String field) {
    return message.ifString(field).filter(text -> !text.isEmpty());
  }

  private static ClusterSpecifier cluster(Message message) {
    if (message.has("cluster")) {
      return new ClusterSpecifier.Named(message.requiredString("cluster"));
    }
    if (message.has("cluster_header")) {
      return new ClusterSpecifier.FromHeader(message.requiredString("cluster_header"));
    }
    if (!message.has("weighted_clusters")) {
      throw message.invalid(
          "cluster_specifier", "is required: cluster, cluster_header or weighted_clusters");
    }
    Message weighted = message.requiredMessage("weighted_clusters");
    List<ClusterWeight> weights =
        weighted.messages("clusters").stream().map(RouteDecoder::weight).toList();
    long total = weights.stream().mapToLong(ClusterWeight::weight).sum();
    if (total < 1 || total > 0xffff_ffffL) {
      throw weighted.invalid(
          "clusters", "have weights that add up to " + total + "; right would be 1 to 4294967295");
    }
    return new ClusterSpecifier.Weighted(weights, notEmpty(weighted, "header_name"), false, "");
  }

  private static ClusterWeight weight(Message message) {
    if (!message.has("weight")) {
      throw message.invalid("weight", "is required; 0 takes no traffic");
    }
    return ClusterWeight.of(message.requiredString("name"), message.number("weight", 0));
  }

  private static RouteAction.Redirect redirect(Message message) {
    int status =
        switch (message.enumName("response_code")) {
          case "FOUND" -> 302;
          case "SEE_OTHER" -> 303;
          case "TEMPORARY_REDIRECT" -> 307;
          case "PERMANENT_REDIRECT" -> 308;
          default -> 301;
        };
    Optional<String> scheme =
        message.bool("https_redirect", false)
            ? Optional.of("https")
            : notEmpty(message, "scheme_redirect").map(text -> text.toLowerCase(Locale.ROOT));
    int port = message.integer("port_redirect", 0, 65_535, 0);
    return new RouteAction.Redirect(
        scheme,
        notEmpty(message, "host_redirect"),
        port == 0 ? OptionalInt.empty() : OptionalInt.of(port),
        notEmpty(message, "path_redirect"),
        prefixRewrite(message),
        status,
        message.bool("strip_query", false));
  }

  private static RouteAction.DirectResponse directResponse(Message message) {
    int status = message.integer("status", 200, 599, 0);
    if (status == 0) {
      throw message.invalid("status", "is required: 200 to 599");
    }
    return new RouteAction.DirectResponse(
        status, message.message("body").map(RouteDecoder::body).orElse(""), Optional.empty());
  }

  private static String body(Message source) {
    if (source.has("filename")) {
      throw source.invalid("filename", "is not supported here; give inline_string");
    }
    String field = source.has("inline_bytes") ? "inline_bytes" : "inline_string";
    byte[] bytes =
        source
            .bytes("inline_bytes")
            .orElseGet(() -> source.string("inline_string").getBytes(StandardCharsets.UTF_8));
    if (bytes.length > MAX_DIRECT_RESPONSE_BYTES) {
      throw source.invalid(
          field,
          "has " + bytes.length + " bytes; at most " + MAX_DIRECT_RESPONSE_BYTES + " are taken");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException notText) {
      throw source.invalid(field, "is not UTF-8; right would be text");
    }
  }
}
