package dev.proxyless.mesh.model;

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

    /** {@code cookie}. */
    record Cookie(String name) implements Specifier {}

    /** {@code connection_properties.source_ip}. */
    record SourceIp() implements Specifier {}

    /** {@code query_parameter}. */
    record QueryParameter(String name) implements Specifier {}

    /** {@code filter_state}. */
    record FilterState(String key) implements Specifier {}
  }
}
