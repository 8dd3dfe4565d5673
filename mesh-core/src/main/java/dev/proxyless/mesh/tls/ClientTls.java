package dev.proxyless.mesh.tls;

import dev.proxyless.mesh.model.TlsContext;
import dev.proxyless.mesh.model.UpstreamTlsContext;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509TrustManager;

/**
 * How a cluster's endpoints are spoken to: the certificate to show, the peers to accept. It follows
 * its files; {@link #current} is the state at one moment. Safe for use by several threads.
 */
public final class ClientTls {

  private final UpstreamTlsContext config;
  private final RotatingContext context;
  private volatile Identity current;

  ClientTls(UpstreamTlsContext config, RotatingContext context) {
    this.config = config;
    this.context = context;
    current = new Identity(config, context.current());
    context.onRotation(() -> current = new Identity(config, context.current()));
  }

  /**
   * What to use for a connection that is made now. A later rotation gives another object, so a
   * transport that keeps connections keeps them by this one's identity.
   */
  public Identity current() {
    return current;
  }

  UpstreamTlsContext config() {
    return config;
  }

  RotatingContext context() {
    return context;
  }

  /** One generation of a cluster's TLS. Compared by identity. */
  public static final class Identity {
    private final UpstreamTlsContext config;
    private final Generation generation;
    private final SSLSocketFactory sockets;

    private Identity(UpstreamTlsContext config, Generation generation) {
      this.config = config;
      this.generation = generation;
      sockets = new SniSocketFactory(generation, config.sni());
    }

    /** Makes sockets that show the certificate and send the server name that is configured. */
    public SSLSocketFactory socketFactory() {
      return sockets;
    }

    /** Checks the peer's chain and names. */
    public X509TrustManager trustManager() {
      return generation.trust();
    }

    /** Checks the peer's names once more: a resumed session was verified under its own policy. */
    public HostnameVerifier hostnameVerifier() {
      return (host, session) -> namesAccept(session);
    }

    private boolean namesAccept(SSLSession session) {
      if (generation.names().isEmpty()) {
        return true;
      }
      try {
        Certificate[] peer = session.getPeerCertificates();
        return peer.length > 0
            && peer[0] instanceof X509Certificate leaf
            && generation.names().accepts(leaf);
      } catch (SSLPeerUnverifiedException nobody) {
        return false;
      }
    }

    /** The protocol versions to speak, newest first. */
    public List<TlsContext.Version> versions() {
      return generation.versions();
    }

    /** What ALPN offers; empty leaves it to the cluster's protocol. */
    public List<String> alpnProtocols() {
      return config.common().alpnProtocols();
    }
  }
}
