package dev.proxyless.mesh.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code envoy.config.route.v3.RouteConfiguration}.
 *
 * @param name the resource's name
 * @param virtualHosts in order
 * @param internalOnlyHeaders headers that are taken from requests of callers that are not trusted
 * @param requestHeaders what changes in requests
 * @param responseHeaders what changes in responses
 * @param mostSpecificHeaderMutationsWins whether a route's overwrites win over those of its virtual
 *     host and of this
 * @param validateClusters whether every cluster that is named must be there; unset means false for
 *     RDS and true for a listener's own routes
 * @param requestMirrorPolicies for virtual hosts and routes that have none
 * @param ignorePortInHostMatching whether a request's port is left out when its host is looked up
 * @param ignorePathParametersInPathMatching whether a path is compared up to its first semicolon
 * @param typedPerFilterConfig settings by the filter's name
 * @param vhostHeader the header that stands in for the authority when a virtual host is looked up
 */
public record RouteConfiguration(
    String name,
    List<VirtualHost> virtualHosts,
    List<String> internalOnlyHeaders,
    HeaderMutations requestHeaders,
    HeaderMutations responseHeaders,
    boolean mostSpecificHeaderMutationsWins,
    Optional<Boolean> validateClusters,
    List<RequestMirrorPolicy> requestMirrorPolicies,
    boolean ignorePortInHostMatching,
    boolean ignorePathParametersInPathMatching,
    Map<String, FilterConfig> typedPerFilterConfig,
    Optional<String> vhostHeader) {

  /** With all else as it is where nothing is set. */
  public static RouteConfiguration of(String name, List<VirtualHost> virtualHosts) {
    return new RouteConfiguration(
        name,
        virtualHosts,
        List.of(),
        HeaderMutations.NONE,
        HeaderMutations.NONE,
        false,
        Optional.empty(),
        List.of(),
        false,
        false,
        Map.of(),
        Optional.empty());
  }
}
