package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.Metadata;
import dev.proxyless.mesh.model.Route;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.RouteAction.ClusterSpecifier;
import dev.proxyless.mesh.model.RouteAction.ClusterWeight;
import dev.proxyless.mesh.model.RouteAction.HostRewrite;
import dev.proxyless.mesh.model.VirtualHost;
import dev.proxyless.mesh.telemetry.MeshMeters;
import dev.proxyless.mesh.telemetry.MeshMeters.CallMeters;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A route, compiled: its conditions, its targets and what it does. Immutable. */
public final class RouteEntry {

  private static final Target NO_CLUSTER = new Target("", () -> MeshMeters.NONE.calls("", "", ""));

  private final VirtualHost virtualHost;
  private final Route route;
  private final RouteConditions conditions;
  private final Optional<RetryRules> retryRules;
  private final Target[] targets;
  private final long[] cumulativeWeights;
  private final MeshMeters meters;
  private final Levels levels;
  private final HostRewriter hostRewriter;
  private final PathRewriter pathRewriter;
  private final boolean autoHost;
  private final boolean appendForwardedHost;
  private final @Nullable Redirects redirects;

  private RouteEntry(
      VirtualHost virtualHost,
      Route route,
      Levels hostLevels,
      Optional<RetryRules> hostRetryRules,
      String at,
      MeshMeters meters) {
    this.virtualHost = virtualHost;
    this.route = route;
    this.meters = meters;
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
    List<ClusterWeight> weights = forward.map(RouteEntry::weights).orElse(List.of());
    targets = new Target[weights.size()];
    cumulativeWeights = new long[weights.size()];
    long sum = 0;
    for (int i = 0; i < targets.length; i++) {
      targets[i] = target(weights.get(i), at + ".route.weighted_clusters.clusters[" + i + "]");
      sum += weights.get(i).weight();
      cumulativeWeights[i] = sum;
    }
    levels = hostLevels.with(route, at);
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
    redirects =
        route.action() instanceof RouteAction.Redirect redirect
            ? Redirects.compile(redirect, route.match().path(), at + ".redirect")
            : null;
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

  private static List<ClusterWeight> weights(RouteAction.Forward forward) {
    if (forward.cluster() instanceof ClusterSpecifier.Named named) {
      return List.of(ClusterWeight.of(named.cluster(), 1));
    }
    return forward.cluster() instanceof ClusterSpecifier.Weighted weighted
        ? weighted.clusters()
        : List.of();
  }

  private Target target(ClusterWeight entry, String at) {
    CallMeters found = meters.calls(virtualHost.name(), route.name(), entry.name());
    return new Target(
        entry.name(),
        () -> found,
        HeaderMutator.ofRequests(entry.requestHeaders(), at),
        HeaderMutator.ofResponses(entry.responseHeaders(), at),
        entry.hostRewriteLiteral().orElse(""));
  }

  /** A cluster that a request named, which need not exist: it has meters only once it is called. */
  private Target named(String cluster) {
    return new Target(cluster, () -> meters.calls(virtualHost.name(), route.name(), cluster));
  }

  /** A cluster that a call is sent to. */
  public static final class Target {
    private final String cluster;
    private final Supplier<CallMeters> meters;
    private final HeaderMutator requests;
    private final HeaderMutator responses;
    private final String authority;

    private Target(String cluster, Supplier<CallMeters> meters) {
      this(cluster, meters, HeaderMutator.NONE, HeaderMutator.NONE, "");
    }

    private Target(
        String cluster,
        Supplier<CallMeters> meters,
        HeaderMutator requests,
        HeaderMutator responses,
        String authority) {
      this.cluster = cluster;
      this.meters = meters;
      this.requests = requests;
      this.responses = responses;
      this.authority = authority;
    }

    /** Its name; empty where a header was to name it and does not. */
    public String cluster() {
      return cluster;
    }

    /** The meters of calls that this route sends there. Only to be asked for known clusters. */
    public CallMeters meters() {
      return meters.get();
    }
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

  /**
   * Which cluster a request goes to, by the request's one random number.
   *
   * <p>Source: {@code WeightedCluster}: the first entry whose cumulative weight exceeds {@code
   * random % total}; a header named by {@code header_name} replaces the random number where it has
   * exactly one value and that value is an unsigned 64-bit number.
   */
  public Target target(RequestHead head, StreamInfo info) {
    RouteAction.Forward forward = (RouteAction.Forward) route.action();
    if (forward.cluster() instanceof ClusterSpecifier.FromHeader named) {
      String cluster = head.header(named.header());
      return cluster == null || cluster.isEmpty() ? NO_CLUSTER : named(cluster);
    }
    if (targets.length == 1) {
      return targets[0];
    }
    long random = info.random();
    long selected = random;
    if (forward.cluster() instanceof ClusterSpecifier.Weighted weighted
        && weighted.randomHeader().isPresent()) {
      selected = randomFrom(head, weighted.randomHeader().get(), random);
    }
    selected = Long.remainderUnsigned(selected, cumulativeWeights[targets.length - 1]);
    int chosen = 0;
    while (selected >= cumulativeWeights[chosen]) {
      chosen++;
    }
    return targets[chosen];
  }

  private static long randomFrom(RequestHead head, String header, long random) {
    String value = null;
    for (int i = 0; i < head.headerCount(); i++) {
      if (head.headerName(i).equalsIgnoreCase(header)) {
        if (value != null) {
          return random;
        }
        value = head.headerValue(i);
      }
    }
    try {
      return value == null ? random : Long.parseUnsignedLong(value);
    } catch (NumberFormatException notANumber) {
      return random;
    }
  }

  /** All clusters that the route can send to, as far as its configuration names them. */
  public List<Target> targets() {
    return List.of(targets);
  }

  /**
   * What the head of a request becomes on its way to a cluster: header mutations, then the host's
   * rewrite, then the path's. Source: Envoy's {@code finalizeRequestHeaders}.
   *
   * @param edits what the router itself has written already; mutations are added to it
   * @param envoyHeaders whether {@code x-envoy-original-host} and {@code -path} are written
   */
  public Rewritten finalizeRequest(
      RequestHead head, StreamInfo info, Target target, HeaderEdits edits, boolean envoyHeaders) {
    String authority = head.authority();
    boolean plain =
        pathRewriter == PathRewriter.NONE
            && hostRewriter == HostRewriter.NONE
            && target.authority.isEmpty()
            && target.requests.isEmpty()
            && !levels.changesRequests();
    if (plain) {
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
   * @param rewritten what {@link #finalizeRequest} made
   * @param hostName the endpoint's name; may be empty
   * @param edits of this try; what tells of the old authority is added to it
   * @param envoyHeaders whether {@code x-envoy-original-host} is written
   */
  public String authorityFor(
      Rewritten rewritten, String hostName, HeaderEdits edits, boolean envoyHeaders) {
    if (!autoHost || hostName.isEmpty()) {
      return rewritten.authority();
    }
    HostRewriter.tell(rewritten.authority(), appendForwardedHost, envoyHeaders, edits);
    return hostName;
  }

  /**
   * The request line's parts as they are sent.
   *
   * @param authority host and port
   * @param path with its query
   */
  public record Rewritten(String authority, String path) {}

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
      @Nullable Target target,
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

  /** The path with the part that this route matched replaced; query and fragment stay. */
  public String rewritePrefix(String fullPath, String replacement) {
    return replacement
        + fullPath.substring(PathRewriter.matchedLength(route.match().path(), fullPath));
  }

  /** The {@code Location} of this route's redirect. */
  public String redirectLocation(RequestHead head, StreamInfo info) {
    return redirects == null
        ? Redirects.unchanged(head)
        : redirects.location(head, FormatContext.ofRequest(head, info, this, null, null));
  }

  /** The {@code Location} of this route's redirect. */
  public String redirectLocation(RouteAction.Redirect redirect, RequestHead head) {
    return redirectLocation(head, StreamInfo.of(0));
  }

  /** Its metadata. */
  Metadata metadata() {
    return route.metadata();
  }
}
