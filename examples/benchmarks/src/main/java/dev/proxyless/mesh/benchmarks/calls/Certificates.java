package dev.proxyless.mesh.benchmarks.calls;

import dev.proxyless.mesh.testing.TestCertificates;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Keys of one run, for both sides: made anew, thrown away with their directory. */
final class Certificates {

  /** What the server's certificate says, and the mesh asks for. */
  static final String SERVER_NAME = "spiffe://bench/server";

  /** Key stores have to have one; these live as long as a run, in a directory of its own. */
  private static final char[] PASSWORD = "thrown-away".toCharArray();

  private Certificates() {}

  /** Writes what {@link #client} and {@link #listen} read, and PEM files for the mesh. */
  static void write(Path directory) throws IOException, GeneralSecurityException {
    TestCertificates authority = new TestCertificates("benchmark");
    TestCertificates.Issued server = authority.issue(SERVER_NAME, ArmName.PLAIN_MTLS.host());
    TestCertificates.Issued client = authority.issue("spiffe://bench/client");
    authority.write(directory, "client", client);
    store(directory.resolve("server.p12"), server, authority.certificate());
    store(directory.resolve("client.p12"), client, authority.certificate());
  }

  private static void store(Path file, TestCertificates.Issued own, Certificate authority)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, PASSWORD);
    store.setKeyEntry(
        "own", own.keys().getPrivate(), PASSWORD, new Certificate[] {own.certificate()});
    store.setCertificateEntry("authority", authority);
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, PASSWORD);
    }
  }

  /** A context and what it trusts. */
  record Tls(SSLContext context, X509TrustManager trust) {}

  /** The client's side. */
  static Tls client(Path directory) throws IOException, GeneralSecurityException {
    return tls(directory.resolve("client.p12"));
  }

  /** A socket that listens on loopback and asks clients for a certificate. */
  static SSLServerSocket listen(Path directory) throws IOException, GeneralSecurityException {
    SSLServerSocket socket =
        (SSLServerSocket)
            tls(directory.resolve("server.p12"))
                .context()
                .getServerSocketFactory()
                .createServerSocket(0, 1_024, InetAddress.getLoopbackAddress());
    socket.setNeedClientAuth(true);
    socket.setEnabledProtocols(new String[] {"TLSv1.3"});
    return socket;
  }

  private static Tls tls(Path file) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, PASSWORD);
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return new Tls(context, (X509TrustManager) trust.getTrustManagers()[0]);
  }
}
