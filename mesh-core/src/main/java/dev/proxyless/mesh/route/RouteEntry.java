package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.Decorator;
import dev.proxyless.mesh.model.FilterConfig;
import dev.proxyless.mesh.model.Metadata;
import dev.proxyless.mesh.model.Route;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.RouteAction.HostRewrite;
import dev.proxyless.mesh.model.RouteAction.Priority;
import dev.proxyless.mesh.model.VirtualHost;
import dev.proxyless.mesh.telemetry.MeshMeters;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A route, compiled: its conditions, its targets and what it does. Immutable. */
public final class RouteEntry {

  private final VirtualHost virtualHost;
  private final Route route;
  private final RouteConditions conditions;
  private final Optional<RetryRules> retryRules;
  private final ClusterPicker clusters;
  private final HashPolicies hashPolicies;
  private final Levels levels;
  private final RouteFaults faults;
  private final HostRewriter hostRewriter;
  private final PathRewriter pathRewriter;
  private final boolean autoHost;
  private final boolean appendForwardedHost;
  private final OwnAnswer answer;

  private RouteEntry(
      VirtualHost virtualHost,
      Route route,
      Levels hostLevels,
      Optional<RetryRules> hostRetryRules,
      String at,
      MeshMeters meters) {
    this.virtualHost = virtualHost;
    this.route = route;
    conditions = RouteConditions.compile(route.match(), at + ".match");
    Optional<RouteAction.Forward> forward =
        route.action() instanceof RouteAction.Forward action
            ? Optional.of(action)
            : Optional.empty();
    retryRules =
        forward
            .flatMap(RouteAction.Forward::retryPolicy)
            .map(policy -> RetryRules.compile(policy, at + ".route.retry_policy"))
            .or(() -> hostRetryRules);
    hashPolicies =
        HashPolicies.compile(
            forward.map(RouteAction.Forward::hashPolicies).orElse(List.of()), at + ".route");
    clusters =
        forward
            .map(
                action ->
                    ClusterPicker.compile(
                        action,
                        hashPolicies,
                        cluster -> meters.calls(virtualHost.name(), route.name(), cluster),
                        at + ".route"))
            .orElse(ClusterPicker.NONE);
    levels = hostLevels.with(route, at);
    faults = RouteFaults.compile(levels, clusters.targets(), at);
    hostRewriter =
        forward
            .map(action -> HostRewriter.compile(action.hostRewrite(), at + ".route"))
            .orElse(HostRewriter.NONE);
    pathRewriter =
        forward
            .map(
                action ->
                    PathRewriter.compile(action.pathRewrite(), route.match().path(), at + ".route"))
            .orElse(PathRewriter.NONE);
    autoHost =
        forward.map(action -> action.hostRewrite() instanceof HostRewrite.Auto).orElse(false);
    appendForwardedHost = forward.map(RouteAction.Forward::appendForwardedHost).orElse(false);
    answer = OwnAnswer.compile(route, at);
  }

  static RouteEntry compile(
      VirtualHost virtualHost,
      Route route,
      Levels hostLevels,
      Optional<RetryRules> hostRetryRules,
      String at,
      MeshMeters meters) {
    return new RouteEntry(virtualHost, route, hostLevels, hostRetryRules, at, meters);
  }

  public VirtualHost virtualHost() {
    return virtualHost;
  }

  /** The route's name; may be empty. */
  public String name() {
    return route.name();
  }

  public RouteAction action() {
    return route.action();
  }

  /** The route's retry policy, else the virtual host's. */
  public Optional<RetryRules> retryRules() {
    return retryRules;
  }

  /** Which requests it takes. */
  RouteConditions conditions() {
    return conditions;
  }

  /** Which cluster a request goes to. */
  public RouteTarget target(RequestHead head, StreamInfo info) {
    return clusters.pick(head, info);
  }

  /** All clusters that the route can send to, as far as its configuration names them. */
  public List<RouteTarget> targets() {
    return clusters.targets();
  }

  /** The hash that chooses a request's endpoint; empty where no policy yields one. */
  public OptionalLong hash(RequestHead head, StreamInfo info) {
    return hashPolicies.isEmpty() ? OptionalLong.empty() : hashPolicies.hash(head, info);
  }

  /** Which of the cluster's limits count. */
  public Priority priority() {
    return route.action() instanceof RouteAction.Forward forward
        ? forward.priority()
        : Priority.DEFAULT;
  }

  /**
   * The settings that hold for an HTTP filter: those of the target's entry, else of the route, else
   * of the virtual host, else of the route configuration.
   *
   * @param filter its name
   */
  public Optional<FilterConfig> perFilterConfig(String filter, @Nullable RouteTarget target) {
    FilterConfig own = target == null ? null : target.filters.get(filter);
    return Optional.ofNullable(own == null ? levels.filters().get(filter) : own);
  }

  /**
   * A fault filter as it holds for this route; null where it is switched off.
   *
   * @param filter its name
   * @param ofListener as it holds where nothing more specific is set
   */
  public @Nullable FaultFilter fault(
      String filter, FaultFilter ofListener, @Nullable RouteTarget target) {
    FilterConfig own = perFilterConfig(filter, target).orElse(null);
    return own == null ? ofListener : faults.of(own, ofListener);
  }

  /** How calls are named in traces. */
  public Optional<Decorator> decorator() {
    return route.decorator();
  }

  /** Bytes of a body that are kept for retries and mirrors: the route's bound, else its host's. */
  public OptionalLong requestBodyBufferLimit() {
    return route.requestBodyBufferLimit().isPresent()
        ? route.requestBodyBufferLimit()
        : virtualHost.requestBodyBufferLimit();
  }

