package dev.proxyless.mesh.model;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** What becomes of a request that a route took. */
public sealed interface RouteAction {

  /**
   * {@code envoy.config.route.v3.RouteAction}: on to a cluster.
   *
   * @param cluster which cluster
   * @param clusterNotFoundStatus the status where that cluster is unknown
   * @param metadataMatch which endpoints of it
   * @param priority which of the cluster's limits count
   * @param pathRewrite what the path becomes
   * @param hostRewrite what the authority becomes
   * @param appendForwardedHost {@code append_x_forwarded_host}
   * @param timeouts how long it may take
   * @param retryPolicy replaces the virtual host's as a whole
   * @param hedgePolicy replaces the virtual host's as a whole
   * @param hashPolicies what of a request chooses its endpoint, in order
   * @param requestMirrorPolicies copies of the request; replaces less specific lists
   * @param internalRedirectPolicy redirects of the upstream that are followed here
   * @param upgrades upgrade types that the route switches on or off, in lower case
   */
  record Forward(
      ClusterSpecifier cluster,
      int clusterNotFoundStatus,
      Metadata metadataMatch,
      Priority priority,
      PathRewrite pathRewrite,
      HostRewrite hostRewrite,
      boolean appendForwardedHost,
      RouteTimeouts timeouts,
      Optional<RetryPolicy> retryPolicy,
      Optional<HedgePolicy> hedgePolicy,
      List<HashPolicy> hashPolicies,
      List<RequestMirrorPolicy> requestMirrorPolicies,
      Optional<InternalRedirectPolicy> internalRedirectPolicy,
      Map<String, Boolean> upgrades)
      implements RouteAction {

    /** To a cluster, with all else as it is where nothing is set. */
    public static Forward to(ClusterSpecifier cluster) {
      return new Forward(
          cluster,
          503,
          Metadata.EMPTY,
          Priority.DEFAULT,
          new PathRewrite.None(),
          new HostRewrite.None(),
          false,
          RouteTimeouts.UNSET,
          Optional.empty(),
          Optional.empty(),
          List.of(),
          List.of(),
          Optional.empty(),
          Map.of());
    }
  }

  /** {@code envoy.config.core.v3.RoutingPriority}. */
  enum Priority {
    DEFAULT,
    HIGH
  }

  /** What a path becomes. */
  sealed interface PathRewrite {
    /** It stays. */
    record None() implements PathRewrite {}

    /** {@code prefix_rewrite}: stands in for the part that matched. */
    record Prefix(String replacement) implements PathRewrite {}

    /** {@code regex_rewrite}, on the path without query. */
    record Regex(RegexRewrite rewrite) implements PathRewrite {}

    /** {@code path_rewrite_policy} of {@code envoy.path.rewrite.uri_template}. */
    record UriTemplate(String template) implements PathRewrite {}

    /** {@code path_rewrite}: a text with command operators. */
    record Format(String format) implements PathRewrite {}
  }

  /** What an authority becomes. */
  sealed interface HostRewrite {
    /** It stays. */
    record None() implements HostRewrite {}

    /** {@code host_rewrite_literal}. */
    record Literal(String host) implements HostRewrite {}

    /** {@code auto_host_rewrite}: the endpoint's own name, where it has one. */
    record Auto() implements HostRewrite {}

    /** {@code host_rewrite_header}: the value of a header, where it has one. */
    record Header(String name) implements HostRewrite {}

    /** {@code host_rewrite_path_regex}, on the path without query. */
    record PathRegex(RegexRewrite rewrite) implements HostRewrite {}

    /** {@code host_rewrite}: a text with command operators. */
    record Format(String format) implements HostRewrite {}
  }

