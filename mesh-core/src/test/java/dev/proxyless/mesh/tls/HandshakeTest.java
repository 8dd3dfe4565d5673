package dev.proxyless.mesh.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.testing.TestCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may speak to whom, over real sockets: envoy-semantics 4.2 to 4.4. */
class HandshakeTest {

  private static final String A = "spiffe://apps.local/a";
  private static final String B = "spiffe://apps.local/b";

  @TempDir Path directory;
  @TempDir Path other;

  private final TestCertificates authority = new TestCertificates("ca");
  private final TlsBed bed = new TlsBed();
  private TestCertificates.Issued a = authority.issue(A);
  private TestCertificates.Issued b = authority.issue(B);

  @BeforeEach
  void writeFiles() {
    authority.write(directory, "a", a);
    authority.write(directory, "b", b);
  }

  @AfterEach
  void close() {
    bed.close();
  }

  private ClientTls clientA(String validation) {
    return bed.client(TlsBed.certificate(directory, "a") + ", " + validation);
  }

  private ServerTls serverB(String validation) {
    return bed.server(
        TlsBed.certificate(directory, "b") + (validation.isEmpty() ? "" : ", " + validation));
  }

  @Test
  void bothSidesKnowWhomTheySpeakTo() {
    Conversation talk =
        Conversation.between(
            clientA(TlsBed.validation(directory, B)), serverB(TlsBed.validation(directory, A)));
    assertTrue(talk.isGood(), talk.toString());
    assertEquals(b.serial(), talk.client().peer());
    assertEquals(a.serial(), talk.server().peer());
    assertEquals("TLSv1.3", talk.client().protocol());
  }

  @Test
  void aServerOfAnotherNameIsRefused() {
    Conversation talk =
        Conversation.between(
            clientA(TlsBed.validation(directory, "spiffe://apps.local/c")),
            serverB(TlsBed.validation(directory, A)));
    assertFalse(talk.client().isGood());
    assertTrue(
        talk.client()
            .failure()
            .contains(
                "the peer is spiffe://apps.local/b, which is none of [URI EXACT"
                    + " \"spiffe://apps.local/c\"]"),
        talk.client().failure());
    assertFalse(talk.server().isGood());
  }

  @Test
  void aClientOfAnotherNameIsRefused() {
    Conversation talk =
        Conversation.between(
            clientA(TlsBed.validation(directory, B)), serverB(TlsBed.validation(directory, B)));
    assertFalse(talk.server().isGood());
    assertFalse(talk.client().isGood(), "no byte of an answer may come");
    assertTrue(talk.server().failure().contains("the peer is " + A), talk.server().failure());
  }

  @Test
  void aClientWithoutCertificateIsRefusedWhereNamesAreChecked() {
    Conversation talk =
        Conversation.between(
            bed.client(TlsBed.validation(directory, B)), serverB(TlsBed.validation(directory, A)));
    assertFalse(talk.server().isGood());
    assertFalse(talk.client().isGood());
  }

  @Test
  void aClientWithoutCertificateIsRefusedWhereOneIsRequired() {
    ServerTls server =
        bed.contexts.server(
            TlsBed.downstream(
                "{require_client_certificate: true;; common_tls_context: {"
                    + TlsBed.certificate(directory, "b")
                    + ", "
                    + TlsBed.validation(directory, "")
                    + "}}"));
    assertTrue(server.needsClientCertificate());
    assertFalse(
        Conversation.between(bed.client(TlsBed.validation(directory, B)), server)
            .server()
            .isGood());
    Conversation good = Conversation.between(clientA(TlsBed.validation(directory, B)), server);
    assertEquals(a.serial(), good.server().peer());
  }

  @Test
  void aTrustedAuthorityAloneAsksForACertificateAndDoesNotDemandIt() {
    ServerTls server = serverB(TlsBed.validation(directory, ""));
    assertTrue(server.wantsClientCertificate());
    assertFalse(server.needsClientCertificate());
    Conversation anonymous =
        Conversation.between(bed.client(TlsBed.validation(directory, B)), server);
    assertTrue(anonymous.isGood(), anonymous.toString());
    assertEquals("", anonymous.server().peer());
    Conversation named = Conversation.between(clientA(TlsBed.validation(directory, B)), server);
    assertEquals(a.serial(), named.server().peer());
    TestCertificates stranger = new TestCertificates("ca"); // or the client would not show it
    stranger.write(other, "a", stranger.issue(A));
    Conversation strange =
        Conversation.between(
            bed.client(TlsBed.certificate(other, "a") + ", " + TlsBed.validation(directory, B)),
            server);
    assertFalse(strange.server().isGood(), "a certificate that is shown must be good");
  }

