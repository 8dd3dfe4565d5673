package dev.proxyless.mesh.model;

import java.util.List;
import java.util.Optional;

/**
 * {@code envoy.config.route.v3.RouteMatch}: all conditions must hold.
 *
 * @param path the path specifier
 * @param caseSensitive whether the path specifier tells cases apart; unset means true
 * @param headers header conditions, all of which must hold
 * @param queryParameters query conditions, all of which must hold
 * @param runtimeFraction the share of requests that match
 * @param grpc whether the content type must be gRPC's
 */
public record RouteMatch(
    PathMatch path,
    boolean caseSensitive,
    List<HeaderMatcher> headers,
    List<QueryParameterMatcher> queryParameters,
    Optional<FractionalPercent> runtimeFraction,
    boolean grpc) {

  /** A path specifier. It sees the path without query and fragment. */
  public sealed interface PathMatch {
    /** The text as the field gives it. */
    String value();

    /** {@code prefix}: the path begins so. */
    record Prefix(String value) implements PathMatch {}

    /** {@code path}: the path is this. */
    record Exact(String value) implements PathMatch {}

    /** {@code safe_regex}: the whole path matches, by RE2. */
    record SafeRegex(String value) implements PathMatch {}

    /** {@code path_separated_prefix}: the path is this, or goes on with a slash. */
    record PathSeparatedPrefix(String value) implements PathMatch {}
  }
}
