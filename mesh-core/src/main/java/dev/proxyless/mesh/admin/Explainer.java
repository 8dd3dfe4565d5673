package dev.proxyless.mesh.admin;

import dev.proxyless.mesh.call.CallContext;
import dev.proxyless.mesh.call.Header;
import dev.proxyless.mesh.call.HeaderLines;
import dev.proxyless.mesh.call.LocalReply;
import dev.proxyless.mesh.call.MeshView;
import dev.proxyless.mesh.call.MeshView.OutboundChain;
import dev.proxyless.mesh.call.Routed;
import dev.proxyless.mesh.call.Routing;
import dev.proxyless.mesh.cluster.Endpoint;
import dev.proxyless.mesh.model.Cluster.Discovery;
import dev.proxyless.mesh.model.RetryOn;
import dev.proxyless.mesh.model.RetryPolicy;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.route.RequestHead;
import dev.proxyless.mesh.route.RouteEntry;
import dev.proxyless.mesh.route.StreamInfo;
import dev.proxyless.mesh.telemetry.CallInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** Makes one explanation: the decision that a call would get, told with its reasons. */
final class Explainer {

  private final MeshView view;
  private final RequestHead head;
  private final long random;
  private final Optional<Boolean> trusted;
  private final List<String> why = new ArrayList<>();

  Explainer(MeshView view, RequestHead head, long random, Optional<Boolean> trusted) {
    this.view = view;
    this.head = head;
    this.random = random;
    this.trusted = trusted;
  }

  Explanation explain() {
    OutboundChain chain = view.outbound(head);
    if (chain == null) {
      why.add("no listener takes requests to port " + head.port() + ": the mesh leaves it alone");
      return through("", "", "");
    }
    String routes = chain.table().configuration().name();
    why.add((routes.isEmpty() ? "the routes" : "routes " + routes) + " serve port " + head.port());
    Routing routing = new Routing(view, chain, CallContext.NONE, StreamInfo.Around.NOTHING);
    why.addAll(routing.explain(head, random, trusted));
    Routed routed = routing.route(head, random, trusted);
    if (routed instanceof Routed.Answered answered) {
      return answered(answered.action(), answered.reply());
    }
    if (routed instanceof Routed.Through through) {
      CallInfo info = through.info();
      why.add("cluster " + info.cluster() + " is where it was going anyway");
      return through(info.virtualHost(), info.route(), info.cluster());
    }
    return forward((Routed.Upstream) routed);
  }

  private Explanation through(String virtualHost, String route, String cluster) {
    return new Explanation(
        "pass_through",
        virtualHost,
        route,
        cluster,
        List.of(),
        OptionalInt.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        List.of(),
        OptionalLong.empty(),
        Optional.empty(),
        List.copyOf(why));
  }

  private Explanation answered(String action, LocalReply reply) {
    CallInfo info = reply.info();
    Optional<String> location =
        reply.headers().stream()
            .filter(line -> line.name().equals("location"))
            .map(Header::value)
            .findFirst();
    switch (action) {
      case "redirect" -> why.add("it redirects to " + location.orElse("nowhere"));
      case "direct_response" -> why.add("it answers " + reply.status() + " by itself");
      case "refuse" -> why.add("it is refused with " + reply.status() + ": " + info.details());
      case "no_cluster" -> why.add(info.explanation());
      default -> {} // each route has told why it does not take it
    }
    return new Explanation(
        action,
        info.virtualHost(),
        info.route(),
        info.cluster(),
        List.of(),
        OptionalInt.of(reply.status()),
        location,
        Optional.of(reply.body()),
        withLength(reply),
        List.of(),
        OptionalLong.empty(),
        Optional.empty(),
        List.copyOf(why));
  }

  /** With the length of no body, which HTTP/1 tells, as RFC 9110, 8.6 wants it. */
  private List<Header> withLength(LocalReply reply) {
    int status = reply.status();
    boolean untold = status < 200 || status == 204 || status == 304;
    if (!reply.body().isEmpty() || untold || head.method().equals("HEAD")) {
      return reply.headers();
    }
    List<Header> lines = new ArrayList<>(reply.headers());
    lines.add(new Header("content-length", "0"));
    return List.copyOf(lines);
  }