  @Test
  void withoutValidationNoClientIsAskedForACertificate() {
    ServerTls server = serverB("");
    assertFalse(server.wantsClientCertificate());
    Conversation talk = Conversation.between(clientA(TlsBed.validation(directory, B)), server);
    assertTrue(talk.isGood(), talk.toString());
    assertEquals("", talk.server().peer());
  }

  @Test
  void aClientWithoutValidationTakesAnyServer() {
    TestCertificates stranger = new TestCertificates("stranger");
    TestCertificates.Issued strange = stranger.issue("spiffe://elsewhere/x");
    stranger.write(other, "b", strange);
    Conversation talk =
        Conversation.between(
            bed.client(TlsBed.certificate(directory, "a")),
            bed.server(TlsBed.certificate(other, "b")));
    assertTrue(talk.isGood(), talk.toString());
    assertEquals(strange.serial(), talk.client().peer());
  }

  @Test
  void anotherAuthorityIsNotTrusted() {
    TestCertificates stranger = new TestCertificates("ca");
    stranger.write(other, "b", stranger.issue(B));
    Conversation talk =
        Conversation.between(
            clientA(TlsBed.validation(directory, B)), bed.server(TlsBed.certificate(other, "b")));
    assertFalse(talk.client().isGood(), "the name is right, the authority is not");
    Conversation reverse =
        Conversation.between(
            bed.client(TlsBed.certificate(other, "b") + ", " + TlsBed.validation(directory, B)),
            serverB(TlsBed.validation(directory, B)));
    assertFalse(reverse.server().isGood());
  }

  @Test
  void anExpiredCertificateIsNotTrusted() {
    authority.write(other, "b", authority.issue(Duration.ofMinutes(-5), B));
    Conversation talk =
        Conversation.between(
            clientA(TlsBed.validation(directory, B)), bed.server(TlsBed.certificate(other, "b")));
    assertFalse(talk.client().isGood());
    assertTrue(talk.client().failure().contains("NotAfter"), talk.client().failure());
  }

  @Test
  void everyCertificateOfTheTrustedFileIsAnAnchorEvenALeaf() {
    TestCertificates.replace(other.resolve("ca.pem"), b.certificatePem());
    Conversation talk = Conversation.between(clientA(TlsBed.validation(other, B)), serverB(""));
    assertTrue(talk.isGood(), talk.toString());
    TestCertificates.Issued another = authority.issue(B);
    authority.write(directory, "b2", another);
    Conversation strange =
        Conversation.between(
            clientA(TlsBed.validation(other, B)), bed.server(TlsBed.certificate(directory, "b2")));
    assertFalse(strange.client().isGood(), "its own authority is not in the file");
  }

  @Test
  void anExpiredLeafIsNotTrustedEvenWhereItIsAnAnchor() {
    TestCertificates.Issued expired = authority.issue(Duration.ofMinutes(-5), B);
    authority.write(other, "b", expired);
    TestCertificates.replace(other.resolve("ca.pem"), expired.certificatePem());
    Conversation talk =
        Conversation.between(
            clientA(TlsBed.validation(other, B)), bed.server(TlsBed.certificate(other, "b")));
    assertFalse(talk.client().isGood());
  }

  @Test
  void severalAuthoritiesCanBeTrusted() {
    TestCertificates second = new TestCertificates("second");
    second.write(other, "b", second.issue(B));
    TestCertificates.replace(
        other.resolve("ca.pem"), authority.authorityPem() + second.authorityPem());
    ClientTls client = clientA(TlsBed.validation(other, B));
    assertTrue(Conversation.between(client, bed.server(TlsBed.certificate(other, "b"))).isGood());
    assertTrue(Conversation.between(client, serverB("")).isGood());
  }

  @ParameterizedTest
  @CsvSource({
    "'',                                       ''",
    "service.local,                            service.local"
  })
  void theServerNameIsSentAsConfiguredAndNoOther(String sni, String seen) {
    ClientTls client =
        bed.contexts.client(
            TlsBed.upstream(
                "{sni: '"
                    + sni
                    + "';; common_tls_context: {"
                    + TlsBed.validation(directory, B)
                    + "}}"));
    Conversation talk = Conversation.between(client, serverB(""));
    assertTrue(talk.isGood(), talk.toString());
    assertEquals(seen, talk.server().sni());
  }