  /** Whether the route itself switches an upgrade on or off, by its type in lower case. */
  Optional<Boolean> upgrade(String type) {
    return route.action() instanceof RouteAction.Forward forward
        ? Optional.ofNullable(forward.upgrades().get(type))
        : Optional.empty();
  }

  /**
   * A copy of a request for another cluster.
   *
   * @param target where it goes; unknown clusters are left out silently
   * @param authority that it has
   * @param edits on top of the request that was copied
   */
  public record Mirror(RouteTarget target, String authority, List<HeaderEdit> edits) {}

  /** Whether copies may be made of requests. */
  public boolean hasMirrors() {
    return !levels.mirrors().isEmpty();
  }

  /**
   * The copies that are made of a request.
   *
   * @param sent the request as it is sent to its own cluster
   */
  public List<Mirror> mirrors(RequestHead sent, StreamInfo info, RouteTarget target) {
    return levels.mirrors().of(sent, info, this, target);
  }

  /** Whether requests to a target are changed at all by {@link #finalizeRequest}. */
  public boolean changesRequests(RouteTarget target) {
    return pathRewriter != PathRewriter.NONE
        || hostRewriter != HostRewriter.NONE
        || !target.authority.isEmpty()
        || !target.requests.isEmpty()
        || levels.changesRequests();
  }

  /**
   * What the head of a request becomes on its way to a cluster: header mutations, then the host's
   * rewrite, then the path's. Source: Envoy's {@code finalizeRequestHeaders}.
   *
   * @param edits what the router itself has written already; mutations are added to it
   * @param envoyHeaders whether {@code x-envoy-original-host} and {@code -path} are written
   */
  public Rewritten finalizeRequest(
      RequestHead head,
      StreamInfo info,
      RouteTarget target,
      HeaderEdits edits,
      boolean envoyHeaders) {
    String authority = head.authority();
    if (!changesRequests(target)) {
      return new Rewritten(authority, head.path());
    }
    FormatContext context = FormatContext.ofRequest(head, info, this, target, edits);
    target.requests.apply(edits, context);
    if (!target.authority.isEmpty()) {
      authority = target.authority;
      context.authority = authority;
    }
    levels.applyToRequest(edits, context);
    String host = hostRewriter.rewrite(context);
    if (!host.isEmpty()) {
      HostRewriter.tell(authority, appendForwardedHost, envoyHeaders, edits);
      authority = host;
      context.authority = host;
    }
    String path = pathRewriter.rewrite(head.path(), context);
    if (path == null) {
      return new Rewritten(authority, head.path());
    }
    if (envoyHeaders) {
      edits.add(HeaderEdit.set("x-envoy-original-path", head.path()));
    }
    return new Rewritten(authority, path);
  }

  /**
   * The authority of one try, by {@code auto_host_rewrite}: the endpoint's own name, where it has
   * one.
   *
   * @param authority that {@link #finalizeRequest} made
   * @param hostName the endpoint's name; may be empty
   * @param edits of this try; what tells of the old authority is added to it
   * @param envoyHeaders whether {@code x-envoy-original-host} is written
   */
  public String authorityFor(
      String authority, String hostName, HeaderEdits edits, boolean envoyHeaders) {
    if (!becomesHost(hostName)) {
      return authority;
    }
    HostRewriter.tell(authority, appendForwardedHost, envoyHeaders, edits);
    return hostName;
  }

  /** Whether {@code auto_host_rewrite} makes this name of an endpoint the authority. */
  public boolean becomesHost(String hostName) {
    return autoHost && !hostName.isEmpty();
  }

  /**
   * The request line's parts as they are sent.
   *
   * @param authority host and port
   * @param path with its query
   */
  public record Rewritten(String authority, String path) {}

  /** Whether responses of a target are changed at all. */
  public boolean changesResponses(RouteTarget target) {
    return !target.responses.isEmpty() || levels.changesResponses();
  }

  /**
   * What the headers of a response become on their way to the caller. Source: Envoy's {@code
   * finalizeResponseHeaders}.
   *
   * @param target the cluster that was chosen; null where the route answers by itself
   * @param edits mutations are added to it
   */
  public void finalizeResponse(
      RequestHead head,
      StreamInfo info,
      @Nullable RouteTarget target,
      HeaderEdits edits,
      ResponseInfo response) {
    boolean ofTarget = target != null && !target.responses.isEmpty();
    if (!ofTarget && !levels.changesResponses()) {
      return;
    }
    FormatContext context = FormatContext.ofResponse(head, info, this, target, edits, response);
    if (target != null) {
      target.responses.apply(edits, context);
    }
    levels.applyToResponse(edits, context);
  }

  /**
   * A request's head as the response mutations of this route's redirect read it: Envoy makes the
   * rewrite of a path in the request itself, and tells it as it does of any rewrite.
   *
   * @param envoyHeaders whether {@code x-envoy-original-path} is written
   */
  public RequestHead redirectedHead(RequestHead head, StreamInfo info, boolean envoyHeaders) {
    return answer.redirected(
        head, FormatContext.ofRequest(head, info, this, null, null), envoyHeaders);
  }

  /** The {@code Location} of this route's redirect. */
  public String redirectLocation(RequestHead head, StreamInfo info) {
    return answer.location(head, FormatContext.ofRequest(head, info, this, null, null));
  }

  /** What this route answers; only for direct responses. */
  public DirectReply directReply(RequestHead head, StreamInfo info) {
    return answer.directReply(head, FormatContext.ofRequest(head, info, this, null, null));
  }

  /** The name of the request's virtual cluster; empty where its virtual host has none. */
  @Nullable String virtualCluster(RequestHead head, StreamInfo info) {
    return levels.virtualClusters().taken(new RequestView(head, info));
  }

  /** Its metadata. */
  Metadata metadata() {
    return route.metadata();
  }
}
