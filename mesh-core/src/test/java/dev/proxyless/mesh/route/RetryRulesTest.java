package dev.proxyless.mesh.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.testing.FakeRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Retry policies of routes and virtual hosts: envoy-semantics 1.16 and 2.1. */
class RetryRulesTest {

  @Test
  void onlyRequestsThatMatchARetriableRequestHeaderAreRetried() {
    RetryRules rules =
        rules(
            """
            retry_on: 5xx
            retriable_request_headers:
            - {name: ':method', exact_match: GET}
            - {name: x-retry, exact_match: 'yes'}
            """);
    assertTrue(rules.appliesTo(FakeRequest.get("http://h/")));
    assertFalse(rules.appliesTo(FakeRequest.of("POST", "http://h/")));
    assertTrue(rules.appliesTo(FakeRequest.of("POST", "http://h/").header("X-Retry", "yes")));
    assertFalse(rules.appliesTo(FakeRequest.of("POST", "http://h/").header("X-Retry", "no")));
  }

  @Test
  void withoutRetriableRequestHeadersEveryRequestIsRetried() {
    assertTrue(rules("retry_on: 5xx").appliesTo(FakeRequest.of("POST", "http://h/")));
  }

  @Test
  void aResponseIsRetriedByAnyOfItsRetriableHeaders() {
    RetryRules rules =
        rules(
            """
            retry_on: retriable-headers
            retriable_headers:
            - {name: x-a, exact_match: '1'}
            - {name: x-b}
            - {name: x-c, present_match: false}
            """);
    assertTrue(rules.matchesResponse(200, Map.of("x-a", "1", "x-c", "c")::get));
    assertFalse(rules.matchesResponse(200, Map.of("x-a", "2", "x-c", "c")::get));
    assertTrue(rules.matchesResponse(200, Map.of("x-b", "", "x-c", "c")::get));
    assertTrue(rules.matchesResponse(200, Map.<String, String>of()::get));
  }

  @Test
  void eachLineOfARetriableHeaderIsTested() {
    RetryRules rules =
        rules("retry_on: retriable-headers\nretriable_headers: [{name: x-a, exact_match: '1'}]");
    assertTrue(rules.matchesResponse(200, new ResponseLines(Map.of("x-a", List.of("1", "2")))));
    assertTrue(rules.matchesResponse(200, new ResponseLines(Map.of("x-a", List.of("2", "1")))));
    assertFalse(rules.matchesResponse(200, new ResponseLines(Map.of("x-a", List.of("1,2")))));
    RetryRules inverted =
        rules(
            """
            retry_on: retriable-headers
            retriable_headers: [{name: x-a, exact_match: '1', invert_match: true}]
            """);
    assertFalse(inverted.matchesResponse(200, new ResponseLines(Map.of("x-a", List.of("2", "1")))));
  }

  @Test
  void theStatusIsAHeaderOfTheResponse() {
    RetryRules rules =
        rules(
            "retry_on: retriable-headers\n"
                + "retriable_headers: [{name: ':status', exact_match: '418'}]");
    assertTrue(rules.matchesResponse(418, name -> null));
    assertFalse(rules.matchesResponse(503, name -> null));
  }

  @Test
  void aRoutesPolicyReplacesItsVirtualHostsAsAWhole() {
    RouteTable table =
        Tables.of(
            """
            name: t
            virtual_hosts:
            - name: v
              domains: ['*']
              retry_policy: {retry_on: 5xx, num_retries: 7, retriable_status_codes: [418]}
              routes:
              - {name: own, match: {path: /own}, route: {cluster: c, retry_policy: {retry_on: reset}}}
              - {name: none, match: {prefix: /}, route: {cluster: c}}
            """);
    RetryRules own = retry(table, "/own").orElseThrow();
    assertEquals(1, own.policy().numRetries());
    assertTrue(own.policy().retriableStatusCodes().isEmpty());
    assertEquals(7, retry(table, "/other").orElseThrow().policy().numRetries());
  }

  @Test
  void aRouteWithoutAnyPolicyHasNoRules() {
    assertTrue(retry(Tables.matching("{prefix: /}"), "/").isEmpty());
  }

  private static RetryRules rules(String policy) {
    RouteTable table =
        Tables.of(
            "name: t\nvirtual_hosts:\n- name: v\n  domains: ['*']\n  retry_policy:\n"
                + policy.indent(4)
                + "  routes: [{match: {prefix: /}, route: {cluster: c}}]\n");
    return retry(table, "/").orElseThrow();
  }

  private static Optional<RetryRules> retry(RouteTable table, String path) {
    RouteEntry route = table.find(FakeRequest.get("http://h" + path), 0);
    assertNotNull(route);
    return route.retryRules();
  }
}