  /** Istio's names have underscores, which the JDK's servers refuse and Envoy takes. */
  @Test
  void aServerNameThatIsNoHostNameIsSentToo() throws Exception {
    String sni = "outbound_.80_._.reviews.default.svc.cluster.local";
    ClientTls client =
        bed.contexts.client(
            TlsBed.upstream(
                "{sni: '"
                    + sni
                    + "';; common_tls_context: {"
                    + TlsBed.validation(directory, B)
                    + "}}"));
    try (ServerSocket port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<String> hello =
          CompletableFuture.supplyAsync(
              () -> {
                try (Socket raw = port.accept()) {
                  byte[] bytes = raw.getInputStream().readNBytes(300);
                  return new String(bytes, StandardCharsets.ISO_8859_1);
                } catch (IOException broken) {
                  throw new UncheckedIOException(broken);
                }
              });
      try (Socket raw = new Socket(port.getInetAddress(), port.getLocalPort());
          SSLSocket socket =
              (SSLSocket)
                  client.current().socketFactory().createSocket(raw, "127.0.0.1", 1, true)) {
        assertThrows(IOException.class, socket::startHandshake);
      }
      assertTrue(hello.get(20, TimeUnit.SECONDS).contains(sni));
    }
  }

  @ParameterizedTest
  @CsvSource({
    // client's bounds, server's bounds, what is spoken
    "TLSv1_2, TLSv1_3, TLSv1_2, TLSv1_3, TLSv1.3",
    "TLSv1_2, TLSv1_2, TLSv1_2, TLSv1_3, TLSv1.2",
    "TLSv1_2, TLSv1_3, TLSv1_2, TLSv1_2, TLSv1.2",
    "TLSv1_3, TLSv1_3, TLSv1_3, TLSv1_3, TLSv1.3",
    "TLSv1_3, TLSv1_3, TLSv1_2, TLSv1_2, none",
    "TLSv1_2, TLSv1_2, TLSv1_3, TLSv1_3, none"
  })
  void versionsAreBoundOnBothSides(
      String clientMin, String clientMax, String serverMin, String serverMax, String spoken) {
    ClientTls client =
        bed.client(params(clientMin, clientMax) + ", " + TlsBed.validation(directory, B));
    ServerTls server =
        bed.server(params(serverMin, serverMax) + ", " + TlsBed.certificate(directory, "b"));
    Conversation talk = Conversation.between(client, server);
    assertEquals(spoken, talk.isGood() ? talk.client().protocol() : "none", talk.toString());
  }

  private static String params(String min, String max) {
    return "tls_params: {tls_minimum_protocol_version: %s, tls_maximum_protocol_version: %s}"
        .formatted(min, max);
  }

  @Test
  void enginesAndListeningSocketsDemandWhatTheContextDemands() throws Exception {
    ServerTls server =
        bed.server(
            params("TLSv1_3", "TLSv1_3")
                + ", "
                + TlsBed.certificate(directory, "b")
                + ", "
                + TlsBed.validation(directory, A));
    for (SSLEngine engine :
        new SSLEngine[] {
          server.sslContext().createSSLEngine(), server.sslContext().createSSLEngine("h", 1)
        }) {
      assertFalse(engine.getUseClientMode());
      assertTrue(engine.getNeedClientAuth());
      assertEquals("TLSv1.3", String.join(" ", engine.getEnabledProtocols()));
    }
    try (SSLServerSocket listening =
        (SSLServerSocket) server.sslContext().getServerSocketFactory().createServerSocket()) {
      assertTrue(listening.getNeedClientAuth());
      assertEquals("TLSv1.3", String.join(" ", listening.getEnabledProtocols()));
    }
    assertTrue(server.sslContext().getDefaultSSLParameters().getNeedClientAuth());
  }

  @Test
  void anInlineIdentityNeedsNoFiles() {
    String inline =
        "tls_certificates: [{certificate_chain: {inline_string: \"%s\"}, private_key: {inline_string: \"%s\"}}]"
            .formatted(b.certificatePem().replace("\n", "\\n"), b.keyPem().replace("\n", "\\n"));
    Conversation talk =
        Conversation.between(clientA(TlsBed.validation(directory, B)), bed.server(inline));
    assertEquals(b.serial(), talk.client().peer());
  }

  @Test
  void rsaIdentitiesWorkToo() {
    authority.write(other, "b", authority.issueRsa(2048, B));
    Conversation talk =
        Conversation.between(
            clientA(TlsBed.validation(directory, B)), bed.server(TlsBed.certificate(other, "b")));
    assertTrue(talk.isGood(), talk.toString());
  }
}
