package dev.proxyless.mesh.model;

import java.util.List;
import java.util.Optional;

/**
 * {@code envoy.config.route.v3.VirtualHost}.
 *
 * @param name its name, used in statistics and explanations
 * @param domains exact names, {@code *.suffix}, {@code prefix.*} or {@code *}
 * @param routes in order; the first that matches wins
 * @param retryPolicy for routes that have none
 * @param includeRequestAttemptCount whether {@code x-envoy-attempt-count} is sent upstream
 * @param includeAttemptCountInResponse whether {@code x-envoy-attempt-count} is added to the
 *     response
 */
public record VirtualHost(
    String name,
    List<String> domains,
    List<Route> routes,
    Optional<RetryPolicy> retryPolicy,
    boolean includeRequestAttemptCount,
    boolean includeAttemptCountInResponse) {}
