package dev.proxyless.mesh.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.List;

/**
 * A certificate chain and the private key of its leaf, known to belong together. Never shows the
 * key.
 */
final class KeyMaterial {

  private static final int MIN_RSA_BITS = 2048;

  private final List<X509Certificate> chain;
  private final PrivateKey key;

  private KeyMaterial(List<X509Certificate> chain, PrivateKey key) {
    this.chain = chain;
    this.key = key;
  }

  static KeyMaterial of(List<X509Certificate> chain, PrivateKey key, String source) {
    PublicKey publicKey = chain.get(0).getPublicKey();
    if (publicKey instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() < MIN_RSA_BITS) {
      throw new TlsException(
          source
              + ": has an RSA key of "
              + rsa.getModulus().bitLength()
              + " bits; right would be "
              + MIN_RSA_BITS
              + " or more, or an EC key");
    }
    if (!belongTogether(publicKey, key)) {
      throw new TlsException(source + ": the private key is not that of the first certificate");
    }
    return new KeyMaterial(List.copyOf(chain), key);
  }

  private static boolean belongTogether(PublicKey publicKey, PrivateKey key) {
    String algorithm;
    if (publicKey instanceof RSAPublicKey) {
      algorithm = "SHA256withRSA";
    } else if (publicKey instanceof ECPublicKey) {
      algorithm = "SHA256withECDSA";
    } else {
      algorithm = publicKey.getAlgorithm();
    }
    byte[] probe = {1, 2, 3, 4};
    try {
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(key);
      signer.update(probe);
      byte[] signature = signer.sign();
      signer.initVerify(publicKey);
      signer.update(probe);
      return signer.verify(signature);
    } catch (GeneralSecurityException different) {
      return false;
    }
  }

  List<X509Certificate> chain() {
    return chain;
  }

  X509Certificate leaf() {
    return chain.get(0);
  }

  PrivateKey key() {
    return key;
  }

  @Override
  public String toString() {
    return "certificate " + leaf().getSerialNumber().toString(16);
  }
}
