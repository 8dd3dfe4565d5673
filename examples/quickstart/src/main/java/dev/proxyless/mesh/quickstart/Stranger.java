package dev.proxyless.mesh.quickstart;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A caller from outside the mesh, with the JDK's own TLS. */
final class Stranger {

  private static final Pattern ALERT = Pattern.compile("fatal alert: (\\w+)");

  private final String name;
  private final SSLContext tls;

  private Stranger(String name, SSLContext tls) {
    this.name = name;
    this.tls = tls;
  }

  static Stranger withoutCertificate(Certificates authority)
      throws GeneralSecurityException, IOException {
    return new Stranger("a caller without certificate", context(authority, null));
  }

  static Stranger withCertificate(Certificates authority, String service)
      throws GeneralSecurityException, IOException {
    Certificates.Issued issued = authority.issue(service);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    char[] password = {};
    keys.setKeyEntry(
        "own",
        issued.keys().getPrivate(),
        password,
        new X509Certificate[] {issued.certificate(), authority.certificate()});
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(keys, password);
    return new Stranger(
        "a caller as " + Certificates.spiffeId(service), context(authority, factory));
  }

  private static SSLContext context(Certificates authority, @Nullable KeyManagerFactory keys)
      throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("authority", authority.certificate());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys == null ? null : keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  /** How both sides tell of a handshake that was refused. */
  record Refusal(String seenByClient, String seenByServer) {}

  /**
   * Calls a backend directly.
   *
   * @throws NotHeld if it is not refused
   */
  Refusal call(Backend backend) throws Exception {
    try (SSLSocket socket =
        (SSLSocket) tls.getSocketFactory().createSocket("127.0.0.1", backend.port())) {
      String alert = handshake(socket);
      // In TLS 1.3 the client is done before the server has looked at its certificate.
      Await.until(
          () -> backend.handshake().clientPort() == socket.getLocalPort(),
          backend.name() + " did not tell how the handshake ended");
      String refusal = backend.handshake().refusal();
      NotHeld.unless(!refusal.isEmpty(), name + " was let in by " + backend.name());
      return new Refusal(alert.isEmpty() ? request(socket) : alert, refusal);
    }
  }

  private static String handshake(SSLSocket socket) {
    try {
      socket.startHandshake();
      return "";
    } catch (IOException refused) {
      return inWords(refused);
    }
  }

  private String request(SSLSocket socket) throws NotHeld {
    try {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      String line = in.readLine();
      NotHeld.unless(line == null, name + " was answered " + line);
      return "the connection was closed";
    } catch (IOException refused) {
      return inWords(refused);
    }
  }

  private static String inWords(IOException refused) {
    Matcher alert = ALERT.matcher(String.valueOf(refused.getMessage()));
    return alert.find() ? "TLS alert " + alert.group(1) : String.valueOf(refused.getMessage());
  }
}
