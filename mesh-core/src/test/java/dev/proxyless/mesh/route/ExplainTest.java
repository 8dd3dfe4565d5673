package dev.proxyless.mesh.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.proxyless.mesh.testing.FakeRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExplainTest {

  private static final RouteTable TABLE =
      Tables.of(
          """
          name: rds_egress_http_8000
          virtual_hosts:
          - name: serviceb
            domains: [serviceb.apps.local, 'serviceb.apps.local:8000']
            routes:
            - {name: grpc, match: {prefix: /, grpc: {}}, route: {cluster: c}}
            - {name: post, match: {prefix: /, headers: [{name: ':method', exact_match: POST}]}, route: {cluster: c}}
            - {name: canary, match: {prefix: /, query_parameters: [{name: canary}]}, route: {cluster: c}}
            - {name: orders, match: {path_separated_prefix: /orders}, route: {cluster: c}}
          """);

  @Test
  void eachRouteThatDoesNotTakeARequestSaysWhatItWants() {
    assertEquals(
        List.of(
            "virtual host serviceb takes \"serviceb.apps.local\" by its domain"
                + " serviceb.apps.local",
            "route 0 \"grpc\" does not: it wants that content type is application/grpc",
            "route 1 \"post\" does not: it wants that header :method is \"POST\"",
            "route 2 \"canary\" does not: it wants that query parameter canary is present",
            "route 3 \"orders\" takes it"),
        TABLE.explain(FakeRequest.get("http://serviceb.apps.local/orders/1"), StreamInfo.of(0)));
  }

  @Test
  void aRequestThatNoRouteTakesIsSaidSo() {
    List<String> steps =
        TABLE.explain(FakeRequest.get("http://serviceb.apps.local/order"), StreamInfo.of(0));
    assertEquals(
        "route 3 \"orders\" does not: it wants that path is or is below \"/orders\"", steps.get(4));
    assertEquals("no route of the virtual host takes it", steps.get(5));
  }

  @Test
  void anUnknownHostIsToldTheNearestDomain() {
    assertEquals(
        List.of(
            "no virtual host of rds_egress_http_8000 has a domain for \"serviceB.app.local\";"
                + " the nearest is \"serviceb.apps.local\""),
        TABLE.explain(FakeRequest.get("http://serviceB.app.local/"), StreamInfo.of(0)));
  }

  @ParameterizedTest
  @CsvSource({
    "servceb.apps.local,          serviceb.apps.local",
    "SERVICEB.APPS.LOCAL.,        serviceb.apps.local",
    "serviceb.apps.local:8080,    serviceb.apps.local:8000",
    "www.example.org,             ''"
  })
  void theNearestDomainIsOneThatAMistypedNameMayHaveMeant(String host, String expected) {
    assertEquals(expected, TABLE.nearestDomain(host));
  }

  @Test
  void noNameIsNearATextThatIsNoHost() {
    assertEquals("", TABLE.nearestDomain("x".repeat(100_000)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{prefix: /a};                                        path begins with \"/a\"",
        "{path: /a, case_sensitive: false};                   path is \"/a\" (any case)",
        "{safe_regex: {regex: '/a+'}};                        path matches \"/a+\"",
        "{prefix: '', headers: [{name: X, present_match: false}, {name: y}]}; header y is present",
        "{prefix: '', headers: [{name: x, string_match: {prefix: a}, invert_match: true}]};"
            + " not: header x begins with \"a\"",
        "{prefix: '', headers: [{name: x, string_match: {suffix: a, ignore_case: true}}]};"
            + " header x ends with \"a\" (any case)",
        "{prefix: '', headers: [{name: x, range_match: {start: 1, end: 5}}]};"
            + " header x is a number from 1 up to, not including, 5",
        "{prefix: '', query_parameters: [{name: q, string_match: {contains: z}}]};"
            + " query parameter q contains \"z\"",
        "{prefix: '', runtime_fraction: {default_value: {numerator: 0}}}; is among 0 of 100"
      })
  void conditionsAreToldInWords(String match, String words) {
    List<String> steps =
        Tables.matching(match).explain(FakeRequest.get("http://h/b"), StreamInfo.of(0));
    assertEquals("route 0 \"0\" does not: it wants that " + words, steps.get(1));
  }
}
