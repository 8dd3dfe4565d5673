package dev.proxyless.mesh.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.model.StringMatcher;
import dev.proxyless.mesh.model.StringMatcher.Kind;
import dev.proxyless.mesh.model.TlsContext.SanMatcher;
import dev.proxyless.mesh.model.TlsContext.SanType;
import dev.proxyless.mesh.testing.TestCertificates;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Envoy's {@code match_typed_subject_alt_names}: envoy-semantics 4.2. */
class SanPolicyTest {

  private static final TestCertificates AUTHORITY = new TestCertificates("ca");

  @ParameterizedTest
  @CsvSource({
    // type, matcher, its text, the certificate's name, whether it is accepted
    "DNS,        EXACT,    api.example.com,       api.example.com,       true",
    "DNS,        EXACT,    API.Example.com,       api.example.COM,       true",
    "DNS,        EXACT,    api.example.com,       example.com,           false",
    "DNS,        EXACT,    api.example.com,       *.example.com,         true",
    "DNS,        EXACT,    a.b.example.com,       *.example.com,         false",
    "DNS,        EXACT,    example.com,           *.example.com,         false",
    "DNS,        EXACT,    .example.com,          *.example.com,         false",
    "DNS,        EXACT,    example.local,         *.local,               true",
    "DNS,        EXACT,    local,                 *,                     false",
    "DNS,        EXACT,    foo.example.com,       f*o.example.com,       true",
    "DNS,        EXACT,    fo.example.com,        f*o.example.com,       true",
    "DNS,        EXACT,    f.example.com,         f*o.example.com,       false",
    "DNS,        EXACT,    o.example.com,         o*o.example.com,       false",
    "DNS,        EXACT,    foo.example.com,       f*.example.com,        true",
    "DNS,        EXACT,    bar.example.com,       f*.example.com,        false",
    "DNS,        EXACT,    foo.example.com,       *f*.example.com,       false",
    "DNS,        EXACT,    a.foo.com,             a.*.com,               false",
    "DNS,        EXACT,    xn--abc.example.com,   xn--*.example.com,     false",
    "DNS,        EXACT,    *.example.com,         *.example.com,         true",
    "DNS,        EXACT,    *.example.com,         api.example.com,       false",
    "DNS,        SUFFIX,   .example.com,          api.example.com,       true",
    "DNS,        SUFFIX,   .example.com,          api.EXAMPLE.com,       false",
    "DNS,        PREFIX,   api.,                  api.example.com,       true",
    "DNS,        CONTAINS, ample,                 api.example.com,       true",
    "DNS,        PREFIX,   *.,                    *.example.com,         true",
    "URI,        EXACT,    spiffe://td/a,         spiffe://td/a,         true",
    "URI,        EXACT,    spiffe://td/a,         spiffe://td/A,         false",
    "URI,        EXACT,    spiffe://td/a,         spiffe://td/a/b,       false",
    "URI,        PREFIX,   spiffe://td/,          spiffe://td/a,         true",
    "URI,        EXACT,    api.example.com,       api.example.com,       false",
    "DNS,        EXACT,    spiffe://td/a,         spiffe://td/a,         false",
    "IP_ADDRESS, EXACT,    10.0.0.1,              ip:10.0.0.1,           true",
    "IP_ADDRESS, EXACT,    10.0.0.2,              ip:10.0.0.1,           false",
    "IP_ADDRESS, EXACT,    ::1,                   ip:0:0:0:0:0:0:0:1,    true",
    "IP_ADDRESS, EXACT,    2001:DB8::1,           ip:2001:db8:0:0:0:0:0:1, true",
    "IP_ADDRESS, EXACT,    ::2,                   ip:::1,                false",
    "IP_ADDRESS, EXACT,    no:address,            ip:::1,                false",
    "DNS,        EXACT,    10.0.0.1,              ip:10.0.0.1,           false",
    "EMAIL,      EXACT,    a@example.com,         email:a@example.com,   true",
    "EMAIL,      EXACT,    b@example.com,         email:a@example.com,   false"
  })
  void oneMatcherAndOneName(SanType type, Kind kind, String text, String name, boolean accepted) {
    assertEquals(
        accepted,
        policy(type, kind, text, false).accepts(certificate(name)),
        name + " for " + text);
  }

  @Test
  void caseCanBeIgnored() {
    assertTrue(
        policy(SanType.URI, Kind.EXACT, "SPIFFE://TD/a", true)
            .accepts(certificate("spiffe://td/A")));
    assertTrue(
        policy(SanType.DNS, Kind.SUFFIX, ".EXAMPLE.com", true)
            .accepts(certificate("a.example.COM")));
  }

  @Test
  void oneOfSeveralNamesAndMatchersIsEnough() {
    SanPolicy policy =
        new SanPolicy(
            List.of(
                new SanMatcher(SanType.URI, StringMatcher.exact("spiffe://td/x")),
                new SanMatcher(SanType.DNS, StringMatcher.exact("b.local"))));
    assertTrue(policy.accepts(certificate("a.local", "b.local")));
    assertTrue(policy.accepts(certificate("a.local", "spiffe://td/x")));
    assertFalse(policy.accepts(certificate("a.local", "spiffe://td/y")));
    assertEquals("[URI EXACT \"spiffe://td/x\", DNS EXACT \"b.local\"]", policy.describe());
  }

  @Test
  void theCommonNameNeverCounts() {
    // certificates for tests have the common name "test"
    assertFalse(policy(SanType.DNS, Kind.EXACT, "test", false).accepts(certificate()));
  }

  @Test
  void withoutMatchersEveryNameIsAccepted() {
    SanPolicy none = new SanPolicy(List.of());
    assertTrue(none.isEmpty());
    assertTrue(none.accepts(certificate()));
  }

  @Test
  void aNameWithANulIsNoName() {
    X509Certificate nul = certificate("good.example.com\0.evil.com");
    assertFalse(policy(SanType.DNS, Kind.PREFIX, "good.example.com", false).accepts(nul));
    assertFalse(policy(SanType.DNS, Kind.EXACT, "good.example.com", false).accepts(nul));
  }

  @Test
  void whoAPeerIs() {
    PeerIdentity peer =
        PeerIdentity.of(certificate("a.local", "spiffe://td/a", "ip:10.0.0.1", "spiffe://td/b"));
    assertEquals(List.of("spiffe://td/a", "spiffe://td/b"), peer.uris());
    assertEquals(List.of("a.local"), peer.dnsNames());
    assertEquals("CN=test", peer.subject());
    assertEquals("spiffe://td/a", peer.principal());
    assertTrue(peer.isPresent());
    assertEquals("a.local", PeerIdentity.of(certificate("a.local")).principal());
    assertEquals("CN=test", PeerIdentity.of(certificate()).principal());
    assertEquals("", PeerIdentity.NONE.principal());
    assertFalse(PeerIdentity.NONE.isPresent());
  }

  private static SanPolicy policy(SanType type, Kind kind, String text, boolean ignoreCase) {
    return new SanPolicy(List.of(new SanMatcher(type, new StringMatcher(kind, text, ignoreCase))));
  }

  private static X509Certificate certificate(String... names) {
    return AUTHORITY.issue(names).certificate();
  }
}
