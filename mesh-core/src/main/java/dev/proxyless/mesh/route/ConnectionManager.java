package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.HttpConnectionManager;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a connection manager makes of a request's head before its route is looked up: normalised
 * paths, authorities without ports, headers that only trusted callers may send. Source: Envoy's
 * {@code ConnectionManagerUtility}. Immutable.
 */
public final class ConnectionManager {

  private final HttpConnectionManager config;

  private ConnectionManager(HttpConnectionManager config) {
    this.config = config;
  }

  /**
   * Compiles a connection manager.
   *
   * @param listenerPort the port that {@code strip_matching_host_port} takes off
   * @param internalOnlyHeaders {@code internal_only_headers} of its route configuration
   */
  public static ConnectionManager compile(
      HttpConnectionManager config, OptionalInt listenerPort, List<String> internalOnlyHeaders) {
    return new ConnectionManager(config);
  }

  /** Its configuration. */
  public HttpConnectionManager config() {
    return config;
  }

  /**
   * Takes a request in.
   *
   * @param trusted whether the caller is trusted, where somebody says so
   */
  public Arrival accept(RequestHead head, Optional<Boolean> trusted) {
    return new Arrival.Accepted(head, List.of(), trusted.orElse(true));
  }

  /** What becomes of a request that came in. */
  public sealed interface Arrival {
    /**
     * It goes on to its route.
     *
     * @param head as routing sees it
     * @param edits what changed of its headers
     * @param internal whether the caller is trusted
     */
    record Accepted(RequestHead head, List<HeaderEdit> edits, boolean internal)
        implements Arrival {}

    /**
     * It is answered at once.
     *
     * @param status 400 or 307
     * @param location of a redirect
     * @param details Envoy's response code details
     */
    record Answered(int status, Optional<String> location, String details) implements Arrival {}
  }
}
