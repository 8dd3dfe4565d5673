package dev.proxyless.mesh.tls;

import dev.proxyless.mesh.model.StringMatcher;
import dev.proxyless.mesh.model.TlsContext.SanMatcher;
import dev.proxyless.mesh.model.TlsContext.SanType;
import java.net.InetAddress;
import java.net.UnknownHostException;
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
    if (matcher.kind() == StringMatcher.Kind.EXACT && san.type() == SanType.DNS) {
      return dnsMatches(lower(text), lower(matcher.value()));
    }
    if (matcher.kind() == StringMatcher.Kind.EXACT && san.type() == SanType.IP_ADDRESS) {
      return address(text).equals(address(matcher.value()));
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
   * A certificate's name may have one {@code *} in its left-most label, which stands for any part
   * of one label but not within an internationalised one. Both names in lower case.
   */
  private static boolean dnsMatches(String pattern, String name) {
    if (pattern.equals(name)) {
      return true;
    }
    int patternDot = pattern.indexOf('.');
    int nameDot = name.indexOf('.');
    int star = pattern.indexOf('*');
    boolean wildcard =
        star >= 0 && star < patternDot && star == pattern.lastIndexOf('*') && nameDot > 0;
    return wildcard
        && !pattern.startsWith("xn--")
        && pattern.substring(patternDot).equals(name.substring(nameDot))
        && patternDot - 1 <= nameDot
        && name.startsWith(pattern.substring(0, star))
        && name.substring(0, nameDot).endsWith(pattern.substring(star + 1, patternDot));
  }

  /** An IPv6 address has several spellings; this is the JDK's. */
  private static String address(String text) {
    if (text.indexOf(':') < 0) {
      return text;
    }
    try {
      return InetAddress.getByName(text).getHostAddress(); // a colon is in no name to look up
    } catch (UnknownHostException noAddress) {
      return text;
    }
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
