package dev.proxyless.mesh.tls;

import dev.proxyless.mesh.model.TlsContext;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * One reading of the files of a TLS context, and the {@link SSLContext} made from it. A change
 * makes the next generation with a new SSLContext, since a JSSE context resumes sessions without
 * asking its managers again: what was swapped below it would not be looked at. Immutable.
 */
final class Generation {

  private final TlsContext config;
  private final Optional<KeyMaterial> identity;
  private final List<X509Certificate> anchors;
  private final X509ExtendedTrustManager trust;
  private final SanPolicy names;
  private final SSLContext context;

  private Generation(
      TlsContext config,
      Optional<KeyMaterial> identity,
      List<X509Certificate> anchors,
      X509ExtendedTrustManager trust,
      SanPolicy names)
      throws GeneralSecurityException {
    this.config = config;
    this.identity = identity;
    this.anchors = anchors;
    this.trust = trust;
    this.names = names;
    context = SSLContext.getInstance("TLS");
    context.init(keyManagers(identity), new TrustManager[] {trust}, null);
  }

  /**
   * Reads what a context names.
   *
   * @throws TlsException if anything cannot be used
   */
  static Generation read(TlsContext config) {
    Optional<KeyMaterial> identity = config.identity().map(Generation::identity);
    SanPolicy names =
        new SanPolicy(
            config.validation().map(TlsContext.Validation::subjectAltNames).orElse(List.of()));
    List<X509Certificate> anchors = config.validation().map(Generation::anchors).orElse(List.of());
    X509ExtendedTrustManager trust =
        config.validation().isPresent() ? PeerTrust.of(anchors, names) : new AnyPeer();
    try {
      return new Generation(config, identity, anchors, trust, names);
    } catch (GeneralSecurityException broken) {
      throw new TlsException("a TLS context cannot be made", broken);
    }
  }

  private static List<X509Certificate> anchors(TlsContext.Validation validation) {
    Source source = Source.of(validation.trustedCa());
    return Pem.certificates(source.read(), source.name());
  }

  private static KeyMaterial identity(TlsContext.Identity config) {
    Source chainSource = Source.of(config.certificateChain());
    Source keySource = Source.of(config.privateKey());
    List<X509Certificate> chain = Pem.certificates(chainSource.read(), chainSource.name());
    String algorithm = chain.get(0).getPublicKey().getAlgorithm();
    return KeyMaterial.of(
        chain, Pem.privateKey(keySource.read(), algorithm, keySource.name()), chainSource.name());
  }

  private static KeyManager[] keyManagers(Optional<KeyMaterial> identity)
      throws GeneralSecurityException {
    if (identity.isEmpty()) {
      return new KeyManager[0];
    }
    KeyMaterial material = identity.get();
    char[] password = {};
    KeyStore store = KeyStore.getInstance("PKCS12");
    try {
      store.load(null, password);
    } catch (java.io.IOException impossible) {
      throw new IllegalStateException(impossible);
    }
    store.setKeyEntry(
        "identity", material.key(), password, material.chain().toArray(new X509Certificate[0]));
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(store, password);
    return factory.getKeyManagers();
  }

  /** Whether another reading of the same context gave the same. */
  boolean isLike(Generation other) {
    return identity.map(KeyMaterial::chain).equals(other.identity.map(KeyMaterial::chain))
        && identity.map(KeyMaterial::key).equals(other.identity.map(KeyMaterial::key))
        && anchors.equals(other.anchors);
  }

  SSLContext context() {
    return context;
  }

  X509ExtendedTrustManager trust() {
    return trust;
  }

  SanPolicy names() {
    return names;
  }

  Optional<X509Certificate> leaf() {
    return identity.map(KeyMaterial::leaf);
  }

  /** The versions spoken, newest first. */
  List<TlsContext.Version> versions() {
    List<TlsContext.Version> versions = new ArrayList<>(List.of(TlsContext.Version.values()));
    versions.removeIf(
        each -> each.compareTo(config.minimum()) < 0 || each.compareTo(config.maximum()) > 0);
    Collections.reverse(versions);
    return versions;
  }

  /** The versions spoken, newest first, by the JDK's names. */
  String[] protocols() {
    return versions().stream().map(TlsContext.Version::protocol).toArray(String[]::new);
  }
}
