package dev.proxyless.mesh.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.proxyless.mesh.model.HeaderMutations;
import dev.proxyless.mesh.model.RetryPolicy;
import dev.proxyless.mesh.model.Route;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.RouteAction.ClusterSpecifier;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.RouteMatch;
import dev.proxyless.mesh.model.RouteMatch.PathMatch;
import dev.proxyless.mesh.model.VirtualHost;
import dev.proxyless.mesh.model.VirtualHost.RequireTls;
import dev.proxyless.mesh.telemetry.MeshMeters;
import dev.proxyless.mesh.testing.FakeRequest;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code require_tls}: envoy-semantics 1.2. */
class RequireTlsTest {

  @ParameterizedTest
  @CsvSource({
    "NONE,          http,  true,  r",
    "ALL,           https, false, r",
    "ALL,           http,  true,  redirect",
    "ALL,           http,  false, redirect",
    "EXTERNAL_ONLY, http,  false, redirect",
    "EXTERNAL_ONLY, http,  true,  r",
    "EXTERNAL_ONLY, https, false, r"
  })
  void aRequestThatShouldHaveComeByTlsIsRedirected(
      RequireTls required, String scheme, boolean internal, String expected) {
    RouteEntry found = find(required, FakeRequest.get(scheme + "://h/p"), internal);
    assertNotNull(found);
    boolean redirect = found.action() instanceof RouteAction.Redirect;
    assertEquals(expected, redirect ? "redirect" : found.name());
  }

  @ParameterizedTest
  @CsvSource({"h", "h:80", "h:8080", "[::1]:80"})
  void theRedirectKeepsHostPortAndQueryAndHasNoName(String authority) {
    FakeRequest request = FakeRequest.get("http://" + authority + "/a/b?c=d");
    RouteEntry found = find(RequireTls.ALL, request, true);
    assertNotNull(found);
    assertEquals("", found.name());
    assertEquals("v", found.virtualHost().name());
    assertEquals(HeaderMutations.NONE, found.virtualHost().responseHeaders());
    RouteAction.Redirect redirect = (RouteAction.Redirect) found.action();
    assertEquals(301, redirect.status());
    assertEquals(
        "https://" + authority + "/a/b?c=d", found.redirectLocation(request, StreamInfo.of(0)));
  }

  @Test
  void theRequestsOwnForwardedProtoCounts() {
    FakeRequest request = FakeRequest.get("http://h/").header("X-Forwarded-Proto", "https");
    RouteEntry found = find(RequireTls.ALL, request, false);
    assertNotNull(found);
    assertEquals("r", found.name());
  }

  @Test
  void withoutForwardedProtoThereIsNoRoute() {
    FakeRequest request = FakeRequest.get("http://h/").header("x-forwarded-proto", "");
    assertNull(find(RequireTls.NONE, request, true));
    assertEquals(
        "the request has no x-forwarded-proto, so that no route takes it",
        table(RequireTls.NONE).explain(request, StreamInfo.of(0)).get(1));
  }

  @Test
  void theRedirectIsExplained() {
    assertEquals(
        "require_tls ALL redirects to https, since x-forwarded-proto is \"http\"",
        table(RequireTls.ALL).explain(FakeRequest.get("http://h/"), StreamInfo.of(0)).get(1));
  }

  private static RouteEntry find(RequireTls required, RequestHead head, boolean internal) {
    StreamInfo info = new StreamInfo(0, internal, StreamInfo.Around.NOTHING);
    return table(required).find(head, info);
  }

  private static RouteTable table(RequireTls required) {
    RouteAction action = RouteAction.Forward.to(new ClusterSpecifier.Named("c"));
    Route route = Route.of("r", RouteMatch.of(new PathMatch.Prefix("/"), true), action);
    VirtualHost plain = VirtualHost.of("v", List.of("*"), List.of(route));
    VirtualHost host =
        new VirtualHost(
            plain.name(),
            plain.domains(),
            plain.routes(),
            plain.matcher(),
            required,
            plain.virtualClusters(),
            plain.requestHeaders(),
            plain.responseHeaders(),
            Optional.<RetryPolicy>empty(),
            plain.hedgePolicy(),
            plain.requestMirrorPolicies(),
            false,
            false,
            false,
            plain.requestBodyBufferLimit(),
            plain.typedPerFilterConfig(),
            plain.metadata());
    return RouteTable.compile(RouteConfiguration.of("t", List.of(host)), MeshMeters.NONE);
  }
}
