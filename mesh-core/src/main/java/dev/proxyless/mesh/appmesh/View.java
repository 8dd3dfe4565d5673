package dev.proxyless.mesh.appmesh;

/**
 * For whom documents are translated.
 *
 * <p>This library gets what App Mesh gave its sidecars: one egress listener with a filter chain for
 * each port, an egress filter, and an ingress listener for its own TLS. A plain Envoy cannot take
 * traffic in by its original destination, so it gets one outbound listener on a loopback port for
 * each service port.
 *
 * @param envoy whether it is a plain Envoy
 * @param portOffset what is added to a service's port to get Envoy's loopback port
 * @param defaultRetryPolicy whether routes without a retry policy get the one that App Mesh gave
 *     accounts since 29 July 2020
 */
public record View(boolean envoy, int portOffset, boolean defaultRetryPolicy) {

  /**
   * The offset where none is chosen: port 8000 is reached by 127.0.0.1:28000. With 10,000 it would
   * be 18000, where control planes listen by custom.
   */
  public static final int DEFAULT_PORT_OFFSET = 20_000;

  /** The view of this library. */
  public static final View LIBRARY = new View(false, 0, true);

  /** The view of a plain Envoy. */
  public static View envoy(int portOffset) {
    return new View(true, portOffset, true);
  }
}
