package dev.proxyless.mesh.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * {@code envoy.config.route.v3.RouteAction.HashPolicy}: what of a request chooses its endpoint.
 *
 * @param specifier what is hashed
 * @param terminal whether later policies are left out once there is a hash
 */
public record HashPolicy(Specifier specifier, boolean terminal) {

  /** What is hashed. */
  public sealed interface Specifier {
    /** {@code header}. */
    record Header(String name, Optional<RegexRewrite> rewrite) implements Specifier {}

    /** {@code cookie}; with a ttl, zero included, one is made where it is missing. */
    record Cookie(
        String name, Optional<Duration> ttl, String path, List<CookieAttribute> attributes)
        implements Specifier {}

    /** {@code connection_properties.source_ip}. */
    record SourceIp() implements Specifier {}

    /** {@code query_parameter}. */
    record QueryParameter(String name) implements Specifier {}

    /** {@code filter_state}. */
    record FilterState(String key) implements Specifier {}
  }

  /** An attribute of a cookie that is made. */
  public record CookieAttribute(String name, String value) {}
}
