package dev.proxyless.mesh.quickstart;

import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A caller from outside the mesh, with the JDK's own HTTP client and TLS. */
final class Stranger {

  private final SSLContext tls;

  private Stranger(SSLContext tls) {
    this.tls = tls;
  }

  static Stranger withoutCertificate(Certificates certificates)
      throws GeneralSecurityException, IOException {
    return new Stranger(context(certificates, null));
  }

  static Stranger withCertificate(Certificates certificates, String service)
      throws GeneralSecurityException, IOException {
    Certificates.Issued issued = certificates.issue(service);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    char[] password = {};
    keys.setKeyEntry(
        "own",
        issued.keys().getPrivate(),
        password,
        new X509Certificate[] {issued.certificate(), certificates.authority()});
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(keys, password);
    return new Stranger(context(certificates, factory));
  }

  private static SSLContext context(
      Certificates certificates, @org.jspecify.annotations.Nullable KeyManagerFactory keys)
      throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("authority", certificates.authority());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys == null ? null : keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  /** Calls a backend directly. Returns the status; throws where TLS is refused. */
  int call(int port) throws IOException {
    HttpsURLConnection connection =
        (HttpsURLConnection) URI.create("https://127.0.0.1:" + port + "/").toURL().openConnection();
    connection.setSSLSocketFactory(tls.getSocketFactory());
    connection.setHostnameVerifier((host, session) -> true);
    try {
      return connection.getResponseCode();
    } finally {
      connection.disconnect();
    }
  }
}
