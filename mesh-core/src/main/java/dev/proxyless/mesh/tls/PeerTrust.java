package dev.proxyless.mesh.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Checks a peer: its chain against the anchors by the JDK's PKIX, then its names against the
 * policy. No host name is checked: in a mesh the name of a service is in its certificate, not in
 * the address. Revocation is not checked; certificates are to be short-lived.
 */
final class PeerTrust extends X509ExtendedTrustManager {

  /** Longer chains are refused before any is checked. */
  private static final int MAX_CHAIN = 10;

  private final X509ExtendedTrustManager chain;
  private final SanPolicy names;

  private PeerTrust(X509ExtendedTrustManager chain, SanPolicy names) {
    this.chain = chain;
    this.names = names;
  }

  static PeerTrust of(List<X509Certificate> anchors, SanPolicy names) {
    Set<TrustAnchor> trusted = new LinkedHashSet<>();
    anchors.forEach(anchor -> trusted.add(new TrustAnchor(anchor, null)));
    try {
      PKIXBuilderParameters parameters = new PKIXBuilderParameters(trusted, null);
      parameters.setRevocationEnabled(false);
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(new CertPathTrustManagerParameters(parameters));
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager extended) {
          return new PeerTrust(extended, names);
        }
      }
    } catch (GeneralSecurityException broken) {
      throw new TlsException("trust anchors cannot be used", broken);
    }
    throw new TlsException("this JDK has no PKIX trust manager");
  }

  private void check(X509Certificate[] certificates, ChainCheck chainCheck)
      throws CertificateException {
    if (certificates.length > MAX_CHAIN) {
      throw new CertificateException(
          "the peer sent "
              + certificates.length
              + " certificates; at most "
              + MAX_CHAIN
              + " are read");
    }
    chainCheck.run();
    certificates[0].checkValidity(); // the JDK does not look where the leaf itself is an anchor
    if (!names.accepts(certificates[0])) {
      throw new CertificateException(
          "the peer is "
              + PeerIdentity.of(certificates[0]).principal()
              + ", which is none of "
              + names.describe());
    }
  }

  private interface ChainCheck {
    void run() throws CertificateException;
  }

  @Override
  public void checkClientTrusted(X509Certificate[] certificates, String authType, Socket socket)
      throws CertificateException {
    check(certificates, () -> chain.checkClientTrusted(certificates, authType, socket));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] certificates, String authType, Socket socket)
      throws CertificateException {
    check(certificates, () -> chain.checkServerTrusted(certificates, authType, socket));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] certificates, String authType, SSLEngine engine)
      throws CertificateException {
    check(certificates, () -> chain.checkClientTrusted(certificates, authType, engine));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] certificates, String authType, SSLEngine engine)
      throws CertificateException {
    check(certificates, () -> chain.checkServerTrusted(certificates, authType, engine));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] certificates, String authType)
      throws CertificateException {
    check(certificates, () -> chain.checkClientTrusted(certificates, authType));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] certificates, String authType)
      throws CertificateException {
    check(certificates, () -> chain.checkServerTrusted(certificates, authType));
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return chain.getAcceptedIssuers();
  }
}
