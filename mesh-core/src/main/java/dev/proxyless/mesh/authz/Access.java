package dev.proxyless.mesh.authz;

import java.util.List;

/**
 * A request as a policy sees it.
 *
 * @param method the method, as sent
 * @param path the path that the application routes on: decoded, without query
 * @param peer who asks
 */
public record Access(String method, String path, Peer peer) {

  /**
   * Who asks, by the connection; nothing of it comes from a header.
   *
   * @param tls whether the connection is TLS
   * @param uris the URI names of the certificate that TLS verified
   * @param dnsNames its DNS names
   * @param subject its subject, as in RFC 2253; empty where no certificate came
   */
  public record Peer(boolean tls, List<String> uris, List<String> dnsNames, String subject) {

    /** A peer on a connection without TLS. */
    public static final Peer PLAINTEXT = new Peer(false, List.of(), List.of(), "");
  }
}
