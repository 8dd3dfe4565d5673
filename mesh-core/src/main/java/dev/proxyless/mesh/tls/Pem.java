package dev.proxyless.mesh.tls;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads PEM. Certificates and PKCS#8 keys need the JDK alone; the older forms of keys (PKCS#1,
 * SEC1) need Bouncy Castle, which is an optional dependency.
 */
final class Pem {

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]*)-----END \\1-----");
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String PKCS8 = "PRIVATE KEY";

  private Pem() {}

  /** All certificates, in the order of the text. */
  static List<X509Certificate> certificates(byte[] pem, String source) {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Block block : blocks(pem, source)) {
      if (block.label.equals(CERTIFICATE)) {
        certificates.add(certificate(block, source));
      }
    }
    if (certificates.isEmpty()) {
      throw new TlsException(
          source + ": holds no certificate; right would be PEM with -----BEGIN CERTIFICATE-----");
    }
    return certificates;
  }

  private static X509Certificate certificate(Block block, String source) {
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.der()));
    } catch (GeneralSecurityException broken) {
      throw new TlsException(source + ": holds a certificate that cannot be read", broken);
    }
  }

  /** The first private key. */
  static PrivateKey privateKey(byte[] pem, String algorithm, String source) {
    for (Block block : blocks(pem, source)) {
      if (block.label.equals(PKCS8)) {
        return pkcs8(block, algorithm, source);
      }
      if (block.label.endsWith(PKCS8)) {
        return otherForm(block, source);
      }
    }
    throw new TlsException(
        source + ": holds no private key; right would be PEM with -----BEGIN PRIVATE KEY-----");
  }

  private static PrivateKey pkcs8(Block block, String algorithm, String source) {
    try {
      return KeyFactory.getInstance(algorithm)
          .generatePrivate(new PKCS8EncodedKeySpec(block.der()));
    } catch (GeneralSecurityException broken) {
      // The cause may quote the key's bytes.
      throw new TlsException(
          source
              + ": holds a private key that is not the "
              + algorithm
              + " key of its certificate");
    }
  }

  private static PrivateKey otherForm(Block block, String source) {
    if (block.label.startsWith("ENCRYPTED")) {
      throw new TlsException(
          source
              + ": holds an encrypted private key; right would be one without a password, readable"
              + " by this process alone");
    }
    Optional<PrivateKey> key;
    try {
      key = BouncyCastleKeys.read(block.text);
    } catch (NoClassDefFoundError absent) {
      throw new TlsException(
          source
              + ": holds a private key in the form \""
              + block.label
              + "\", which needs Bouncy Castle; add org.bouncycastle:bcpkix-jdk18on or convert it with"
              + " openssl pkcs8 -topk8 -nocrypt",
          absent);
    }
    return key.orElseThrow(
        () ->
            new TlsException(
                source
                    + ": holds a private key in the form \""
                    + block.label
                    + "\", which is not read"));
  }

  private static List<Block> blocks(byte[] pem, String source) {
    List<Block> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(new String(pem, StandardCharsets.UTF_8));
    while (matcher.find()) {
      blocks.add(new Block(matcher.group(1), matcher.group(2), matcher.group(), source));
    }
    return blocks;
  }

  /** One block; its text form shows nothing of what may be a key. */
  private record Block(String label, String base64, String text, String source) {

    byte[] der() {
      try {
        return Base64.getMimeDecoder().decode(base64);
      } catch (IllegalArgumentException broken) {
        throw new TlsException(source + ": the block \"" + label + "\" is not base64");
      }
    }

    @Override
    public String toString() {
      return label + " of " + source;
    }
  }
}
