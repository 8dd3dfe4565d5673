package dev.proxyless.mesh.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.testing.FakeRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Envoy's virtual host selection: envoy-semantics 1.1. */
class VirtualHostSearchTest {

  private static final String HOSTS =
      """
      name: test
      virtual_hosts:
      - {name: exact,       domains: [www.lyft.com, 'www.lyft.com:8080']}
      - {name: suffix,      domains: ['*.lyft.com']}
      - {name: long-suffix, domains: ['*-bar.foo.lyft.com']}
      - {name: prefix,      domains: ['wiki.*']}
      - {name: long-prefix, domains: ['wiki.internal.*']}
      - {name: middle,      domains: ['a*b.example.com']}
      - {name: upper,       domains: [Upper.Example.COM]}
      """;
  private static final String DEFAULT = "- {name: default, domains: ['*']}\n";

  @ParameterizedTest
  @CsvSource({
    "www.lyft.com,          exact",
    "WWW.Lyft.com,          exact",
    "www.lyft.com:8080,     exact",
    "upper.example.com,     upper",
    "api.lyft.com,          suffix",
    "a.b.lyft.com,          suffix",
    "baz-bar.foo.lyft.com,  long-suffix",
    "-bar.foo.lyft.com,     suffix",
    ".lyft.com,             default",
    "lyft.com,              default",
    "wiki.x,                prefix",
    "wiki.internal.x,       long-prefix",
    "wiki.internal.,        prefix",
    "wiki.,                 default",
    "wiki.lyft.com,         suffix",
    "a*b.example.com,       middle",
    "axb.example.com,       default",
    "www.lyft.com:9090,     default",
    "www.example.org,       default"
  })
  void exactThenLongestSuffixThenLongestPrefixThenDefault(String host, String expected) {
    assertEquals(expected, virtualHost(Tables.of(HOSTS + DEFAULT), host));
  }

  @Test
  void aHostThatNoDomainStandsForHasNoVirtualHost() {
    RouteTable table = Tables.of(HOSTS);
    assertFalse(table.hasHost("www.example.org"));
    assertNull(table.find(FakeRequest.get("http://www.example.org/"), 0));
  }

  @Test
  void aTableWithNothingButADefaultTakesAnyHostEvenNone() {
    RouteTable table = Tables.of("name: t\nvirtual_hosts:\n" + DEFAULT);
    assertEquals("default", virtualHost(table, ""));
    assertEquals("default", virtualHost(table, "[::1]:80"));
  }

  @ParameterizedTest
  @CsvSource({
    "www.lyft.com:1234, exact",
    "www.lyft.com,      exact",
    "[::1]:8080,        ip6",
    "[::1],             ip6",
    "api.lyft.com:80,   suffix"
  })
  void thePortCanBeLeftOutOfTheSearch(String host, String expected) {
    RouteTable table =
        Tables.of(
            HOSTS + "- {name: ip6, domains: ['[::1]']}\n" + "ignore_port_in_host_matching: true\n");
    assertEquals(expected, virtualHost(table, host));
  }

