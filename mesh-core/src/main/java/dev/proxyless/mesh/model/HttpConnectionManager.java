package dev.proxyless.mesh.model;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code HttpConnectionManager}, as far as it acts in a process.
 *
 * @param routes where its route configuration comes from
 * @param paths what it makes of paths
 * @param stripPort which ports it takes off the authority
 * @param stripTrailingHostDot whether a dot at the end of the host goes
 * @param trust whose requests are trusted
 * @param maxStreamDuration for routes that set none
 * @param streamIdleTimeout for routes that set none; zero is none; unset is {@link
 *     #DEFAULT_STREAM_IDLE_TIMEOUT}
 * @param upgrades upgrade types that it switches on or off, in lower case
 * @param faults settings of fault filters by their names, in order
 * @param router settings of the router filter
 */
public record HttpConnectionManager(
    RouteSource routes,
    Paths paths,
    StripPort stripPort,
    boolean stripTrailingHostDot,
    Trust trust,
    Optional<Duration> maxStreamDuration,
    Optional<Duration> streamIdleTimeout,
    Map<String, Boolean> upgrades,
    Map<String, HttpFault> faults,
    Router router) {

  /** Envoy's default for {@code stream_idle_timeout}. */
  public static final Duration DEFAULT_STREAM_IDLE_TIMEOUT = Duration.ofMinutes(5);

  /** With all else as it is where nothing is set. */
  public static HttpConnectionManager of(RouteSource routes) {
    return new HttpConnectionManager(
        routes,
        Paths.UNCHANGED,
        StripPort.NONE,
        false,
        Trust.ALL,
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Map.of(),
        Router.DEFAULT);
  }

  /** Where a route configuration comes from. */
  public sealed interface RouteSource {
    /** RDS, by name. */
    record Rds(String name) implements RouteSource {}

    /** The listener itself. */
    record Inline(RouteConfiguration configuration) implements RouteSource {}
  }

  /**
   * What is made of paths before they are matched.
   *
   * @param normalize {@code normalize_path}: dot segments and escapes by RFC 3986
   * @param mergeSlashes {@code merge_slashes}
   * @param escapedSlashes {@code path_with_escaped_slashes_action}
   */
  public record Paths(boolean normalize, boolean mergeSlashes, EscapedSlashes escapedSlashes) {
    /** They stay. */
    public static final Paths UNCHANGED = new Paths(false, false, EscapedSlashes.KEEP_UNCHANGED);
  }

  /** {@code PathWithEscapedSlashesAction}. */
  public enum EscapedSlashes {
    KEEP_UNCHANGED,
    REJECT_REQUEST,
    UNESCAPE_AND_REDIRECT,
    UNESCAPE_AND_FORWARD
  }

  /** Which ports are taken off the authority. */
  public enum StripPort {
    NONE,
    /** {@code strip_matching_host_port}: the listener's own. */
    MATCHING,
    /** {@code strip_any_host_port}. */
    ANY
  }

  /**
   * Whose requests are trusted to carry {@code x-envoy-} headers. Without {@code
   * internal_address_config} all are, since the caller is this process.
   *
   * @param internalAddresses {@code internal_address_config}
   * @param useRemoteAddress {@code use_remote_address}
   * @param xffTrustedHops {@code xff_num_trusted_hops}
   */
  public record Trust(
      Optional<List<CidrRange>> internalAddresses, boolean useRemoteAddress, int xffTrustedHops) {
    /** All are. */
    public static final Trust ALL = new Trust(Optional.empty(), false, 0);
  }

  /**
   * {@code envoy.extensions.filters.http.router.v3.Router}.
   *
   * @param suppressEnvoyHeaders whether {@code x-envoy-} headers are left out
   * @param respectExpectedRqTimeout whether {@code x-envoy-expected-rq-timeout-ms} of a request
   *     counts
   * @param strictCheckHeaders request headers whose values must be well formed
   */
  public record Router(
      boolean suppressEnvoyHeaders,
      boolean respectExpectedRqTimeout,
      List<String> strictCheckHeaders) {
    /** Nothing is set. */
    public static final Router DEFAULT = new Router(false, false, List.of());
  }
}
