package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.RouteAction.MaxStreamDuration;
import dev.proxyless.mesh.model.RouteAction.Priority;
import dev.proxyless.mesh.model.RouteAction.RouteTimeouts;
import dev.proxyless.mesh.model.RouteMatch.PathMatch;
import dev.proxyless.mesh.proto.Findings;
import dev.proxyless.mesh.proto.Message;

/** Decodes what becomes of a request that a route took. */
final class RouteActionDecoder {

  private final RetryPolicyDecoder retries;
  private final RewriteDecoder rewrites;
  private final InternalRedirectDecoder internalRedirects;
  private final ClusterSpecifierDecoder clusters;
  private final LocalAnswerDecoder answers;

  /** Decodes for a configuration, whose plugins and bounds count for all of its routes. */
  RouteActionDecoder(Message configuration, Findings findings, Checks checks) {
    retries = new RetryPolicyDecoder(findings);
    rewrites = new RewriteDecoder(findings);
    internalRedirects = new InternalRedirectDecoder(findings);
    clusters = new ClusterSpecifierDecoder(configuration, findings);
    answers = new LocalAnswerDecoder(configuration, findings, checks);
  }

  RouteAction action(Message route, PathMatch match) {
    if (route.has("route")) {
      return forward(route.requiredMessage("route"), match);
    }
    if (route.has("redirect")) {
      return answers.redirect(route.requiredMessage("redirect"), match);
    }
    if (route.has("direct_response")) {
      return answers.directResponse(route.requiredMessage("direct_response"));
    }
    if (route.has("non_forwarding_action")) {
      return new RouteAction.NonForwarding();
    }
    throw route.invalid(
        "action", "is required: route, redirect, direct_response or non_forwarding_action");
  }

  private RouteAction.Forward forward(Message message, PathMatch match) {
    int notFound =
        switch (message.enumName("cluster_not_found_response_code")) {
          case "NOT_FOUND" -> 404;
          case "INTERNAL_SERVER_ERROR" -> 500;
          default -> 503;
        };
    return new RouteAction.Forward(
        clusters.cluster(message),
        notFound,
        Extensions.metadata(message, "metadata_match"),
        Priority.valueOf(message.enumName("priority")),
        rewrites.path(message, match),
        RewriteDecoder.host(message),
        message.bool("append_x_forwarded_host", false),
        timeouts(message),
        message.message("retry_policy").map(retries::retryPolicy),
        message.message("hedge_policy").map(RoutePolicyDecoder::hedge),
        RoutePolicyDecoder.hashPolicies(message),
        RoutePolicyDecoder.mirrors(message),
        internalRedirects.policy(message),
        RoutePolicyDecoder.upgrades(message));
  }

  private static RouteTimeouts timeouts(Message message) {
    return new RouteTimeouts(
        message.duration("timeout"),
        message.message("max_stream_duration").map(RouteActionDecoder::maxStreamDuration),
        message.duration("max_grpc_timeout"),
        message.duration("grpc_timeout_offset"),
        message.duration("idle_timeout"));
  }

  private static MaxStreamDuration maxStreamDuration(Message message) {
    return new MaxStreamDuration(
        message.duration("max_stream_duration"),
        message.duration("grpc_timeout_header_max"),
        message.duration("grpc_timeout_header_offset"));
  }
}
