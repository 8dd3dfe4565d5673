package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.FilterConfig;
import dev.proxyless.mesh.model.RequestMirrorPolicy;
import dev.proxyless.mesh.model.Route;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.VirtualHost;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Header mutations of a route and of the levels above it, in the order in which they are applied:
 * the least specific level last, so that its overwrites win, unless {@code
 * most_specific_header_mutations_wins}. What a weighted cluster's entry changes comes before all.
 * Mirror policies and settings of filters come from the same levels: of those, the most specific
 * ones hold. Immutable.
 */
final class Levels {

  private static final HeaderMutator[] NONE = {};

  /** No level changes anything. */
  static final Levels UNCHANGED =
      new Levels(false, NONE, NONE, Mirrors.NONE, Map.of(), VirtualClusters.NONE);

  private final boolean mostSpecificWins;
  private final HeaderMutator[] requests;
  private final HeaderMutator[] responses;

  private final Mirrors mirrors;
  private final Map<String, FilterConfig> filters;
  private final VirtualClusters virtualClusters;

  private Levels(
      boolean mostSpecificWins,
      HeaderMutator[] requests,
      HeaderMutator[] responses,
      Mirrors mirrors,
      Map<String, FilterConfig> filters,
      VirtualClusters virtualClusters) {
    this.mostSpecificWins = mostSpecificWins;
    this.requests = requests;
    this.responses = responses;
    this.mirrors = mirrors;
    this.filters = filters;
    this.virtualClusters = virtualClusters;
  }

  /** A route configuration's level alone. */
  static Levels of(RouteConfiguration configuration) {
    return new Levels(
            configuration.mostSpecificHeaderMutationsWins(),
            NONE,
            NONE,
            Mirrors.NONE,
            Map.of(),
            VirtualClusters.NONE)
        .with(
            HeaderMutator.ofRequests(configuration.requestHeaders(), ""),
            HeaderMutator.ofResponses(configuration.responseHeaders(), ""),
            configuration.requestMirrorPolicies(),
            configuration.typedPerFilterConfig(),
            VirtualClusters.NONE,
            "");
  }

  /** These levels and a virtual host's. */
  Levels with(VirtualHost virtualHost, String at) {
    return with(
        HeaderMutator.ofRequests(virtualHost.requestHeaders(), at),
        HeaderMutator.ofResponses(virtualHost.responseHeaders(), at),
        virtualHost.requestMirrorPolicies(),
        virtualHost.typedPerFilterConfig(),
        VirtualClusters.compile(virtualHost.virtualClusters(), at),
        at);
  }

  /** These levels and a route's. */
  Levels with(Route route, String at) {
    return with(
        HeaderMutator.ofRequests(route.requestHeaders(), at),
        HeaderMutator.ofResponses(route.responseHeaders(), at),
        route.action() instanceof RouteAction.Forward forward
            ? forward.requestMirrorPolicies()
            : List.of(),
        route.typedPerFilterConfig(),
        virtualClusters,
        at + ".route");
  }

  private Levels with(
      HeaderMutator request,
      HeaderMutator response,
      List<RequestMirrorPolicy> policies,
      Map<String, FilterConfig> own,
      VirtualClusters clusters,
      String at) {
    boolean same = policies.isEmpty() && own.isEmpty() && clusters == virtualClusters;
    if (same && request.isEmpty() && response.isEmpty()) {
      return this;
    }
    return new Levels(
        mostSpecificWins,
        added(requests, request),
        added(responses, response),
        Mirrors.compile(policies, at, mirrors),
        merged(filters, own),
        clusters);
  }

  VirtualClusters virtualClusters() {
    return virtualClusters;
  }

  /** Settings by filter; those of the more specific level hold. */
  static Map<String, FilterConfig> merged(
      Map<String, FilterConfig> filters, Map<String, FilterConfig> own) {
    if (own.isEmpty()) {
      return filters;
    }
    Map<String, FilterConfig> merged = new HashMap<>(filters);
    merged.putAll(own);
    return Map.copyOf(merged);
  }

  private HeaderMutator[] added(HeaderMutator[] levels, HeaderMutator level) {
    if (level.isEmpty()) {
      return levels;
    }
    List<HeaderMutator> all = new ArrayList<>(List.of(levels));
    all.add(mostSpecificWins ? all.size() : 0, level);
    return all.toArray(HeaderMutator[]::new);
  }

  Mirrors mirrors() {
    return mirrors;
  }

  /** Settings by the filter's name. */
  Map<String, FilterConfig> filters() {
    return filters;
  }

  boolean changesRequests() {
    return requests.length > 0;
  }

  boolean changesResponses() {
    return responses.length > 0;
  }

  void applyToRequest(HeaderEdits edits, FormatContext context) {
    for (HeaderMutator level : requests) {
      level.apply(edits, context);
    }
  }

  void applyToResponse(HeaderEdits edits, FormatContext context) {
    for (HeaderMutator level : responses) {
      level.apply(edits, context);
    }
  }
}
