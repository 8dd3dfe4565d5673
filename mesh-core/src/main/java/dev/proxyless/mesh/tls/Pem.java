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

/**
 * Reads PEM. Certificates and PKCS#8 keys need the JDK alone; the older forms of keys (PKCS#1,
 * SEC1) need Bouncy Castle, which is an optional dependency.
 */
final class Pem {

  private static final String BEGIN = "-----BEGIN ";
  private static final String DASHES = "-----";
  private static final int MAX_LABEL = 64;
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String PKCS8 = "PRIVATE KEY";

  private Pem() {}

  /** All certificates, in the order of the text. */
  static List<X509Certificate> certificates(byte[] pem, String source) {
    List<X509Certificate> certificates = new ArrayList<>();
    List<Block> blocks = blocks(pem, source);
    for (Block block : blocks) {
      if (block.label.equals(CERTIFICATE)) {
        certificates.add(certificate(block, source));
      }
    }
    if (certificates.isEmpty()) {
      throw nothing(source, "certificate", blocks, CERTIFICATE);
    }
    return certificates;
  }

  private static TlsException nothing(
      String source, String wanted, List<Block> found, String label) {
    String instead = found.isEmpty() ? "" : ", only " + found.stream().map(Block::label).toList();
    return new TlsException(
        source
            + ": holds no "
            + wanted
            + instead
            + "; right would be PEM with "
            + BEGIN
            + label
            + DASHES);
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
    List<Block> blocks = blocks(pem, source);
    for (Block block : blocks) {
      if (block.label.equals(PKCS8)) {
        return pkcs8(block.der(), algorithm, source);
      }
      if (block.label.endsWith(PKCS8)) {
        return pkcs8(otherForm(block, source), algorithm, source);
      }
    }
    throw nothing(source, "private key", blocks, PKCS8);
  }

  private static PrivateKey pkcs8(byte[] der, String algorithm, String source) {
    try {
      return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    } catch (GeneralSecurityException broken) {
      // The cause may quote the key's bytes.
      throw new TlsException(
          source
              + ": holds a private key that is not the "
              + algorithm
              + " key of its certificate");
    }
  }

  private static byte[] otherForm(Block block, String source) {
    if (block.isEncrypted()) {
      throw new TlsException(
          source
              + ": holds an encrypted private key; right would be one without a password, readable"
              + " by this process alone");
    }
    Optional<byte[]> key;
    try {
      key = BouncyCastleKeys.toPkcs8(block.text);
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

  /** All blocks; what stands around them is commentary, as RFC 7468 allows. */
  private static List<Block> blocks(byte[] pem, String source) {
    String text = new String(pem, StandardCharsets.UTF_8);
    List<Block> blocks = new ArrayList<>();
    int begin = text.indexOf(BEGIN);
    while (begin >= 0) {
      int body = text.indexOf(DASHES, begin + BEGIN.length());
      if (body < 0 || body - begin > MAX_LABEL) {
        begin = text.indexOf(BEGIN, begin + BEGIN.length());
        continue;
      }
      String label = text.substring(begin + BEGIN.length(), body);
      String last = "-----END " + label + DASHES;
      int end = text.indexOf(last, body);
      if (end < 0) {
        throw new TlsException(
            source + ": the block \"" + label + "\" has no end; is the file written to its end?");
      }
      blocks.add(
          new Block(
              label,
              text.substring(body + DASHES.length(), end),
              text.substring(begin, end + last.length()),
              source));
      begin = text.indexOf(BEGIN, end);
    }
    return blocks;
  }

  /** One block; its text form shows nothing of what may be a key. */
  private record Block(String label, String base64, String text, String source) {

    /** In PKCS#8 by its label, in the older forms by a header. */
    boolean isEncrypted() {
      return label.startsWith("ENCRYPTED") || base64.contains("ENCRYPTED");
    }

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