  /**
   * How long a call may take.
   *
   * @param timeout of the whole call, retries included; zero is none; unset is {@link
   *     #DEFAULT_TIMEOUT}
   * @param maxStreamDuration where the message is set, even empty, it stands in for {@code timeout}
   * @param maxGrpcTimeout {@code max_grpc_timeout}
   * @param grpcTimeoutOffset {@code grpc_timeout_offset}
   * @param idleTimeout of the call without a sign of life; zero is none; unset is the connection
   *     manager's
   */
  record RouteTimeouts(
      Optional<Duration> timeout,
      Optional<MaxStreamDuration> maxStreamDuration,
      Optional<Duration> maxGrpcTimeout,
      Optional<Duration> grpcTimeoutOffset,
      Optional<Duration> idleTimeout) {

    /** Envoy's default for {@code timeout}. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(15);

    /** Nothing is set. */
    public static final RouteTimeouts UNSET =
        new RouteTimeouts(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
  }

  /**
   * {@code RouteAction.MaxStreamDuration}.
   *
   * @param duration of the whole call; empty or zero is none
   * @param grpcTimeoutHeaderMax where set, {@code grpc-timeout} counts, up to this; zero is no cap
   * @param grpcTimeoutHeaderOffset what is taken off {@code grpc-timeout}
   */
  record MaxStreamDuration(
      Optional<Duration> duration,
      Optional<Duration> grpcTimeoutHeaderMax,
      Optional<Duration> grpcTimeoutHeaderOffset) {}

  /**
   * {@code envoy.config.route.v3.RedirectAction}.
   *
   * @param scheme the new scheme, where it changes
   * @param host the new host, where it changes
   * @param port the new port, where one is set
   * @param path {@code path_redirect}
   * @param pathRewrite what the path becomes where {@code path} is empty
   * @param status 301, 302, 303, 307 or 308
   * @param stripQuery whether the query is dropped
   */
  record Redirect(
      Optional<String> scheme,
      Optional<String> host,
      OptionalInt port,
      Optional<String> path,
      PathRewrite pathRewrite,
      int status,
      boolean stripQuery)
      implements RouteAction {}

  /**
   * {@code envoy.config.route.v3.DirectResponseAction}.
   *
   * @param status 200 to 599
   * @param body text to answer with; may be empty
   * @param bodyFormat what the body becomes
   */
  record DirectResponse(int status, String body, Optional<BodyFormat> bodyFormat)
      implements RouteAction {}

  /**
   * {@code envoy.config.core.v3.SubstitutionFormatString} of a direct response, which sees the body
   * as {@code %LOCAL_REPLY_BODY%}.
   *
   * @param format a text with command operators, or a {@code Struct} of such texts
   * @param contentType where it is set
   * @param omitEmptyValues whether commands that yield nothing leave nothing
   */
  record BodyFormat(Object format, Optional<String> contentType, boolean omitEmptyValues) {}

  /** {@code non_forwarding_action}: for servers; a request that it takes has no cluster. */
  record NonForwarding() implements RouteAction {}

  /** Which cluster a request goes to. */
  sealed interface ClusterSpecifier {
    /** {@code cluster}. */
    record Named(String cluster) implements ClusterSpecifier {}

    /** {@code cluster_header}: the name stands in a header of the request. */
    record FromHeader(String header) implements ClusterSpecifier {}

    /**
     * {@code weighted_clusters}.
     *
     * @param clusters in order; the weights' sum is at least 1
     * @param randomHeader {@code header_name}: a header whose number replaces the random one
     * @param useHashPolicy whether the route's hash replaces the random number
     */
    record Weighted(
        List<ClusterWeight> clusters, Optional<String> randomHeader, boolean useHashPolicy)
        implements ClusterSpecifier {}

    /** An optional {@code cluster_specifier_plugin} that is unknown: there is no such route. */
    record Unknown() implements ClusterSpecifier {}
  }

  /**
   * One target of {@code weighted_clusters}.
   *
   * @param name the cluster; empty where a header names it
   * @param clusterHeader the header that names the cluster; empty where {@code name} does
   * @param weight 0 takes no traffic
   * @param metadataMatch merged over the route's
   * @param requestHeaders what changes in requests, before the route's
   * @param responseHeaders what changes in responses, before the route's
   * @param hostRewriteLiteral stands in for the authority
   * @param typedPerFilterConfig settings by the filter's name
   */
  record ClusterWeight(
      String name,
      String clusterHeader,
      long weight,
      Metadata metadataMatch,
      HeaderMutations requestHeaders,
      HeaderMutations responseHeaders,
      Optional<String> hostRewriteLiteral,
      Map<String, FilterConfig> typedPerFilterConfig) {

    /** A cluster and its weight alone. */
    public static ClusterWeight of(String name, long weight) {
      return new ClusterWeight(
          name,
          "",
          weight,
          Metadata.EMPTY,
          HeaderMutations.NONE,
          HeaderMutations.NONE,
          Optional.empty(),
          Map.of());
    }
  }
}
