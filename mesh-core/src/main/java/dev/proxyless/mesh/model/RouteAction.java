package dev.proxyless.mesh.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What becomes of a request that a route took. */
public sealed interface RouteAction {

  /**
   * {@code envoy.config.route.v3.RouteAction}: on to a cluster.
   *
   * @param cluster which cluster
   * @param clusterNotFoundStatus the status where that cluster is unknown
   * @param timeout of the whole call, retries included; zero is none; unset is {@link
   *     #DEFAULT_TIMEOUT}
   * @param maxStreamDuration {@code max_stream_duration}: where the message is set, even empty, it
   *     stands in for {@code timeout}
   * @param retryPolicy replaces the virtual host's as a whole
   * @param prefixRewrite what stands in for the matched part of the path
   * @param hostRewriteLiteral what stands in for the authority
   */
  record Forward(
      ClusterSpecifier cluster,
      int clusterNotFoundStatus,
      Optional<Duration> timeout,
      Optional<MaxStreamDuration> maxStreamDuration,
      Optional<RetryPolicy> retryPolicy,
      Optional<String> prefixRewrite,
      Optional<String> hostRewriteLiteral)
      implements RouteAction {

    /** Envoy's default for {@code timeout}. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(15);
  }

  /**
   * {@code RouteAction.MaxStreamDuration}.
   *
   * @param duration of the whole call; empty or zero is none
   */
  record MaxStreamDuration(Optional<Duration> duration) {}

  /**
   * {@code envoy.config.route.v3.RedirectAction}.
   *
   * @param scheme the new scheme, where it changes
   * @param host the new host, where it changes
   * @param port the new port, where one is set
   * @param path {@code path_redirect}
   * @param prefixRewrite {@code prefix_rewrite}
   * @param status 301, 302, 303, 307 or 308
   * @param stripQuery whether the query is dropped
   */
  record Redirect(
      Optional<String> scheme,
      Optional<String> host,
      OptionalInt port,
      Optional<String> path,
      Optional<String> prefixRewrite,
      int status,
      boolean stripQuery)
      implements RouteAction {}

  /**
   * {@code envoy.config.route.v3.DirectResponseAction}.
   *
   * @param status 200 to 599
   * @param body text to answer with; may be empty
   */
  record DirectResponse(int status, String body) implements RouteAction {}

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
     */
    record Weighted(List<ClusterWeight> clusters, Optional<String> randomHeader)
        implements ClusterSpecifier {}
  }

  /**
   * One target of {@code weighted_clusters}.
   *
   * @param name the cluster
   * @param weight 0 takes no traffic
   */
  record ClusterWeight(String name, long weight) {}
}
