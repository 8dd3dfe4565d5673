package dev.proxyless.mesh.admin;

import dev.proxyless.mesh.call.Header;
import dev.proxyless.mesh.call.MeshView;
import dev.proxyless.mesh.call.MeshView.OutboundChain;
import dev.proxyless.mesh.call.MeshView.Target;
import dev.proxyless.mesh.cluster.Endpoint;
import dev.proxyless.mesh.model.Cluster.Discovery;
import dev.proxyless.mesh.model.RetryOn;
import dev.proxyless.mesh.model.RetryPolicy;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.route.RequestHead;
import dev.proxyless.mesh.route.RouteEntry;
import dev.proxyless.mesh.route.StreamInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** Makes one explanation. */
final class Explainer {

  private final MeshView view;
  private final RequestHead head;
  private final long random;
  private final List<String> why = new ArrayList<>();

  Explainer(MeshView view, RequestHead head, long random, Optional<Boolean> trusted) {
    this.view = view;
    this.head = head;
    this.random = random;
  }

  private Explanation answer(
      String action, String virtualHost, String route, String cluster, List<String> endpoints) {
    List<Header> none = List.of();
    return new Explanation(
        action,
        virtualHost,
        route,
        cluster,
        endpoints,
        OptionalInt.empty(),
        Optional.empty(),
        Optional.empty(),
        none,
        none,
        OptionalLong.empty(),
        Optional.empty(),
        List.copyOf(why));
  }

  Explanation explain() {
    OutboundChain chain = view.outbound(head);
    if (chain == null) {
      why.add("no listener takes requests to port " + head.port() + ": the mesh leaves it alone");
      return answer("pass_through", "", "", "", List.of());
    }
    why.add("routes " + chain.table().configuration().name() + " serve port " + head.port());
    why.addAll(chain.table().explain(head, StreamInfo.of(random)));
    String virtualHost =
        chain.table().virtualHost(head.authority()).map(host -> host.name()).orElse("");
    RouteEntry route = chain.table().find(head, random);
    if (route == null) {
      return answer("no_route", virtualHost, "", "", List.of());
    }
    if (route.action() instanceof RouteAction.Redirect redirect) {
      why.add("it redirects to " + route.redirectLocation(redirect, head));
      return answer("redirect", virtualHost, route.name(), "", List.of());
    }
    if (route.action() instanceof RouteAction.DirectResponse direct) {
      why.add("it answers " + direct.status() + " by itself");
      return answer("direct_response", virtualHost, route.name(), "", List.of());
    }
    return forward(virtualHost, route);
  }

  private Explanation forward(String virtualHost, RouteEntry route) {
    String cluster = route.target(head, StreamInfo.of(random)).cluster();
    RouteAction.Forward forward = (RouteAction.Forward) route.action();
    if (forward.cluster() instanceof RouteAction.ClusterSpecifier.Weighted weighted) {
      why.add("its weights are " + weights(weighted) + "; this request is sent to " + cluster);
    }
    why.add(
        "timeout "
            + forward
                .timeouts()
                .timeout()
                .orElse(RouteAction.RouteTimeouts.DEFAULT_TIMEOUT)
                .toMillis()
            + " ms"
            + (forward.timeouts().timeout().isEmpty() ? " (the default)" : "")
            + ", "
            + route.retryRules().map(rules -> retries(rules.policy())).orElse("no retries"));
    Target target = view.cluster(cluster);
    if (target == null) {
      why.add("cluster " + cluster + " is not known");
      return answer("no_cluster", virtualHost, route.name(), cluster, List.of());
    }
    if (target.upstream().config().discovery() instanceof Discovery.OriginalDst) {
      why.add("cluster " + cluster + " is where it was going anyway");
      return answer("pass_through", virtualHost, route.name(), cluster, List.of());
    }
    why.add("cluster " + cluster + " has " + source(target.upstream().config().discovery()));
    return answer(
        "forward",
        virtualHost,
        route.name(),
        cluster,
        target.upstream().endpoints().stream().map(Explainer::endpoint).toList());
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
    return policy.numRetries()
        + " retries on "
        + conditions
        + policy
            .perTryTimeout()
            .filter(each -> !each.isZero())
            .map(each -> ", each try at most " + each.toMillis() + " ms")
            .orElse("");
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
