package dev.proxyless.mesh.model;

import java.util.List;
import java.util.Optional;

/**
 * {@code envoy.config.route.v3.RouteAction.RequestMirrorPolicy}: a copy of requests goes to a
 * second cluster, whose answer nobody sees.
 *
 * @param cluster {@code cluster}; empty where a header names it
 * @param clusterHeader {@code cluster_header}; empty where {@code cluster} is set
 * @param runtimeFraction the share of requests; unset is all
 * @param hostRewriteLiteral stands in for the authority, without suffix
 * @param shadowSuffix whether {@code -shadow} is added to the host
 * @param requestHeaders what changes in the copy's headers
 */
public record RequestMirrorPolicy(
    String cluster,
    String clusterHeader,
    Optional<RuntimeFraction> runtimeFraction,
    Optional<String> hostRewriteLiteral,
    boolean shadowSuffix,
    List<HeaderMutation> requestHeaders) {

  /** {@code envoy.config.common.mutation_rules.v3.HeaderMutation}, in order. */
  public sealed interface HeaderMutation {
    /** {@code remove}. */
    record Remove(String name) implements HeaderMutation {}

    /** {@code append}. */
    record Append(HeaderValueOption option) implements HeaderMutation {}

    /** {@code remove_on_match}: by the header's name. */
    record RemoveOnMatch(StringMatcher name) implements HeaderMutation {}
  }
}
