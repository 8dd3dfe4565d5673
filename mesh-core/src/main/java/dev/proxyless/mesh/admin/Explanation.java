package dev.proxyless.mesh.admin;

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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Where a request would go, and why.
 *
 * @param action {@code forward}, {@code redirect}, {@code direct_response}, {@code pass_through},
 *     {@code no_route} or {@code no_cluster}
 * @param virtualHost the virtual host that takes it; empty where none does
 * @param route the name of the route that takes it; empty where none does
 * @param cluster where it is sent; empty where it is not
 * @param endpoints of that cluster, those set aside marked so
 * @param why each step, in order
 */
public record Explanation(
    String action,
    String virtualHost,
    String route,
    String cluster,
    List<String> endpoints,
    List<String> why) {

  /** Explains a request by a view of the mesh; {@code random} picks among weighted clusters. */
  public static Explanation of(MeshView view, RequestHead head, long random) {
    OutboundChain chain = view.outbound(head);
    if (chain == null) {
      return new Explanation(
          "pass_through",
          "",
          "",
          "",
          List.of(),
          List.of(
              "no listener takes requests to port " + head.port() + ": the mesh leaves it alone"));
    }
    List<String> why = new ArrayList<>();
    why.add("routes " + chain.table().configuration().name() + " serve port " + head.port());
    why.addAll(chain.table().explain(head, random));
    String virtualHost =
        chain.table().virtualHost(head.authority()).map(host -> host.name()).orElse("");
    RouteEntry route = chain.table().find(head, random);
    if (route == null) {
      return new Explanation("no_route", virtualHost, "", "", List.of(), List.copyOf(why));
    }
    if (route.action() instanceof RouteAction.Redirect redirect) {
      why.add("it redirects to " + route.redirectLocation(redirect, head));
      return new Explanation(
          "redirect", virtualHost, route.name(), "", List.of(), List.copyOf(why));
    }
    if (route.action() instanceof RouteAction.DirectResponse direct) {
      why.add("it answers " + direct.status() + " by itself");
      return new Explanation(
          "direct_response", virtualHost, route.name(), "", List.of(), List.copyOf(why));
    }
    return forward(view, head, random, virtualHost, route, why);
  }

  private static Explanation forward(
      MeshView view,
      RequestHead head,
      long random,
      String virtualHost,
      RouteEntry route,
      List<String> why) {
    String cluster = route.target(head, random).cluster();
    RouteAction.Forward forward = (RouteAction.Forward) route.action();
    if (forward.cluster() instanceof RouteAction.ClusterSpecifier.Weighted weighted) {
      why.add("its weights are " + weights(weighted) + "; this request is sent to " + cluster);
    }
    why.add(
        "timeout "
            + forward.timeout().orElse(RouteAction.Forward.DEFAULT_TIMEOUT).toMillis()
            + " ms"
            + (forward.timeout().isEmpty() ? " (the default)" : "")
            + ", "
            + route.retryRules().map(rules -> retries(rules.policy())).orElse("no retries"));
    Target target = view.cluster(cluster);
    if (target == null) {
      why.add("cluster " + cluster + " is not known");
      return new Explanation(
          "no_cluster", virtualHost, route.name(), cluster, List.of(), List.copyOf(why));
    }
    if (target.upstream().config().discovery() instanceof Discovery.OriginalDst) {
      why.add("cluster " + cluster + " is where it was going anyway");
      return new Explanation(
          "pass_through", virtualHost, route.name(), cluster, List.of(), List.copyOf(why));
    }
    why.add("cluster " + cluster + " has " + source(target.upstream().config().discovery()));
    return new Explanation(
        "forward",
        virtualHost,
        route.name(),
        cluster,
        target.upstream().endpoints().stream().map(Explanation::endpoint).toList(),
        List.copyOf(why));
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

  /** As plain values for JSON; what is absent is null. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("action", action);
    putUnlessEmpty(map, "virtual_host", virtualHost);
    putUnlessEmpty(map, "route", route);
    putUnlessEmpty(map, "cluster", cluster);
    map.put("endpoints", endpoints);
    map.put("why", why);
    return map;
  }

  private static void putUnlessEmpty(Map<String, Object> map, String key, String value) {
    if (!value.isEmpty()) {
      map.put(key, value);
    }
  }
}