  private Explanation forward(Routed.Upstream routed) {
    RouteEntry route = routed.route();
    String cluster = routed.routed().cluster();
    RouteAction.Forward forward = (RouteAction.Forward) route.action();
    if (forward.cluster() instanceof RouteAction.ClusterSpecifier.Weighted weighted) {
      why.add("its weights are " + weights(weighted) + "; this request is sent to " + cluster);
    }
    Optional<Map<String, Object>> retry = routed.retryRules().map(rules -> retry(routed));
    why.add(
        "bounded by "
            + routed.boundWords().replaceFirst(",$", "")
            + "; "
            + routed.retryRules().map(rules -> retries(rules.policy())).orElse("no retries")
            + (routed.perTryTimeoutMillis() == 0
                ? ""
                : ", each try at most " + routed.perTryTimeoutMillis() + " ms"));
    why.add(
        "cluster " + cluster + " has " + source(routed.target().upstream().config().discovery()));
    return new Explanation(
        "forward",
        route.virtualHost().name(),
        route.name(),
        cluster,
        routed.target().upstream().endpoints().stream().map(Explainer::endpoint).toList(),
        OptionalInt.empty(),
        Optional.empty(),
        Optional.empty(),
        List.copyOf(routed.responseHeaders()),
        requestHeaders(routed),
        OptionalLong.of(routed.timeoutMillis()),
        retry,
        List.copyOf(why));
  }

  private List<Header> requestHeaders(Routed.Upstream routed) {
    List<Header> lines = new ArrayList<>();
    for (int i = 0; i < head.headerCount(); i++) {
      String name = head.headerName(i).toLowerCase(Locale.ROOT);
      if (!name.equals("host")) {
        lines.add(new Header(name, head.headerValue(i)));
      }
    }
    List<Header> sent = new ArrayList<>();
    sent.add(new Header(":authority", routed.authority()));
    sent.add(new Header(":path", routed.path()));
    sent.add(new Header(":method", routed.head().method()));
    sent.addAll(HeaderLines.edited(lines, routed.edits()));
    return List.copyOf(sent);
  }

  private static Map<String, Object> retry(Routed.Upstream routed) {
    RetryPolicy policy = routed.retryRules().orElseThrow().policy();
    Map<String, Object> retry = new LinkedHashMap<>();
    retry.put("retry_on", policy.retryOn().stream().map(RetryOn::token).sorted().toList());
    retry.put("num_retries", policy.numRetries());
    retry.put("per_try_timeout_ms", routed.perTryTimeoutMillis());
    retry.put("retriable_status_codes", policy.retriableStatusCodes());
    retry.put("base_interval_ms", policy.backOff().baseInterval().toMillis());
    retry.put("max_interval_ms", policy.backOff().maxInterval().toMillis());
    retry.put("previous_hosts", policy.hostSelection().previousHosts());
    retry.put("host_selection_retry_max_attempts", policy.hostSelection().maxAttempts());
    return retry;
  }

  private static String retries(RetryPolicy policy) {
    String conditions =
        policy.retryOn().stream()
            .map(
                condition ->
                    condition == RetryOn.RETRIABLE_STATUS_CODES
                        ? "status " + policy.retriableStatusCodes()
                        : condition.token())
            .collect(Collectors.joining(", "));
    return policy.numRetries() + " retries on " + conditions;
  }

  private static String source(Discovery discovery) {
    if (discovery instanceof Discovery.CloudMap cloudMap) {
      return "the instances of Cloud Map service "
          + cloudMap.service()
          + " in namespace "
          + cloudMap.namespace()
          + (cloudMap.attributes().isEmpty() ? "" : " with attributes " + cloudMap.attributes());
    }
    if (discovery instanceof Discovery.Dns dns) {
      return (dns.logical() ? "the first address of " : "all addresses of ")
          + dns.hosts().stream()
              .map(host -> host.host() + ":" + host.port())
              .collect(Collectors.joining(", "));
    }
    return discovery instanceof Discovery.Eds eds
        ? "the endpoints that EDS gives for " + eds.serviceName()
        : "the endpoints that its configuration names";
  }

  private static String weights(RouteAction.ClusterSpecifier.Weighted weighted) {
    StringBuilder words = new StringBuilder();
    weighted
        .clusters()
        .forEach(
            each ->
                words
                    .append(words.isEmpty() ? "" : ", ")
                    .append(each.name())
                    .append(' ')
                    .append(each.weight()));
    return words.toString();
  }

  private static String endpoint(Endpoint endpoint) {
    return endpoint.name() + (endpoint.isEjected() ? " (ejected)" : "");
  }
}
