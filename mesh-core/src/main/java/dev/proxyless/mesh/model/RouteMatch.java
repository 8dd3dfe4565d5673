package dev.proxyless.mesh.model;

import java.util.List;
import java.util.Optional;

/**
 * {@code envoy.config.route.v3.RouteMatch}: all conditions must hold.
 *
 * @param path the path specifier
 * @param caseSensitive whether the path specifier tells cases apart; unset means true
 * @param runtimeFraction the share of requests that match
 * @param grpc whether the content type must be gRPC's
 * @param headers header conditions, all of which must hold
 * @param queryParameters query conditions, all of which must hold
 * @param cookies cookie conditions, all of which must hold
 * @param tlsContext what must be true of the caller's certificate
 * @param dynamicMetadata conditions on the request's metadata, all of which must hold
 * @param filterState conditions on the request's filter state, all of which must hold
 */
public record RouteMatch(
    PathMatch path,
    boolean caseSensitive,
    Optional<RuntimeFraction> runtimeFraction,
    boolean grpc,
    List<HeaderMatcher> headers,
    List<QueryParameterMatcher> queryParameters,
    List<CookieMatcher> cookies,
    Optional<TlsContextMatch> tlsContext,
    List<MetadataMatcher> dynamicMetadata,
    List<FilterStateMatcher> filterState) {

  /** The conditions of a path alone. */
  public static RouteMatch of(PathMatch path, boolean caseSensitive) {
    return new RouteMatch(
        path,
        caseSensitive,
        Optional.empty(),
        false,
        List.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        List.of(),
        List.of());
  }

  /**
   * {@code TlsContextMatchOptions}.
   *
   * @param presented whether the caller must have shown a certificate, or must not have
   * @param validated whether it must have been found good, or must not have
   */
  public record TlsContextMatch(Optional<Boolean> presented, Optional<Boolean> validated) {}

  /** A path specifier. It sees the path without query and fragment. */
  public sealed interface PathMatch {
    /** The text as the field gives it; empty for {@link Connect}. */
    String value();

    /** {@code prefix}: the path begins so. */
    record Prefix(String value) implements PathMatch {}

    /** {@code path}: the path is this. */
    record Exact(String value) implements PathMatch {}

    /** {@code safe_regex}: the whole path matches, by RE2. */
    record SafeRegex(String value) implements PathMatch {}

    /** {@code path_separated_prefix}: the path is this, or goes on with a slash. */
    record PathSeparatedPrefix(String value) implements PathMatch {}

    /** {@code path_match_policy} of {@code envoy.path.match.uri_template}. */
    record UriTemplate(String value) implements PathMatch {}

    /** {@code connect_matcher}: CONNECT requests. */
    record Connect() implements PathMatch {
      @Override
      public String value() {
        return "";
      }
    }
  }
}
