package dev.proxyless.mesh.testing;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/** A certificate authority for tests: EC P-256 keys unless told otherwise, made anew each time. */
public final class TestCertificates {

  private final KeyPair keys = newKeys();
  private final X509Certificate authority;
  private final X500Name name;

  /** An authority of this common name. */
  public TestCertificates(String commonName) {
    name = new X500Name("CN=" + commonName);
    authority = sign(name, keys, List.of(), true, Duration.ofDays(1));
  }

  /**
   * A certificate and its key.
   *
   * @param certificate the leaf
   * @param keys its keys
   */
  public record Issued(X509Certificate certificate, KeyPair keys) {

    /** The serial number, in hexadecimal. */
    public String serial() {
      return certificate.getSerialNumber().toString(16);
    }

    public String certificatePem() {
      return pem(certificate);
    }

    /** The key in PKCS#8. */
    public String keyPem() {
      try {
        return pem(new JcaPKCS8Generator(keys.getPrivate(), null));
      } catch (IOException broken) {
        throw new UncheckedIOException(broken);
      }
    }

    /** The key in the form of its algorithm: PKCS#1 for RSA, SEC1 for EC. */
    public String traditionalKeyPem() {
      if (!(keys.getPrivate() instanceof ECPrivateKey key)) {
        return pem(keys.getPrivate());
      }
      int bits = key.getParams().getOrder().bitLength();
      ASN1Encodable curve =
          PrivateKeyInfo.getInstance(key.getEncoded()).getPrivateKeyAlgorithm().getParameters();
      try {
        return pem(
            new PemObject(
                "EC PRIVATE KEY",
                new org.bouncycastle.asn1.sec.ECPrivateKey(bits, key.getS(), curve).getEncoded()));
      } catch (IOException broken) {
        throw new UncheckedIOException(broken);
      }
    }
  }

  /**
   * Issues a certificate with these names: those with {@code ://} are URIs, those that begin with
   * {@code ip:} or {@code email:} are what they say, others are DNS names.
   */
  public Issued issue(String... names) {
    return issue(Duration.ofHours(1), names);
  }

  /** Issues a certificate that ends after this time; it may be negative. */
  public Issued issue(Duration lifetime, String... names) {
    return issue(newKeys(), lifetime, names);
  }

  /** Issues a certificate for an RSA key of so many bits. */
  public Issued issueRsa(int bits, String... names) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      return issue(generator.generateKeyPair(), Duration.ofHours(1), names);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private Issued issue(KeyPair own, Duration lifetime, String... names) {
    return new Issued(sign(new X500Name("CN=test"), own, List.of(names), false, lifetime), own);
  }

  /** The authority's own certificate. */
  public X509Certificate certificate() {
    return authority;
  }

  public String authorityPem() {
    return pem(authority);
  }

  /**
   * Writes {@code ca.pem}, {@code NAME.pem} and {@code NAME-key.pem}, each by renaming it into
   * place.
   */
  public void write(Path directory, String fileName, Issued issued) {
    replace(directory.resolve("ca.pem"), authorityPem());
    replace(directory.resolve(fileName + ".pem"), issued.certificatePem());
    replace(directory.resolve(fileName + "-key.pem"), issued.keyPem());
  }

  /** Replaces a file in one step. */
  public static void replace(Path file, String content) {
    try {
      Path fresh = Files.createTempFile(file.toAbsolutePath().getParent(), ".new", "");
      Files.writeString(fresh, content);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private X509Certificate sign(
      X500Name subject,
      KeyPair subjectKeys,
      List<String> names,
      boolean isAuthority,
      Duration life) {
    Instant now = Instant.now();
    Instant begin = life.isNegative() ? now.plus(life).minus(Duration.ofHours(1)) : now;
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            name,
            new BigInteger(64, new SecureRandom()),
            Date.from(begin.minus(Duration.ofMinutes(1))),
            Date.from(now.plus(life)),
            subject,
            subjectKeys.getPublic());
    try {
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
      builder.addExtension(
          Extension.keyUsage,
          true,
          new KeyUsage(isAuthority ? KeyUsage.keyCertSign : KeyUsage.digitalSignature));
      if (!names.isEmpty()) {
        builder.addExtension(Extension.subjectAlternativeName, false, generalNames(names));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    } catch (CertIOException | OperatorCreationException | GeneralSecurityException broken) {
      throw new IllegalStateException(broken);
    }
  }

  private static GeneralNames generalNames(List<String> names) {
    List<GeneralName> all = new ArrayList<>();
    for (String each : names) {
      if (each.contains("://")) {
        all.add(new GeneralName(GeneralName.uniformResourceIdentifier, each));
      } else if (each.startsWith("ip:")) {
        all.add(new GeneralName(GeneralName.iPAddress, each.substring(3)));
      } else if (each.startsWith("email:")) {
        all.add(new GeneralName(GeneralName.rfc822Name, each.substring(6)));
      } else {
        all.add(new GeneralName(GeneralName.dNSName, each));
      }
    }
    return new GeneralNames(all.toArray(new GeneralName[0]));
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

  private static String pem(Object object) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
    return text.toString();
  }
}
