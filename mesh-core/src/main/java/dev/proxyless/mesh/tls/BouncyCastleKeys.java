package dev.proxyless.mesh.tls;

import java.io.IOException;
import java.io.StringReader;
import java.security.PrivateKey;
import java.util.Optional;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/** Private keys in PKCS#1 and SEC1. Loaded only where Bouncy Castle is wanted. */
final class BouncyCastleKeys {

  private BouncyCastleKeys() {}

  /** The key of one PEM block; empty where the block is not a pair of keys. */
  static Optional<PrivateKey> read(String pem) {
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      return parser.readObject() instanceof PEMKeyPair pair
          ? Optional.of(new JcaPEMKeyConverter().getPrivateKey(pair.getPrivateKeyInfo()))
          : Optional.empty();
    } catch (IOException broken) {
      return Optional.empty();
    }
  }
}
