package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.Route;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.RouteAction.ClusterSpecifier;
import dev.proxyless.mesh.model.RouteAction.ClusterWeight;
import dev.proxyless.mesh.model.RouteAction.HostRewrite;
import dev.proxyless.mesh.model.RouteAction.PathRewrite;
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

  private RouteEntry(
      VirtualHost virtualHost,
      Route route,
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
      targets[i] = target(weights.get(i).name());
      sum += weights.get(i).weight();
      cumulativeWeights[i] = sum;
    }
  }

  static RouteEntry compile(
      VirtualHost virtualHost,
      Route route,
      Optional<RetryRules> hostRetryRules,
      String at,
      MeshMeters meters) {
    return new RouteEntry(virtualHost, route, hostRetryRules, at, meters);
  }

  private static List<ClusterWeight> weights(RouteAction.Forward forward) {
    if (forward.cluster() instanceof ClusterSpecifier.Named named) {
      return List.of(ClusterWeight.of(named.cluster(), 1));
    }
    return forward.cluster() instanceof ClusterSpecifier.Weighted weighted
        ? weighted.clusters()
        : List.of();
  }

  private Target target(String cluster) {
    CallMeters found = meters.calls(virtualHost.name(), route.name(), cluster);
    return new Target(cluster, () -> found);
  }

  /** A cluster that a request named, which need not exist: it has meters only once it is called. */
  private Target named(String cluster) {
    return new Target(cluster, () -> meters.calls(virtualHost.name(), route.name(), cluster));
  }

  /** A cluster that a call is sent to. */
  public static final class Target {
    private final String cluster;
    private final Supplier<CallMeters> meters;

    private Target(String cluster, Supplier<CallMeters> meters) {
      this.cluster = cluster;
      this.meters = meters;
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
    RouteAction.Forward forward = (RouteAction.Forward) route.action();
    String authority =
        forward.hostRewrite() instanceof HostRewrite.Literal literal
            ? literal.host()
            : head.authority();
    if (envoyHeaders && !authority.equals(head.authority())) {
      edits.add(HeaderEdit.set("x-envoy-original-host", head.authority()));
    }
    String path =
        forward.pathRewrite() instanceof PathRewrite.Prefix prefix
            ? rewritePrefix(head.path(), prefix.replacement())
            : head.path();
    if (envoyHeaders && !path.equals(head.path())) {
      edits.add(HeaderEdit.set("x-envoy-original-path", head.path()));
    }
    return new Rewritten(authority, path);
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
      ResponseInfo response) {}

  /** The path with the part that this route matched replaced; query and fragment stay. */
  public String rewritePrefix(String fullPath, String replacement) {
    String withoutQuery = RequestView.withoutQuery(fullPath);
    return replacement + fullPath.substring(conditions.path().matchedLength(withoutQuery));
  }

  /** The {@code Location} of this route's redirect. */
  public String redirectLocation(RouteAction.Redirect redirect, RequestHead head) {
    return Redirects.location(redirect, head, this);
  }
}
