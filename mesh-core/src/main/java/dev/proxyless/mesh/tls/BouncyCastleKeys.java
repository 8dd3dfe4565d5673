package dev.proxyless.mesh.tls;

import java.io.IOException;
import java.io.StringReader;
import java.util.Optional;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;

/** Private keys in PKCS#1 and SEC1. Loaded only where Bouncy Castle is wanted. */
final class BouncyCastleKeys {

  private BouncyCastleKeys() {}

  /** The key of one PEM block in PKCS#8; empty where the block is not a pair of keys. */
  static Optional<byte[]> toPkcs8(String pem) {
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      return parser.readObject() instanceof PEMKeyPair pair
          ? Optional.of(pair.getPrivateKeyInfo().getEncoded())
          : Optional.empty();
    } catch (IOException | RuntimeException broken) { // whose text may quote the key's bytes
      return Optional.empty();
    }
  }
}
