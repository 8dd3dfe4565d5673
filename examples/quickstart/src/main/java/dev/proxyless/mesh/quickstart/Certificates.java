package dev.proxyless.mesh.quickstart;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate authority for one run: it issues workload certificates with SPIFFE IDs into files.
 */
final class Certificates {

  private static final String TRUST_DOMAIN = "spiffe://apps.local/";
  private static final X500Name AUTHORITY = new X500Name("CN=quickstart authority");

  private final TlsFiles files;
  private final KeyPair keys = newKeys();
  private final X509Certificate authority;

  Certificates(TlsFiles files) throws IOException {
    this.files = files;
    Files.createDirectories(files.directory());
    authority = sign(AUTHORITY, keys, "");
    replace(files.trust(), pem(authority));
  }

  /** A certificate and its key, not yet in files. */
  record Issued(X509Certificate certificate, KeyPair keys) {}

  /** The authority's own. */
  X509Certificate certificate() {
    return authority;
  }

  /** A serial number as the lines show it. */
  static String serial(X509Certificate certificate) {
    return shortened(certificate.getSerialNumber().toString(16));
  }

  /** The first digits of a serial number: enough to tell two apart. */
  static String shortened(String serial) {
    return serial.substring(0, Math.min(8, serial.length()));
  }

  /** Who a service is, by its certificate. */
  static String spiffeId(String service) {
    return TRUST_DOMAIN + service;
  }

  /** A certificate for {@code spiffe://apps.local/SERVICE}. */
  Issued issue(String service) {
    KeyPair own = newKeys();
    return new Issued(sign(new X500Name("CN=" + service), own, spiffeId(service)), own);
  }

  /** Puts a certificate and its key into place, as an agent would: each file by one rename. */
  void install(String service, Issued issued) throws IOException {
    replace(files.key(service), pem(new JcaPKCS8Generator(issued.keys().getPrivate(), null)));
    replace(files.certificate(service), pem(issued.certificate()));
  }

  /** Puts a file in another's place at once, so that nobody reads half of it. */
  static void replace(Path file, String content) throws IOException {
    Path fresh = Files.createTempFile(file.toAbsolutePath().getParent(), ".new", "");
    Files.writeString(fresh, content);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private X509Certificate sign(X500Name subject, KeyPair subjectKeys, String uri) {
    Instant now = Instant.now();
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            AUTHORITY,
            new BigInteger(63, new SecureRandom()),
            Date.from(now.minus(Duration.ofMinutes(1))),
            Date.from(now.plus(Duration.ofHours(1))),
            subject,
            subjectKeys.getPublic());
    boolean leaf = !uri.isEmpty();
    try {
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(!leaf));
      builder.addExtension(
          Extension.keyUsage,
          true,
          new KeyUsage(leaf ? KeyUsage.digitalSignature : KeyUsage.keyCertSign));
      if (leaf) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    } catch (IOException | OperatorException | GeneralSecurityException broken) {
      throw new IllegalStateException(broken);
    }
  }

  private static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static String pem(Object object) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    return text.toString();
  }
}
