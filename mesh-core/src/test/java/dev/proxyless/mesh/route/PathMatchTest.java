package dev.proxyless.mesh.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.proxyless.mesh.testing.FakeRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Envoy's path specifiers: envoy-semantics 1.3. */
class PathMatchTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{prefix: /foo};                              /foo;           true",
        "{prefix: /foo};                              /foobar;        true",
        "{prefix: /foo};                              /Foo;           false",
        "{prefix: /foo};                              /fo;            false",
        "{prefix: ''};                                /anything;      true",
        "{prefix: /foo, case_sensitive: false};       /FOOd;          true",
        "{prefix: /foo, case_sensitive: false};       /FO;            false",
        "{prefix: \"/a?b\"};                            /a?b;           false",
        "{path: /foo};                                /foo;           true",
        "{path: /foo};                                /foo/;          false",
        "{path: /foo};                                /foo?a=b;       true",
        "{path: /foo};                                /foo#frag;      true",
        "{path: /foo};                                /foo#frag?a=b;  true",
        "{path: /foo};                                /foo?a#b;       true",
        "{path: /foo};                                /FOO;           false",
        "{path: /foo, case_sensitive: false};         /FoO?X;         true",
        "{path: /foo, case_sensitive: false};         /fooo;          false",
        "{path: /a%20b};                              /a%20b;         true",
        "{path: /a b};                                /a%20b;         false",
        "{safe_regex: {regex: '/a+'}};                /aaa;           true",
        "{safe_regex: {regex: '/a+'}};                /aaab;          false",
        "{safe_regex: {regex: 'a+'}};                 /aaa;           false",
        "{safe_regex: {regex: '/a+'}};                /aaa?q=1;       true",
        "{safe_regex: {regex: '/a.*'}};               /a?q=/b;        true",
        "{safe_regex: {regex: '/A', }, case_sensitive: false}; /a;    false",
        "{safe_regex: {regex: '(?i)/A'}};             /a;             true",
        "{safe_regex: {regex: '/a|/b'}};              /b;             true",
        "{safe_regex: {regex: '/a|/b'}};              /bc;            false",
        "{path_separated_prefix: /api};               /api;           true",
        "{path_separated_prefix: /api};               /api/;          true",
        "{path_separated_prefix: /api};               /api/v1;        true",
        "{path_separated_prefix: /api};               /api?a;         true",
        "{path_separated_prefix: /api};               /api#a;         true",
        "{path_separated_prefix: /api};               /apis;          false",
        "{path_separated_prefix: /api};               /ap;            false",
        "{path_separated_prefix: /api};               /API/v1;        false",
        "{path_separated_prefix: /api, case_sensitive: false}; /API/v1; true"
      })
  void aPathSpecifierSeesTheRawPathWithoutQueryAndFragment(
      String match, String path, boolean expected) {
    assertEquals(expected, Tables.matches(match, FakeRequest.get("http://h" + path)));
  }

  @Test
  void pathParametersArePartOfThePath() {
    assertEquals(
        "1",
        Tables.taken(
            Tables.matching("{path: /a}", "{path: '/a;p=1'}"), FakeRequest.get("http://h/a;p=1")));
  }

  /** As Envoy 1.40 answered. */
  @ParameterizedTest
  @CsvSource({
    "/a;k=1/b,           prefix",
    "/a;k=1;m=2/b;x?q=;, prefix",
    "/a;/b/c,            prefix",
    "/a/b,               prefix",
    "/a/;k/b,            exact",
    "/;k=1,              root",
    "/a;k=1?q=;x/b,      none",
    "/ab;/,              none"
  })
  void pathParametersOfEachSegmentCanBeIgnored(String path, String route) {
    RouteTable table =
        Tables.of(
            """
            name: test
            ignore_path_parameters_in_path_matching: true
            virtual_hosts:
            - name: all
              domains: ['*']
              routes:
              - {name: prefix, match: {prefix: /a/b}, route: {cluster: c}}
              - {name: exact, match: {path: /a//b}, route: {cluster: c}}
              - {name: root, match: {path: /}, route: {cluster: c}}
            """);
    assertEquals(route, Tables.taken(table, FakeRequest.get("http://h" + path)));
  }

  /** As Envoy 1.40 answered. */
  @Test
  void aTemplateSeesParametersThatAllElseIgnores() {
    RouteTable table =
        Tables.of(
            """
            name: test
            ignore_path_parameters_in_path_matching: true
            virtual_hosts:
            - name: all
              domains: ['*']
              routes:
              - name: template
                match:
                  path_match_policy:
                    name: t
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig
                      path_template: /a/*
                route: {cluster: c}
              - {name: prefix, match: {prefix: /a/}, route: {cluster: c}}
            """);
    assertEquals("template", Tables.taken(table, FakeRequest.get("http://h/a/b")));
    assertEquals("template", Tables.taken(table, FakeRequest.get("http://h/a/b;k=1?q")));
    assertEquals("prefix", Tables.taken(table, FakeRequest.get("http://h/a;k=1/b")));
  }

  @Test
  void theFirstRouteThatMatchesWinsHoweverGoodALaterOneIs() {
    RouteTable table = Tables.matching("{prefix: /}", "{path: /exact}");
    assertEquals("0", Tables.taken(table, FakeRequest.get("http://h/exact")));
  }

  @Test
  void onlyAsciiLettersHaveTwoCases() {
    // U+212A is the Kelvin sign, which Unicode folds to k
    assertEquals(
        false,
        Tables.matches("{path: /k, case_sensitive: false}", FakeRequest.get("http://h/\u212a")));
  }
}
