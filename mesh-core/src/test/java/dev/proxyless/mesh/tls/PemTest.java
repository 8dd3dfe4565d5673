package dev.proxyless.mesh.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.testing.TestCertificates;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMEncryptorBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemTest {

  private static final TestCertificates AUTHORITY = new TestCertificates("ca");
  private static final TestCertificates.Issued EC = AUTHORITY.issue("a.local");
  private static final TestCertificates.Issued RSA = AUTHORITY.issueRsa(2048, "r.local");

  @Test
  void certificatesAreReadInTheirOrderWhateverStandsBetweenThem() {
    String text =
        "subject=/CN=test - bag attributes: x\n"
            + EC.certificatePem()
            + "\n# a key in between\n"
            + EC.keyPem()
            + AUTHORITY.authorityPem()
            + "trailing words";
    List<X509Certificate> read = certificates(text);
    assertEquals(2, read.size());
    assertEquals(EC.certificate(), read.get(0));
    assertEquals("CN=ca", read.get(1).getSubjectX500Principal().getName());
  }

  @Test
  void aByteOrderMarkAndWindowsLineEndsDoNotMatter() {
    String windows = "\uFEFF" + EC.certificatePem().replace("\n", "\r\n");
    assertEquals(List.of(EC.certificate()), certificates(windows));
    String key = "\uFEFF" + EC.keyPem().replace("\n", "\r\n");
    assertEquals(EC.keys().getPrivate(), key(key, "EC"));
  }

  @Test
  void keysOfEveryFormAreRead() throws Exception {
    assertEquals(EC.keys().getPrivate(), key(EC.keyPem(), "EC"));
    assertEquals(RSA.keys().getPrivate(), key(RSA.keyPem(), "RSA"));
    assertTrue(RSA.traditionalKeyPem().startsWith("-----BEGIN RSA PRIVATE KEY-----"));
    assertArrayEquals(
        RSA.keys().getPrivate().getEncoded(), key(RSA.traditionalKeyPem(), "RSA").getEncoded());
    assertTrue(EC.traditionalKeyPem().startsWith("-----BEGIN EC PRIVATE KEY-----"));
    assertSignsAlike(EC.keys().getPrivate(), key(EC.traditionalKeyPem(), "EC"));
    PrivateKey ed25519 = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate();
    assertEquals(ed25519, key(write(new JcaPKCS8Generator(ed25519, null)), "EdDSA"));
  }

  @Test
  void theFirstKeyOfAFileCounts() {
    String parameters =
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    String text = parameters + EC.certificatePem() + EC.traditionalKeyPem() + RSA.keyPem();
    assertSignsAlike(EC.keys().getPrivate(), key(text, "EC"));
  }

  @Test
  void aFileWithoutACertificateSaysWhatItHolds() {
    assertEquals(
        "f.pem: holds no certificate, only [PRIVATE KEY]; right would be PEM with -----BEGIN"
            + " CERTIFICATE-----",
        refusalOfCertificates(EC.keyPem()));
    assertEquals(
        "f.pem: holds no certificate; right would be PEM with -----BEGIN CERTIFICATE-----",
        refusalOfCertificates(""));
    assertEquals(
        "f.pem: holds no private key, only [CERTIFICATE]; right would be PEM with -----BEGIN"
            + " PRIVATE KEY-----",
        refusalOfKey(EC.certificatePem(), "EC"));
  }

  @Test
  void aFileThatIsNotWrittenToItsEndIsRefused() {
    String half = EC.certificatePem().substring(0, EC.certificatePem().length() / 2);
    assertEquals(
        "f.pem: the block \"CERTIFICATE\" has no end; is the file written to its end?",
        refusalOfCertificates(half));
    assertEquals(
        "f.pem: the block \"CERTIFICATE\" has no end; is the file written to its end?",
        refusalOfCertificates(AUTHORITY.authorityPem() + half));
  }

  @Test
  void bytesThatAreNoCertificateAreRefused() {
    assertEquals(
        "f.pem: holds a certificate that cannot be read",
        refusalOfCertificates("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"));
    assertEquals(
        "f.pem: the block \"CERTIFICATE\" is not base64",
        refusalOfCertificates("-----BEGIN CERTIFICATE-----\nAAAAA=A\n-----END CERTIFICATE-----"));
  }

  @Test
  void encryptedKeysAreRefusedInEveryForm() throws Exception {
    String expected =
        "f.pem: holds an encrypted private key; right would be one without a password, readable by"
            + " this process alone";
    String pkcs8 =
        write(
            new JcaPKCS8Generator(
                EC.keys().getPrivate(),
                new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
                    .setProvider(new BouncyCastleProvider())
                    .setPassword("secret".toCharArray())
                    .build()));
    assertTrue(pkcs8.startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
    assertEquals(expected, refusalOfKey(pkcs8, "EC"));
    StringWriter traditional = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(traditional)) {
      writer.writeObject(
          RSA.keys().getPrivate(),
          new JcePEMEncryptorBuilder("AES-128-CBC")
              .setProvider(new BouncyCastleProvider())
              .build("secret".toCharArray()));
    }
    assertTrue(traditional.toString().contains("DEK-Info: AES-128-CBC,"));
    assertEquals(expected, refusalOfKey(traditional.toString(), "RSA"));
  }

  @Test
  void aKeyOfAnotherAlgorithmIsRefused() {
    assertEquals(
        "f.pem: holds a private key that is not the EC key of its certificate",
        refusalOfKey(RSA.keyPem(), "EC"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY"})
  void noMessageQuotesAKey(String label) {
    String secret = "c2VjcmV0LWtleS1ieXRlcw"; // what would be seen
    String text = "-----BEGIN " + label + "-----\n" + secret + "\n-----END " + label + "-----\n";
    TlsException refused =
        assertThrows(TlsException.class, () -> Pem.privateKey(bytes(text), "EC", "f.pem"));
    for (Throwable each = refused; each != null; each = each.getCause()) {
      assertFalse(each.toString().contains("secret"), each.toString());
      assertFalse(each.toString().contains(secret), each.toString());
      assertFalse(each.toString().contains("73656372"), each.toString());
    }
  }

  @Test
  void aCertificateAndAKeyThatDoNotBelongTogetherAreRefused() {
    TlsException refused =
        assertThrows(
            TlsException.class,
            () ->
                KeyMaterial.of(
                    List.of(EC.certificate()),
                    AUTHORITY.issue("b").keys().getPrivate(),
                    "chain.pem"));
    assertEquals(
        "chain.pem: the private key is not that of the first certificate", refused.getMessage());
  }

  @Test
  void shortRsaKeysAreRefused() {
    TestCertificates.Issued weak = AUTHORITY.issueRsa(1024, "w");
    TlsException refused =
        assertThrows(
            TlsException.class,
            () ->
                KeyMaterial.of(List.of(weak.certificate()), weak.keys().getPrivate(), "chain.pem"));
    assertEquals(
        "chain.pem: has an RSA key of 1024 bits; right would be 2048 or more, or an EC key",
        refused.getMessage());
  }

  @Test
  void keyMaterialDoesNotShowItsKey() {
    KeyMaterial material =
        KeyMaterial.of(List.of(EC.certificate()), EC.keys().getPrivate(), "chain.pem");
    assertEquals("certificate " + EC.serial(), material.toString());
  }

  @Test
  void aHostileFileIsReadInLinearTime() {
    for (String hostile : List.of("-----BEGIN ", "-----BEGIN A", "-----BEGIN A-----", "-----")) {
      assertTimeoutPreemptively(
          Duration.ofSeconds(10),
          () -> assertTrue(refusalOfCertificates(hostile.repeat(200_000)).startsWith("f.pem: ")));
    }
  }

  private static List<X509Certificate> certificates(String pem) {
    return Pem.certificates(bytes(pem), "f.pem");
  }

  private static PrivateKey key(String pem, String algorithm) {
    return Pem.privateKey(bytes(pem), algorithm, "f.pem");
  }

  private static String refusalOfCertificates(String pem) {
    return String.valueOf(
        assertThrows(TlsException.class, () -> Pem.certificates(bytes(pem), "f.pem")).getMessage());
  }

  private static String refusalOfKey(String pem, String algorithm) {
    return String.valueOf(
        assertThrows(TlsException.class, () -> Pem.privateKey(bytes(pem), algorithm, "f.pem"))
            .getMessage());
  }

  /** Two encodings of an EC key differ in what they repeat; the number is what counts. */
  private static void assertSignsAlike(PrivateKey expected, PrivateKey found) {
    assertEquals(
        ((java.security.interfaces.ECPrivateKey) expected).getS(),
        ((java.security.interfaces.ECPrivateKey) found).getS());
  }

  private static String write(Object object) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    return text.toString();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
