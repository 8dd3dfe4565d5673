package dev.proxyless.mesh.appmesh;

import dev.proxyless.mesh.appmesh.AppMesh.HeaderMatch;
import dev.proxyless.mesh.appmesh.AppMesh.RetryPolicy;
import dev.proxyless.mesh.appmesh.AppMesh.Route;
import dev.proxyless.mesh.appmesh.AppMesh.RouteMatch;
import dev.proxyless.mesh.appmesh.AppMesh.Timeout;
import dev.proxyless.mesh.appmesh.AppMesh.WeightedTarget;
import dev.proxyless.mesh.proto.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Translates HTTP routes: their order, matches, targets, retries and timeouts. */
final class Routes {

  private static final Set<Integer> SERVER_ERRORS =
      new TreeSet<>(Set.of(500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511));
  private static final Set<Integer> GATEWAY_ERRORS = new TreeSet<>(Set.of(502, 503, 504));
  private static final int HOST_SELECTION_ATTEMPTS = 5;

  private final boolean defaultRetryPolicy;

  Routes(boolean defaultRetryPolicy) {
    this.defaultRetryPolicy = defaultRetryPolicy;
  }

  /**
   * The routes that serve a port, in the order in which they are tried: by priority; then, where
   * App Mesh promised nothing more than "longest prefix first", exact paths before prefixes before
   * expressions, longer before shorter, more conditions before fewer, and by name.
   */
  static List<Map.Entry<String, Route>> ordered(Map<String, Route> routes, int port) {
    List<Map.Entry<String, Route>> ordered = new ArrayList<>();
    for (Map.Entry<String, Route> each : routes.entrySet()) {
      if (each.getValue().match().port().orElse(port) == port) {
        ordered.add(each);
      }
    }
    Comparator<Map.Entry<String, Route>> order =
        Comparator.comparingInt(each -> each.getValue().priority());
    order =
        order
            .thenComparingInt(each -> rank(each.getValue().match().path().kind()))
            .thenComparingInt(each -> -each.getValue().match().path().value().length())
            .thenComparingInt(each -> -conditions(each.getValue().match()))
            .thenComparing(Map.Entry::getKey);
    ordered.sort(order);
    return ordered;
  }

  private static int rank(String kind) {
    return switch (kind) {
      case "exact" -> 0;
      case "prefix" -> 1;
      default -> 2;
    };
  }

  private static int conditions(RouteMatch match) {
    return match.headers().size()
        + match.queryParameters().size()
        + (match.method().isPresent() ? 1 : 0)
        + (match.scheme().isPresent() ? 1 : 0);
  }

  Message route(String name, Route route, Function<WeightedTarget, String> cluster) {
    return Message.of(
        "envoy.config.route.v3.Route",
        message ->
            message
                .set("name", name)
                .set("match", match -> match(match, route.match()))
                .set(
                    "route",
                    action -> {
                      action.set(
                          "weighted_clusters", weighted -> targets(weighted, route, cluster));
                      policies(action, route.retryPolicy(), route.timeout());
                    }));
  }

  private static void targets(
      Message.Builder weighted, Route route, Function<WeightedTarget, String> cluster) {
    for (WeightedTarget target : route.targets()) {
      weighted.add(
          "clusters",
          entry -> entry.set("name", cluster.apply(target)).set("weight", target.weight()));
    }
  }

  private static void match(Message.Builder message, RouteMatch match) {
    switch (match.path().kind()) {
      case "exact" -> message.set("path", match.path().value());
      case "regex" -> message.set("safe_regex", regex -> regex.set("regex", match.path().value()));
      default -> message.set("prefix", match.path().value());
    }
    match.method().ifPresent(method -> exactHeader(message, ":method", method));
    match.scheme().ifPresent(scheme -> exactHeader(message, ":scheme", scheme));
    match.headers().forEach(header -> message.add("headers", each -> header(each, header)));
    match
        .queryParameters()
        .forEach(
            query ->
                message.add(
                    "query_parameters",
                    each -> {
                      each.set("name", query.name());
                      query
                          .exact()
                          .ifPresentOrElse(
                              exact -> each.set("string_match", text -> text.set("exact", exact)),
                              () -> each.set("present_match", true));
                    }));
  }

  private static void exactHeader(Message.Builder message, String name, String value) {
    message.add(
        "headers",
        header -> header.set("name", name).set("string_match", text -> text.set("exact", value)));
  }

  private static void header(Message.Builder message, HeaderMatch header) {
    message.set("name", header.name());
    switch (header.kind()) {
      case "" -> message.set("present_match", true);
      case "range" ->
          message.set(
              "range_match", range -> range.set("start", header.start()).set("end", header.end()));
      case "regex" ->
          message.set(
              "string_match",
              text -> text.set("safe_regex", regex -> regex.set("regex", header.value())));
      default -> message.set("string_match", text -> text.set(header.kind(), header.value()));
    }
    if (header.invert()) {
      message.set("invert_match", true);
    }
  }

  /**
   * Timeouts and retries. A route that says nothing of either gets Envoy's 15 s and the default
   * policy.
   */
  void policies(Message.Builder action, Optional<RetryPolicy> retryPolicy, Timeout timeout) {
    timeout.perRequest().ifPresent(each -> action.set("timeout", each));
    timeout.idle().ifPresent(each -> action.set("idle_timeout", each));
    if (retryPolicy.isPresent()) {
      action.set("retry_policy", retry -> retryPolicy(retry, retryPolicy.get()));
    } else if (defaultRetryPolicy) {
      action.set("retry_policy", Routes::defaultRetryPolicy);
    }
  }

  /** What each event stands for in Envoy's terms, as AWS's staff told and dumps show. */
  private static void retryPolicy(Message.Builder message, RetryPolicy policy) {
    Set<String> conditions = new LinkedHashSet<>();
    Set<Integer> codes = new TreeSet<>();
    for (String event : policy.httpEvents()) {
      switch (event) {
        case "server-error" -> {
          conditions.add("reset");
          codes.addAll(SERVER_ERRORS);
        }
        case "gateway-error" -> {
          conditions.add("reset");
          codes.addAll(GATEWAY_ERRORS);
        }
        case "client-error" -> codes.add(409);
        default -> conditions.add("refused-stream");
      }
    }
    if (!policy.tcpEvents().isEmpty()) {
      conditions.add("connect-failure");
    }
    if (!codes.isEmpty()) {
      conditions.add("retriable-status-codes");
    }
    retries(message, conditions, policy.maxRetries(), codes);
    if (!policy.perRetryTimeout().equals(Duration.ZERO)) {
      message.set("per_try_timeout", policy.perRetryTimeout());
    }
  }

  private static void defaultRetryPolicy(Message.Builder message) {
    retries(
        message,
        List.of(
            "unavailable", "connect-failure", "refused-stream", "reset", "retriable-status-codes"),
        2,
        Set.of(503));
  }

  private static void retries(
      Message.Builder message, Iterable<String> conditions, long retries, Set<Integer> codes) {
    message
        .set("retry_on", String.join(",", conditions))
        .set("num_retries", retries)
        .addAll("retriable_status_codes", codes.stream().map(Long::valueOf).toList())
        .add(
            "retry_host_predicate",
            predicate ->
                predicate
                    .set("name", "envoy.retry_host_predicates.previous_hosts")
                    .set(
                        "typed_config",
                        Xds.empty(
                            "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate")))
        .set("host_selection_retry_max_attempts", HOST_SELECTION_ATTEMPTS);
  }
}
