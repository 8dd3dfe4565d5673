package dev.proxyless.mesh.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.testing.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates that change under way. A new generation is a new SSLContext, on both sides. */
class RotationTest {

  private static final String A = "spiffe://apps.local/a";
  private static final String B = "spiffe://apps.local/b";

  @TempDir Path directory;

  private final TestCertificates authority = new TestCertificates("ca");
  private final TlsBed bed = new TlsBed();

  @AfterEach
  void close() {
    bed.close();
  }

  private TestCertificates.Issued write(String name, String uri) {
    TestCertificates.Issued issued = authority.issue(uri);
    authority.write(directory, name, issued);
    return issued;
  }

  private ClientTls client() {
    return bed.client(TlsBed.certificate(directory, "a") + ", " + TlsBed.validation(directory, B));
  }

  private ServerTls server() {
    return bed.server(TlsBed.certificate(directory, "b") + ", " + TlsBed.validation(directory, A));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1_2", "TLSv1_3"})
  void newHandshakesUseTheNewCertificates(String version) {
    TestCertificates.Issued a = write("a", A);
    TestCertificates.Issued b = write("b", B);
    String params = "tls_params: {tls_maximum_protocol_version: " + version + "}, ";
    ClientTls client =
        bed.client(
            params + TlsBed.certificate(directory, "a") + ", " + TlsBed.validation(directory, B));
    ServerTls server = server();
    ClientTls.Identity before = client.current();
    Conversation first = Conversation.between(client, server);
    assertEquals(a.serial(), first.server().peer(), first.toString());
    assertEquals(b.serial(), first.client().peer());
    TestCertificates.Issued a2 = write("a", A);
    bed.await("loaded " + a2.serial());
    TestCertificates.Issued b2 = write("b", B);
    bed.await("loaded " + b2.serial());
    assertNotSame(before, client.current());
    Conversation second = Conversation.between(client, server);
    assertEquals(a2.serial(), second.server().peer(), second.toString());
    assertEquals(b2.serial(), second.client().peer());
    Conversation old = Conversation.between(before, server.sslContext());
    assertEquals(a.serial(), old.server().peer(), "a connection in the making keeps what it had");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1_2", "TLSv1_3"})
  void aSessionIsResumedWithinAGenerationAndNotBeyond(String version) throws IOException {
    write("a", A);
    TestCertificates.Issued b = write("b", B);
    ServerTls server =
        bed.server(
            "tls_params: {tls_maximum_protocol_version: "
                + version
                + "}, "
                + TlsBed.certificate(directory, "b")
                + ", "
                + TlsBed.validation(directory, A));
    ClientTls.Identity client = client().current();
    try (ServerSocket port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Conversation first = Conversation.at(port, client, server.sslContext());
      assertTrue(first.isGood(), first.toString());
      awaitNextMillisecond();
      Conversation resumed = Conversation.at(port, client, server.sslContext());
      assertEquals(
          first.client().created(), resumed.client().created(), "this test rests on resumption");
      assertEquals(b.serial(), resumed.client().peer());
      distrust();
      Conversation refused = Conversation.at(port, client, server.sslContext());
      assertFalse(refused.server().isGood(), "a session must not outlive the trust it was made by");
      assertFalse(refused.client().isGood());
    }
  }

  /** Replaces the authority that both sides trust, and waits until both have seen it. */
  private void distrust() {
    bed.events.clear();
    TestCertificates.replace(
        directory.resolve("ca.pem"), new TestCertificates("stranger").authorityPem());
    bed.await("loaded");
    bed.await("loaded");
  }

  /** Sessions tell their age in milliseconds. */
  private static void awaitNextMillisecond() {
    long now = System.currentTimeMillis();
    while (System.currentTimeMillis() == now) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aClientThatNoLongerTrustsAServerDoesNotResumeItsSession() throws IOException {
    write("a", A);
    write("b", B);
    ClientTls client = client();
    ServerTls server = server();
    SSLContext before = server.sslContext();
    try (ServerSocket port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertTrue(Conversation.at(port, client.current(), before).isGood());
      distrust();
      assertFalse(Conversation.at(port, client.current(), before).client().isGood());
    }
  }

  @Test
  void aHalfWrittenPairKeepsTheOldUntilItIsWhole() {
    write("a", A);
    TestCertificates.Issued b = write("b", B);
    ClientTls client = client();
    ServerTls server = server();
    TestCertificates.Issued b2 = authority.issue(B);
    TestCertificates.replace(directory.resolve("b.pem"), b2.certificatePem());
    assertEquals(
        "rejected "
            + directory.resolve("b.pem")
            + ": the private key is not that of the first certificate",
        bed.await("rejected"));
    assertEquals(b.serial(), Conversation.between(client, server).client().peer());
    TestCertificates.replace(directory.resolve("b-key.pem"), b2.keyPem());
    bed.await("loaded " + b2.serial());
    assertEquals(b2.serial(), Conversation.between(client, server).client().peer());
    assertEquals(1, count("mesh.tls.reloads", "rejected"));
    assertEquals(1, count("mesh.tls.reloads", "ok"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "no certificate", "-----BEGIN CERTIFICATE-----\nMIIB"})
  void aBrokenFileKeepsTheOld(String content) {
    write("a", A);
    TestCertificates.Issued b = write("b", B);
    ClientTls client = client();
    ServerTls server = server();
    TestCertificates.replace(directory.resolve("b.pem"), content);
    bed.await("rejected " + directory.resolve("b.pem") + ": ");
    assertEquals(b.serial(), Conversation.between(client, server).client().peer());
  }

  @Test
  void aDeletedFileKeepsTheOld() throws IOException {
    write("a", A);
    TestCertificates.Issued b = write("b", B);
    ClientTls client = client();
    ServerTls server = server();
    Files.delete(directory.resolve("b-key.pem"));
    assertEquals(
        "rejected " + directory.resolve("b-key.pem") + ": no such file", bed.await("rejected"));
    assertEquals(b.serial(), Conversation.between(client, server).client().peer());
  }

  @Test
  void filesThatAreTouchedAndSayTheSameAreNoRotation() throws IOException {
    TestCertificates.Issued a = write("a", A);
    write("b", B);
    ClientTls client = client();
    ClientTls.Identity before = client.current();
    Files.setLastModifiedTime(
        directory.resolve("a.pem"), FileTime.from(Instant.now().plusSeconds(5)));
    TestCertificates.replace(directory.resolve("a.pem"), a.certificatePem());
    // what comes after shows that the touch was looked at
    TestCertificates.replace(directory.resolve("a-key.pem"), "broken");
    bed.await("rejected");
    assertSame(before, client.current());
    assertEquals(0, count("mesh.tls.reloads", "ok"));
  }

  /** How the kubelet mounts secrets: links to {@code ..data/}, which is itself a link. */
  @Test
  void aSwappedDirectoryLinkIsNoticed() throws IOException {
    Path first = Files.createDirectory(directory.resolve("..2026_11_21"));
    TestCertificates.Issued b = authority.issue(B);
    authority.write(first, "b", b);
    Files.createSymbolicLink(directory.resolve("..data"), first.getFileName());
    for (String file : new String[] {"ca.pem", "b.pem", "b-key.pem"}) {
      Files.createSymbolicLink(directory.resolve(file), Path.of("..data", file));
    }
    ClientTls client = bed.client(TlsBed.validation(directory, B));
    ServerTls server = bed.server(TlsBed.certificate(directory, "b"));
    assertEquals(b.serial(), Conversation.between(client, server).client().peer());
    Path second = Files.createDirectory(directory.resolve("..2026_11_22"));
    TestCertificates.Issued b2 = authority.issue(B);
    authority.write(second, "b", b2);
    Files.createSymbolicLink(directory.resolve("..data_tmp"), second.getFileName());
    Files.move(
        directory.resolve("..data_tmp"),
        directory.resolve("..data"),
        StandardCopyOption.ATOMIC_MOVE);
    bed.await("loaded " + b2.serial());
    assertEquals(b2.serial(), Conversation.between(client, server).client().peer());
  }

  @Test
  void equalConfigurationSharesOneContext() {
    write("a", A);
    assertSame(client(), client());
    write("b", B);
    assertSame(server(), server());
  }

  @Test
  void aContextThatCannotBeUsedIsRefusedAndNothingIsLeftOfIt() {
    TlsException refused = assertThrows(TlsException.class, this::client);
    assertEquals(directory.resolve("a.pem") + ": no such file", refused.getMessage());
    TestCertificates.Issued a = write("a", A);
    client();
    bed.await("loaded " + a.serial());
  }

  @Test
  void theGaugeTellsTheSecondsToTheEndOfTheCertificateInUse() {
    authority.write(directory, "a", authority.issue(Duration.ofHours(2), A));
    ClientTls first = client();
    assertExpiry(Duration.ofHours(2));
    TestCertificates.Issued longer = authority.issue(Duration.ofHours(9), A);
    authority.write(directory, "a", longer);
    bed.await("loaded " + longer.serial());
    assertExpiry(Duration.ofHours(9));
    // another context of the same file, such as a cluster's next version, does not hold on to it
    ClientTls second =
        bed.client(
            TlsBed.certificate(directory, "a")
                + ", "
                + TlsBed.validation(directory, "spiffe://apps.local/other"));
    assertNotSame(first, second);
    bed.contexts.retain(Set.of(second.config()), Set.of());
    TestCertificates.Issued longest = authority.issue(Duration.ofHours(20), A);
    bed.events.clear();
    authority.write(directory, "a", longest);
    bed.await("loaded " + longest.serial());
    assertExpiry(Duration.ofHours(20));
    bed.contexts.retain(Set.of(), Set.of());
    assertTrue(bed.meters.find("mesh.tls.certificate.expiry").gauges().isEmpty());
  }

  private void assertExpiry(Duration expected) {
    double seconds =
        bed.meters
            .get("mesh.tls.certificate.expiry")
            .tag("source", directory.resolve("a.pem").toString())
            .gauge()
            .value();
    assertEquals((double) expected.toSeconds(), seconds, 60);
  }

  private double count(String meter, String result) {
    return bed.meters.find(meter).tag("result", result).counters().stream()
        .mapToDouble(counter -> counter.count())
        .sum();
  }
}
