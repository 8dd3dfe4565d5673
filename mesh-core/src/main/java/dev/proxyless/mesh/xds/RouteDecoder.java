package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.model.Decorator;
import dev.proxyless.mesh.model.HeaderMatcher;
import dev.proxyless.mesh.model.Route;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.RouteMatch;
import dev.proxyless.mesh.model.VirtualCluster;
import dev.proxyless.mesh.model.VirtualHost;
import dev.proxyless.mesh.model.VirtualHost.RequireTls;
import dev.proxyless.mesh.proto.Findings;
import dev.proxyless.mesh.proto.InvalidMessageException;
import dev.proxyless.mesh.proto.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Decodes one route configuration. */
final class RouteDecoder {

  private final Message message;
  private final Findings findings;
  private final Checks checks;
  private final RouteMatchDecoder matches;
  private final RouteActionDecoder actions;
  private final RetryPolicyDecoder retries;

  private RouteDecoder(Message message, Findings findings, Checks checks) {
    this.message = message;
    this.findings = findings;
    this.checks = checks;
    matches = new RouteMatchDecoder(findings);
    actions = new RouteActionDecoder(message, findings, checks);
    retries = new RetryPolicyDecoder(findings);
  }

  /** Decodes a route configuration and has it checked as a whole. */
  static RouteConfiguration decode(Message message, Findings findings, Checks checks) {
    return new RouteDecoder(message, findings, checks).routeConfiguration();
  }

  private RouteConfiguration routeConfiguration() {
    RouteConfiguration configuration =
        new RouteConfiguration(
            message.string("name"),
            message.messages("virtual_hosts").stream().map(this::virtualHost).toList(),
            Texts.headerNames(message, "internal_only_headers").stream()
                .filter(name -> !name.isEmpty())
                .toList(),
            HeaderMutationDecoder.request(message),
            HeaderMutationDecoder.response(message),
            message.bool("most_specific_header_mutations_wins", false),
            message.has("validate_clusters")
                ? Optional.of(message.bool("validate_clusters", false))
                : Optional.empty(),
            RoutePolicyDecoder.mirrors(message),
            message.bool("ignore_port_in_host_matching", false),
            message.bool("ignore_path_parameters_in_path_matching", false),
            Extensions.filterConfigs(message, findings),
            Optional.of(Texts.headerName(message, "vhost_header")).filter(name -> !name.isEmpty()));
    try {
      checks.routes(configuration);
    } catch (InvalidMessageException invalid) {
      throw invalid.in(message.path());
    }
    return configuration;
  }

  private VirtualHost virtualHost(Message host) {
    if (host.has("matcher") && host.has("routes")) {
      throw host.invalid("matcher", "excludes routes, which is set too");
    }
    return new VirtualHost(
        host.requiredString("name"),
        domains(host),
        host.messages("routes").stream().map(this::route).toList(),
        host.message("matcher")
            .map(matcher -> new MatcherTreeDecoder(findings, this::route).tree(matcher)),
        RequireTls.valueOf(host.enumName("require_tls")),
        host.messages("virtual_clusters").stream().map(RouteDecoder::virtualCluster).toList(),
        HeaderMutationDecoder.request(host),
        HeaderMutationDecoder.response(host),
        host.message("retry_policy").map(retries::retryPolicy),
        host.message("hedge_policy").map(RoutePolicyDecoder::hedge),
        RoutePolicyDecoder.mirrors(host),
        host.bool("include_request_attempt_count", false),
        host.bool("include_attempt_count_in_response", false),
        host.bool("include_is_timeout_retry_header", false),
        bodyLimit(host),
        Extensions.filterConfigs(host, findings),
        Extensions.metadata(host, "metadata"));
  }

  private static List<String> domains(Message host) {
    List<String> domains = new ArrayList<>();
    for (String domain : host.strings("domains")) {
      domains.add(Texts.checked(host, "domains[" + domains.size() + "]", domain));
    }
    if (domains.isEmpty()) {
      throw host.invalid("domains", "is empty; right would be at least one domain");
    }
    return List.copyOf(domains);
  }

  private static VirtualCluster virtualCluster(Message cluster) {
    String name = cluster.requiredString("name");
    List<HeaderMatcher> headers = Matchers.headers(cluster, "headers");
    if (headers.isEmpty()) {
      throw cluster.invalid("headers", "is empty; right would be at least one matcher");
    }
    return new VirtualCluster(name, headers);
  }

  private Route route(Message route) {
    RouteMatch match = matches.match(route.requiredMessage("match"));
    return new Route(
        route.string("name"),
        match,
        actions.action(route, match.path()),
        HeaderMutationDecoder.request(route),
        HeaderMutationDecoder.response(route),
        route
            .message("decorator")
            .map(
                decorator ->
                    new Decorator(
                        decorator.requiredString("operation"), decorator.bool("propagate", true))),
        bodyLimit(route),
        Extensions.filterConfigs(route, findings),
        Extensions.metadata(route, "metadata"));
  }

  /** The older field counts where the newer one is not set. Beyond 63 bits there is no bound. */
  private static OptionalLong bodyLimit(Message level) {
    for (String field : List.of("request_body_buffer_limit", "per_request_buffer_limit_bytes")) {
      if (level.has(field)) {
        long limit = level.number(field, 0);
        return OptionalLong.of(limit < 0 ? Long.MAX_VALUE : limit);
      }
    }
    return OptionalLong.empty();
  }
}
