package dev.proxyless.mesh.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A listener ({@code envoy.config.listener.v3.Listener}). In a process nothing listens: an outbound
 * one tells which route table serves a destination, an inbound one how the server side protects
 * itself.
 *
 * @param name the resource's name
 * @param direction whose traffic it takes
 * @param port the port of its address; empty for an API listener
 * @param useOriginalDst whether requests come by their original destination port rather than to
 *     {@code port}
 * @param filterChains in order; chosen by destination port
 * @param defaultFilterChain where no chain matches
 * @param apiListener the connection manager of a gRPC-style listener, which serves its own name
 *     alone
 */
public record Listener(
    String name,
    Direction direction,
    OptionalInt port,
    boolean useOriginalDst,
    List<FilterChain> filterChains,
    Optional<FilterChain> defaultFilterChain,
    Optional<HttpConnectionManager> apiListener) {

  /** {@code envoy.config.core.v3.TrafficDirection}. */
  public enum Direction {
    UNSPECIFIED,
    INBOUND,
    OUTBOUND
  }

  /**
   * A filter chain.
   *
   * @param name its name; may be empty
   * @param destinationPort the port that it matches; empty matches every port
   * @param connectionManager what routes its requests; empty for a chain that carries no HTTP
   * @param tls what a server presents and asks for; empty for plaintext
   */
  public record FilterChain(
      String name,
      OptionalInt destinationPort,
      Optional<HttpConnectionManager> connectionManager,
      Optional<DownstreamTlsContext> tls) {}
}
