package dev.proxyless.mesh.tls;

import dev.proxyless.mesh.model.StringMatcher;
import dev.proxyless.mesh.model.TlsContext.SanMatcher;
import dev.proxyless.mesh.model.TlsContext.SanType;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Which names a peer may have. At least one pair of matcher and subject alternative name must
 * match; no matchers accept every name. The common name never counts. Source: {@code
 * match_typed_subject_alt_names}.
 */
final class SanPolicy {

  private static final int MAX_NAMES = 1_000;

  private final List<SanMatcher> matchers;

  SanPolicy(List<SanMatcher> matchers) {
    this.matchers = matchers;
  }

  boolean isEmpty() {
    return matchers.isEmpty();
  }

  boolean accepts(X509Certificate certificate) {
    if (matchers.isEmpty()) {
      return true;
    }
    Collection<List<?>> names = names(certificate);
    if (names.size() > MAX_NAMES) {
      return false;
    }
    for (List<?> name : names) {
      for (SanMatcher matcher : matchers) {
        if (name.get(0) instanceof Integer tag
            && name.get(1) instanceof String text
            && tag == tag(matcher.type())
            && matches(matcher, text)) {
          return true;
        }
      }
    }
    return false;
  }

  static Collection<List<?>> names(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names == null ? List.of() : names;
    } catch (CertificateParsingException malformed) {
      return List.of();
    }
  }

  /** The tags of RFC 5280, 4.2.1.6. */
  static int tag(SanType type) {
    return switch (type) {
      case EMAIL -> 1;
      case DNS -> 2;
      case URI -> 6;
      case IP_ADDRESS -> 7;
    };
  }

  private static boolean matches(SanMatcher san, String text) {
    StringMatcher matcher = san.matcher();
    if (text.indexOf('\0') >= 0) {
      return false; // CVE-2026-47778: what stands before a NUL is not the name
    }
    if (san.type() == SanType.DNS && matcher.kind() == StringMatcher.Kind.EXACT) {
      return dnsMatches(text, matcher.value());
    }
    String value = matcher.ignoreCase() ? lower(matcher.value()) : matcher.value();
    String name = matcher.ignoreCase() ? lower(text) : text;
    return switch (matcher.kind()) {
      case EXACT -> name.equals(value);
      case PREFIX -> name.startsWith(value);
      case SUFFIX -> name.endsWith(value);
      case CONTAINS -> name.contains(value);
      case SAFE_REGEX -> false; // refused when the resource is read
    };
  }

  /**
   * A certificate's name may have {@code *} as its whole left-most label; it stands for one label.
   */
  private static boolean dnsMatches(String certificateName, String wanted) {
    String pattern = lower(certificateName);
    String name = lower(wanted);
    if (!pattern.startsWith("*.")) {
      return pattern.equals(name);
    }
    int dot = name.indexOf('.');
    return dot > 0
        && pattern.indexOf('.', 2) > 0
        && name.substring(dot).equals(pattern.substring(1));
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  /** The names that would be accepted, for messages. */
  String describe() {
    return matchers.stream()
        .map(
            matcher ->
                matcher.type()
                    + " "
                    + matcher.matcher().kind()
                    + " \""
                    + matcher.matcher().value()
                    + "\"")
        .toList()
        .toString();
  }
}
