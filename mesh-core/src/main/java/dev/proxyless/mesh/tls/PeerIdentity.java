package dev.proxyless.mesh.tls;

import dev.proxyless.mesh.model.TlsContext.SanType;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/**
 * Who a peer is, by the certificate that TLS has verified.
 *
 * @param uris its URI names, such as {@code spiffe://apps.local/serviceA}
 * @param dnsNames its DNS names
 * @param subject its distinguished name, as in RFC 2253
 * @param serialNumber of its certificate, in hexadecimal
 */
public record PeerIdentity(
    List<String> uris, List<String> dnsNames, String subject, String serialNumber) {

  /** Nobody: no certificate was presented. */
  public static final PeerIdentity NONE = new PeerIdentity(List.of(), List.of(), "", "");

  /** The identity that a verified leaf certificate shows. */
  public static PeerIdentity of(X509Certificate leaf) {
    return new PeerIdentity(
        names(leaf, SanType.URI),
        names(leaf, SanType.DNS),
        leaf.getSubjectX500Principal().getName(),
        leaf.getSerialNumber().toString(16));
  }

  private static List<String> names(X509Certificate leaf, SanType type) {
    List<String> names = new ArrayList<>();
    for (List<?> name : SanPolicy.names(leaf)) {
      if (name.get(0) instanceof Integer tag
          && tag == SanPolicy.tag(type)
          && name.get(1) instanceof String text) {
        names.add(text);
      }
    }
    return List.copyOf(names);
  }

  /** Whether there is a peer at all. */
  public boolean isPresent() {
    return !subject.isEmpty() || !uris.isEmpty() || !dnsNames.isEmpty();
  }

  /** The first URI name, else the first DNS name, else the subject; {@code ""} for nobody. */
  public String principal() {
    if (!uris.isEmpty()) {
      return uris.get(0);
    }
    return dnsNames.isEmpty() ? subject : dnsNames.get(0);
  }
}
