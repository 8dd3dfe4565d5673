package dev.proxyless.mesh.model;

import java.util.List;
import java.util.Optional;

/**
 * What both sides of TLS share ({@code CommonTlsContext}).
 *
 * @param identity the certificate to present; empty presents none
 * @param validation how the peer is checked; empty accepts any peer
 * @param alpnProtocols in order of preference; may be empty
 * @param minimum the oldest version spoken
 * @param maximum the newest version spoken
 */
public record TlsContext(
    Optional<Identity> identity,
    Optional<Validation> validation,
    List<String> alpnProtocols,
    Version minimum,
    Version maximum) {

  /** Versions older than 1.2 are not spoken. */
  public enum Version {
    TLS_1_2("TLSv1.2"),
    TLS_1_3("TLSv1.3");

    private final String protocol;

    Version(String protocol) {
      this.protocol = protocol;
    }

    /** The name that the JDK uses. */
    public String protocol() {
      return protocol;
    }
  }

  /**
   * {@code TlsCertificate}.
   *
   * @param certificateChain PEM, the leaf first
   * @param privateKey PEM
   */
  public record Identity(DataSource certificateChain, DataSource privateKey) {}

  /**
   * {@code CertificateValidationContext}.
   *
   * @param trustedCa PEM; every certificate in it is an anchor
   * @param subjectAltNames of which one must match; empty checks no name
   */
  public record Validation(DataSource trustedCa, List<SanMatcher> subjectAltNames) {}

  /**
   * {@code SubjectAltNameMatcher}.
   *
   * @param type the kind of name
   * @param matcher the condition on its text
   */
  public record SanMatcher(SanType type, StringMatcher matcher) {}

  /** Kinds of subject alternative names. */
  public enum SanType {
    EMAIL,
    DNS,
    URI,
    IP_ADDRESS
  }
}
