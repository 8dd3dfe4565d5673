package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.model.FractionalPercent;
import dev.proxyless.mesh.model.RetryOn;
import dev.proxyless.mesh.model.RetryPolicy;
import dev.proxyless.mesh.model.Route;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.RouteAction.ClusterSpecifier;
import dev.proxyless.mesh.model.RouteAction.ClusterWeight;
import dev.proxyless.mesh.model.RouteAction.MaxStreamDuration;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.RouteMatch;
import dev.proxyless.mesh.model.RouteMatch.PathMatch;
import dev.proxyless.mesh.model.VirtualHost;
import dev.proxyless.mesh.proto.Findings;
import dev.proxyless.mesh.proto.InvalidMessageException;
import dev.proxyless.mesh.proto.Message;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Decodes route configurations. */
final class RouteDecoder {

  private static final int MAX_DIRECT_RESPONSE_BYTES = 4_096;
  private static final String PREVIOUS_HOSTS = "envoy.retry_host_predicates.previous_hosts";

  private final Findings findings;
  private final Checks checks;

  RouteDecoder(Findings findings, Checks checks) {
    this.findings = findings;
    this.checks = checks;
  }

  RouteConfiguration routeConfiguration(Message message) {
    RouteConfiguration configuration =
        new RouteConfiguration(
            message.string("name"),
            message.messages("virtual_hosts").stream().map(this::virtualHost).toList(),
            message.bool("ignore_port_in_host_matching", false));
    try {
      checks.routes(configuration);
    } catch (InvalidMessageException invalid) {
      throw message.path().isEmpty()
          ? invalid
          : new InvalidMessageException(message.path(), String.valueOf(invalid.getMessage()));
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
        message.message("retry_policy").map(this::retryPolicy),
        message.bool("include_request_attempt_count", false),
        message.bool("include_attempt_count_in_response", false));
  }

  private Route route(Message message) {
    return new Route(
        message.string("name"), match(message.requiredMessage("match")), action(message));
  }

  private RouteMatch match(Message message) {
    return new RouteMatch(
        path(message),
        message.bool("case_sensitive", true),
        Matchers.headers(message, "headers"),
        message.messages("query_parameters").stream().map(Matchers::query).toList(),
        message.message("runtime_fraction").map(RouteDecoder::fraction),
        message.has("grpc"));
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

  private static FractionalPercent fraction(Message runtime) {
    Message percent = runtime.requiredMessage("default_value");
    int denominator =
        switch (percent.enumName("denominator")) {
          case "TEN_THOUSAND" -> 10_000;
          case "MILLION" -> 1_000_000;
          default -> 100;
        };
    return new FractionalPercent(percent.number("numerator", 0), denominator);
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
        message.duration("timeout"),
        message
            .message("max_stream_duration")
            .map(stream -> new MaxStreamDuration(stream.duration("max_stream_duration"))),
        message.message("retry_policy").map(this::retryPolicy),
        notEmpty(message, "prefix_rewrite"),
        notEmpty(message, "host_rewrite_literal"));
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
    return new ClusterSpecifier.Weighted(weights, notEmpty(weighted, "header_name"));
  }

  private static ClusterWeight weight(Message message) {
    if (!message.has("weight")) {
      throw message.invalid("weight", "is required; 0 takes no traffic");
    }
    return new ClusterWeight(message.requiredString("name"), message.number("weight", 0));
  }

  RetryPolicy retryPolicy(Message message) {
    Duration base = RetryPolicy.DEFAULT_BASE_INTERVAL;
    Duration max = base.multipliedBy(10);
    Optional<Message> backOff = message.message("retry_back_off");
    if (backOff.isPresent()) {
      base =
          backOff
              .get()
              .duration("base_interval")
              .filter(interval -> !interval.isZero())
              .orElseThrow(() -> backOff.get().invalid("base_interval", "must be more than 0"));
      max = backOff.get().duration("max_interval").orElse(base.multipliedBy(10));
      if (max.compareTo(base) < 0) {
        throw backOff.get().invalid("max_interval", "is " + max + ", less than base_interval");
      }
    }
    return new RetryPolicy(
        retryOn(message),
        message.integer("num_retries", 0, Integer.MAX_VALUE, 1),
        message.duration("per_try_timeout"),
        message.numbers("retriable_status_codes").stream().map(Math::toIntExact).toList(),
        Matchers.headers(message, "retriable_headers"),
        Matchers.headers(message, "retriable_request_headers"),
        base,
        max,
        previousHosts(message),
        message.integer("host_selection_retry_max_attempts", 0, Integer.MAX_VALUE, 1));
  }

  private Set<RetryOn> retryOn(Message message) {
    Set<RetryOn> conditions = EnumSet.noneOf(RetryOn.class);
    for (String token : message.string("retry_on").split(",")) {
      String word = token.strip();
      RetryOn.of(word)
          .ifPresentOrElse(
              conditions::add,
              () -> {
                if (!word.isEmpty()) {
                  findings.report(
                      message.path("retry_on"),
                      "the condition \"" + word + "\" is unknown; it never holds");
                }
              });
    }
    return conditions;
  }

  private boolean previousHosts(Message message) {
    boolean found = false;
    for (Message predicate : message.messages("retry_host_predicate")) {
      if (predicate.string("name").equals(PREVIOUS_HOSTS)) {
        found = true;
      } else {
        findings.report(
            predicate.path("name"),
            "\"" + predicate.string("name") + "\" is not supported; it rejects no host");
      }
    }
    return found;
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
        notEmpty(message, "prefix_rewrite"),
        status,
        message.bool("strip_query", false));
  }

  private static RouteAction.DirectResponse directResponse(Message message) {
    int status = message.integer("status", 200, 599, 0);
    if (status == 0) {
      throw message.invalid("status", "is required: 200 to 599");
    }
    String body = "";
    if (message.has("body")) {
      Message source = message.requiredMessage("body");
      if (source.has("filename")) {
        throw source.invalid("filename", "is not supported here; give inline_string");
      }
      body =
          source
              .bytes("inline_bytes")
              .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
              .orElseGet(() -> source.string("inline_string"));
    }
    if (body.length() > MAX_DIRECT_RESPONSE_BYTES) {
      throw message.invalid(
          "body",
          "has " + body.length() + " bytes; at most " + MAX_DIRECT_RESPONSE_BYTES + " are taken");
    }
    return new RouteAction.DirectResponse(status, body);
  }
}