  @Test
  void aDomainsOwnPortIsNeverLeftOut() {
    RouteTable table =
        Tables.of(
            """
            name: t
            ignore_port_in_host_matching: true
            virtual_hosts: [{name: v, domains: ['a.com:80']}]
            """);
    assertFalse(table.hasHost("a.com:80"));
    assertFalse(table.hasHost("a.com"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "www.lyft.com; WWW.lyft.com",
        "'*'; '*'",
        "'*.lyft.com'; '*.LYFT.com'",
        "'wiki.*'; 'wiki.*'"
      })
  void aDomainThatStandsTwiceIsRefusedWithItsPath(String first, String second) {
    String yaml =
        "name: t\nvirtual_hosts:\n- {name: a, domains: [other, '%s']}\n- {name: b, domains: [x.y, '%s']}\n"
            .formatted(first, second);
    InvalidRouteException refused =
        assertThrows(InvalidRouteException.class, () -> Tables.of(yaml));
    assertEquals("virtual_hosts[1].domains[1]", refused.path());
    assertTrue(String.valueOf(refused.getMessage()).contains("\"" + second + "\" stands twice"));
  }

  @Test
  void aSuffixAndAPrefixOfTheSameTextAreDifferentDomains() {
    RouteTable table =
        Tables.of(
            "name: t\nvirtual_hosts:\n- {name: s, domains: ['*.x.']}\n- {name: p, domains: ['.x.*']}\n");
    assertEquals("s", virtualHost(table, "a.x."));
    assertEquals("p", virtualHost(table, ".x.a"));
  }

  @Test
  void thereIsNoWayBackToAnotherVirtualHost() {
    RouteTable table =
        Tables.of(
            """
            name: t
            virtual_hosts:
            - name: narrow
              domains: [a.com]
              routes: [{name: n, match: {path: /only}, route: {cluster: c}}]
            - name: wide
              domains: ['*']
              routes: [{name: w, match: {prefix: /}, route: {cluster: c}}]
            """);
    assertEquals("n", Tables.taken(table, FakeRequest.get("http://a.com/only")));
    assertEquals("none", Tables.taken(table, FakeRequest.get("http://a.com/other")));
    assertEquals("w", Tables.taken(table, FakeRequest.get("http://b.com/other")));
  }

  @Test
  void aHeaderCanStandInForTheAuthority() {
    RouteTable table =
        Tables.of(
            """
            name: t
            vhost_header: X-Host
            ignore_port_in_host_matching: true
            virtual_hosts:
            - {name: a, domains: [a.com], routes: [{name: a, match: {prefix: /}, route: {cluster: c}}]}
            - {name: any, domains: ['*'], routes: [{name: any, match: {prefix: /}, route: {cluster: c}}]}
            """);
    FakeRequest request = FakeRequest.get("http://b.com/");
    assertEquals("none", Tables.taken(table, request));
    assertEquals("a", Tables.taken(table, request.header("x-host", "A.com:1")));
    assertEquals("any", Tables.taken(table, request.header("x-host", "")));
    assertEquals(
        "the request has no x-host, by which virtual hosts are looked up here",
        table.explain(request, StreamInfo.of(0)).get(0));
    assertEquals(
        "virtual host a takes \"A.com:1\" of header x-host, without its port, by its domain a.com",
        table.explain(request.header("x-host", "A.com:1"), StreamInfo.of(0)).get(0));
  }

  @Test
  void aTableWithNothingButADefaultNeedsNoSuchHeader() {
    RouteTable table = Tables.of("name: t\nvhost_header: x-host\nvirtual_hosts:\n" + DEFAULT);
    FakeRequest request = FakeRequest.get("http://b.com/");
    assertEquals(
        "default",
        table.virtualHost(request, StreamInfo.of(0)).map(host -> host.name()).orElse("none"));
  }

  @ParameterizedTest
  @CsvSource({
    "WIKI.internal.x, prefix of the longest, wiki.internal.*",
    "a.lyft.com,      suffix,                *.lyft.com",
    "other,           any,                   *"
  })
  void theDomainThatTookAHostIsTold(String host, String rule, String domain) {
    String step =
        Tables.of(HOSTS + DEFAULT)
            .explain(FakeRequest.get("http://" + host + "/"), StreamInfo.of(0))
            .get(0);
    assertTrue(step.endsWith("takes \"" + host + "\" by its domain " + domain), rule + step);
  }

  @Test
  void theFirstVirtualClusterThatMatchesCountsAndElseOther() {
    RouteTable table =
        Tables.of(
            """
            name: t
            virtual_hosts:
            - name: v
              domains: [a.com]
              virtual_clusters:
              - {name: posts, headers: [{name: ':method', string_match: {exact: POST}}, {name: ':path', string_match: {prefix: /users}}]}
              - {name: writes, headers: [{name: ':method', string_match: {exact: POST}}]}
            - {name: none, domains: ['*']}
            """);
    StreamInfo info = StreamInfo.of(0);
    assertEquals("posts", table.virtualCluster(FakeRequest.of("POST", "http://a.com/users"), info));
    assertEquals("writes", table.virtualCluster(FakeRequest.of("POST", "http://a.com/x"), info));
    assertEquals("other", table.virtualCluster(FakeRequest.get("http://a.com/users"), info));
    assertEquals("", table.virtualCluster(FakeRequest.get("http://b.com/users"), info));
  }

  private static String virtualHost(RouteTable table, String authority) {
    return table.virtualHost(authority).map(host -> host.name()).orElse("none");
  }
}
