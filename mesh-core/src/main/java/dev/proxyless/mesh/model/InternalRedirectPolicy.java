package dev.proxyless.mesh.model;

import java.util.List;
import java.util.Set;

/**
 * {@code envoy.config.route.v3.InternalRedirectPolicy}: redirects of an upstream that are followed
 * here.
 *
 * @param maxRedirects {@code max_internal_redirects}; unset is 1
 * @param codes {@code redirect_response_codes}; unset is 302
 * @param predicates what may refuse a redirect
 * @param allowCrossScheme whether http and https may change into each other
 * @param responseHeadersToCopy headers of the redirect that the next request gets, in lower case
 */
public record InternalRedirectPolicy(
    int maxRedirects,
    Set<Integer> codes,
    List<Predicate> predicates,
    boolean allowCrossScheme,
    List<String> responseHeadersToCopy) {

  /** What may refuse a redirect. */
  public sealed interface Predicate {
    /** {@code previous_routes}: no route twice. */
    record PreviousRoutes() implements Predicate {}

    /** {@code allow_listed_routes}: these routes alone. */
    record AllowListedRoutes(Set<String> routes) implements Predicate {}

    /** {@code safe_cross_scheme}: never from http to https. */
    record SafeCrossScheme() implements Predicate {}
  }
}
