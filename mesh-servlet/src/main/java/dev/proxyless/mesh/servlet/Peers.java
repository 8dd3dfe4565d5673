package dev.proxyless.mesh.servlet;

import dev.proxyless.mesh.tls.PeerIdentity;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/** The peer of a connection. */
final class Peers {

  private Peers() {}

  /**
   * Who a chain of certificates belongs to, as the container gives it of the TLS session; the first
   * is the peer's own.
   */
  static PeerIdentity of(@Nullable Object certificates) {
    return certificates instanceof X509Certificate[] chain && chain.length > 0
        ? PeerIdentity.of(chain[0])
        : PeerIdentity.NONE;
  }
}
