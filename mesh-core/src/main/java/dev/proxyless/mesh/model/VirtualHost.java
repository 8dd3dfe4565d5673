package dev.proxyless.mesh.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * {@code envoy.config.route.v3.VirtualHost}.
 *
 * @param name its name, used in statistics and explanations
 * @param domains exact names, {@code *.suffix}, {@code prefix.*} or {@code *}
 * @param routes in order; the first that matches wins; empty where there is a matcher
 * @param matcher stands in for {@code routes}
 * @param requireTls which requests are redirected to https
 * @param virtualClusters names for requests in statistics; the first that matches counts
 * @param requestHeaders what changes in requests
 * @param responseHeaders what changes in responses
 * @param retryPolicy for routes that have none
 * @param hedgePolicy for routes that have none
 * @param requestMirrorPolicies for routes that have none
 * @param includeRequestAttemptCount whether {@code x-envoy-attempt-count} is sent upstream
 * @param includeAttemptCountInResponse whether {@code x-envoy-attempt-count} is added to the
 *     response
 * @param includeIsTimeoutRetryHeader whether a retry tells by {@code x-envoy-is-timeout-retry}
 *     whether the try before timed out
 * @param requestBodyBufferLimit bytes of a body that are kept for retries and mirrors
 * @param typedPerFilterConfig settings by the filter's name
 * @param metadata of the virtual host
 */
public record VirtualHost(
    String name,
    List<String> domains,
    List<Route> routes,
    Optional<MatcherTree> matcher,
    RequireTls requireTls,
    List<VirtualCluster> virtualClusters,
    HeaderMutations requestHeaders,
    HeaderMutations responseHeaders,
    Optional<RetryPolicy> retryPolicy,
    Optional<HedgePolicy> hedgePolicy,
    List<RequestMirrorPolicy> requestMirrorPolicies,
    boolean includeRequestAttemptCount,
    boolean includeAttemptCountInResponse,
    boolean includeIsTimeoutRetryHeader,
    OptionalLong requestBodyBufferLimit,
    Map<String, FilterConfig> typedPerFilterConfig,
    Metadata metadata) {

  /** With all else as it is where nothing is set. */
  public static VirtualHost of(String name, List<String> domains, List<Route> routes) {
    return new VirtualHost(
        name,
        domains,
        routes,
        Optional.empty(),
        RequireTls.NONE,
        List.of(),
        HeaderMutations.NONE,
        HeaderMutations.NONE,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        false,
        false,
        false,
        OptionalLong.empty(),
        Map.of(),
        Metadata.EMPTY);
  }

  /** {@code TlsRequirementType}. */
  public enum RequireTls {
    NONE,
    /** Requests of callers that are not trusted. */
    EXTERNAL_ONLY,
    ALL
  }
}
