package dev.proxyless.mesh.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.call.MeshView;
import dev.proxyless.mesh.model.Cluster;
import dev.proxyless.mesh.model.Configuration;
import dev.proxyless.mesh.model.Listener;
import dev.proxyless.mesh.snapshot.OfflineSnapshot;
import dev.proxyless.mesh.testing.FakeRequest;
import dev.proxyless.mesh.testing.XdsYaml;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** An explanation is the decision that a call would get. */
class ExplanationTest {

  private static final String ROUTES =
      """
      name: routes
      virtual_hosts:
      - name: shop
        domains: [shop.local]
        include_request_attempt_count: true
        routes:
        - name: moved
          match: {prefix: /old}
          redirect: {prefix_rewrite: /new, response_code: FOUND}
        - name: direct
          match: {path: /teapot}
          direct_response: {status: 418, body: {inline_string: short and stout}}
        - name: gone
          match: {path: /gone}
          route: {cluster: unknown, cluster_not_found_response_code: NOT_FOUND}
        - name: orders
          match: {prefix: /orders}
          route:
            cluster: c
            prefix_rewrite: /v2/orders
            timeout: 3s
            retry_policy: {retry_on: "5xx,reset", num_retries: 2, per_try_timeout: 1s}
        - name: strict
          match: {prefix: /strict}
          route: {cluster: c}
      """;

  private static final String LISTENER =
      """
      name: egress
      address: {socket_address: {address: 127.0.0.1, port_value: 80}}
      filter_chains:
      - filters:
        - name: hcm
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
            rds: {route_config_name: routes, config_source: {ads: {}}}
            http_filters:
            - name: router
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
                strict_check_headers: [x-envoy-max-retries]
      """;

  private final MeshView view = view();

  private static MeshView view() {
    Listener listener = XdsYaml.listener(LISTENER);
    Cluster cluster =
        XdsYaml.cluster(
            "name: c\ntype: STATIC\nload_assignment: {cluster_name: c, endpoints: [{lb_endpoints:"
                + " [{endpoint: {address: {socket_address: {address: 10.0.0.1, port_value:"
                + " 81}}}}]}]}");
    return OfflineSnapshot.of(
        new Configuration(
            Map.of("egress", listener),
            Map.of("routes", XdsYaml.routes(ROUTES)),
            Map.of("c", cluster),
            Map.of()));
  }

  private Map<String, Object> explain(FakeRequest request) {
    return Explanation.of(view, request, 0).toMap();
  }

  @Test
  void aForwardTellsWhatIsSentAndHowLongItMayTake() {
    Map<String, Object> told =
        explain(
            FakeRequest.of("POST", "http://shop.local/orders/1?x=y")
                .header("X-Tenant", "a")
                .header("x-tenant", "b")
                .header("x-envoy-max-retries", "5"));
    assertEquals("forward", told.get("action"));
    assertEquals("shop", told.get("virtual_host"));
    assertEquals("orders", told.get("route"));
    assertEquals("c", told.get("cluster"));
    assertEquals(List.of("10.0.0.1:81"), told.get("endpoints"));
    assertEquals(
        List.of(
            List.of(":authority", "shop.local"),
            List.of(":path", "/v2/orders/1?x=y"),
            List.of(":method", "POST"),
            List.of("x-tenant", "a"),
            List.of("x-tenant", "b"),
            List.of("x-envoy-expected-rq-timeout-ms", "1000"),
            List.of("x-envoy-attempt-count", "1"),
            List.of("x-envoy-original-path", "/orders/1?x=y")),
        told.get("request_headers"));
    assertEquals(3_000L, told.get("timeout_ms"));
    Map<?, ?> retry = (Map<?, ?>) told.get("retry");
    assertEquals(List.of("5xx", "reset"), retry.get("retry_on"));
    assertEquals(5, retry.get("num_retries"));
    assertEquals(1_000L, retry.get("per_try_timeout_ms"));
    assertNull(told.get("status"));
    assertNull(told.get("body"));
  }

  @Test
  void aRedirectTellsItsLocation() {
    Map<String, Object> told = explain(FakeRequest.get("http://shop.local/old/1"));
    assertEquals("redirect", told.get("action"));
    assertEquals(302, told.get("status"));
    assertEquals("http://shop.local/new/1", told.get("location"));
    assertEquals("", told.get("body"));
    assertEquals(
        List.of(List.of("location", "http://shop.local/new/1"), List.of("content-length", "0")),
        told.get("response_headers"));
    assertNull(told.get("cluster"));
    assertNull(told.get("request_headers"));
    assertNull(told.get("timeout_ms"));
  }

  @Test
  void aDirectResponseTellsWhatTheCallerGets() {
    Map<String, Object> told = explain(FakeRequest.get("http://shop.local/teapot"));
    assertEquals("direct_response", told.get("action"));
    assertEquals(418, told.get("status"));
    assertEquals("short and stout", told.get("body"));
    assertEquals(
        List.of(List.of("content-length", "15"), List.of("content-type", "text/plain")),
        told.get("response_headers"));
  }

  @Test
  void aClusterThatIsNotKnownIsTold() {
    Map<String, Object> told = explain(FakeRequest.get("http://shop.local/gone"));
    assertEquals("no_cluster", told.get("action"));
    assertEquals(404, told.get("status"));
    assertEquals("unknown", told.get("cluster"));
    assertEquals("gone", told.get("route"));
    assertNull(told.get("endpoints"));
  }

  @Test
  void aRequestThatNoRouteTakesIsTold() {
    Map<String, Object> told = explain(FakeRequest.get("http://shop.local/none"));
    assertEquals("no_route", told.get("action"));
    assertEquals(404, told.get("status"));
    assertEquals("shop", told.get("virtual_host"));
    assertNull(told.get("route"));
    assertEquals("no_route", explain(FakeRequest.get("http://other.local/none")).get("action"));
  }

  @Test
  void aRequestThatTheRouterRefusesIsTold() {
    Map<String, Object> told =
        explain(FakeRequest.get("http://shop.local/strict").header("x-envoy-max-retries", "many"));
    assertEquals("refuse", told.get("action"));
    assertEquals(400, told.get("status"));
    assertEquals("invalid header 'x-envoy-max-retries' with value 'many'", told.get("body"));
  }

  @Test
  void aPortThatNoListenerTakesIsPassedThrough() {
    assertEquals(
        "pass_through", explain(FakeRequest.get("http://shop.local:81/orders")).get("action"));
  }

  @Test
  void aCallerThatIsNotTrustedCannotSteerTheRouter() {
    FakeRequest request =
        FakeRequest.get("http://shop.local/strict").header("x-envoy-upstream-rq-timeout-ms", "7");
    assertEquals(7L, Explanation.of(view, request, 0).toMap().get("timeout_ms"));
    Explanation told = Explanation.of(view, request, 0, Optional.of(false));
    assertEquals(15_000L, told.toMap().get("timeout_ms"));
    assertTrue(told.why().stream().anyMatch(step -> step.contains("not trusted")), told.toString());
  }

  @Test
  void everyKeyIsThereInItsOrder() {
    assertEquals(
        List.of(
            "virtual_host",
            "route",
            "action",
            "cluster",
            "endpoints",
            "status",
            "location",
            "body",
            "response_headers",
            "request_headers",
            "timeout_ms",
            "retry",
            "why"),
        List.copyOf(explain(FakeRequest.get("http://shop.local/none")).keySet()));
  }
}
