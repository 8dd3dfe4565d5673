package dev.proxyless.mesh.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.testing.FakeRequest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Path rewrites and redirects: envoy-semantics 1.7 and 1.8. */
class RewriteAndRedirectTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{prefix: /foo};                         /;      /foo/bar;       //bar",
        "{prefix: /foo/};                        /;      /foo/bar;       /bar",
        "{prefix: /foo};                         /new;   /foo?q=1;       /new?q=1",
        "{prefix: /foo};                         /new;   /foo;           /new",
        "{prefix: /foo, case_sensitive: false};  /new;   /FOO/x;         /new/x",
        "{path: /foo};                           /new;   /foo?q=/foo;    /new?q=/foo",
        "{path_separated_prefix: /api};          /v2;    /api/x?q;       /v2/x?q",
        "{path_separated_prefix: /api};          /v2;    /api;           /v2",
        "{safe_regex: {regex: '/a/\\d+'}};       /b;     /a/17?q=1;      /b?q=1",
        "{safe_regex: {regex: '/a/\\d+'}};       /b;     /a/17#f;        /b#f"
      })
  void aPrefixRewriteReplacesWhatTheSpecifierMatched(
      String match, String rewrite, String path, String expected) {
    RouteEntry route =
        route(
            "match: " + match + "\n    route: {cluster: c, prefix_rewrite: " + rewrite + "}", path);
    FakeRequest head = FakeRequest.get("http://h" + path);
    StreamInfo info = StreamInfo.of(0);
    RouteEntry.Rewritten rewritten =
        route.finalizeRequest(head, info, route.target(head, info), HeaderEdits.of(head), true);
    assertEquals(expected, rewritten.path());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        // scheme
        "{https_redirect: true};                        http://h/p?q;       https://h/p?q",
        "{scheme_redirect: HTTPS};                      http://h/p;         https://h/p",
        "{host_redirect: new};                          http://h/p;         http://new/p",
        // the port that the old scheme implied goes with the scheme
        "{https_redirect: true};                        http://h:80/p;      https://h/p",
        "{https_redirect: true};                        http://h:8080/p;    https://h:8080/p",
        "{https_redirect: true};                        https://h:443/p;    https://h:443/p",
        "{scheme_redirect: http};                       https://h:443/p;    http://h/p",
        "{scheme_redirect: http};                       https://h:80/p;     http://h:80/p",
        "{path_redirect: /x};                           http://h:80/p;      http://h:80/x",
        // a new port replaces the old one
        "{port_redirect: 8443};                         http://h:80/p;      http://h:8443/p",
        "{port_redirect: 8443};                         http://h/p;         http://h:8443/p",
        "{https_redirect: true, port_redirect: 8443};   http://h:8080/p;    https://h:8443/p",
        "{host_redirect: 'new:1', port_redirect: 2};    http://h/p;         http://new:1:2/p",
        "{https_redirect: true};                        http://[::1]:80/p;  https://[::1]/p",
        "{https_redirect: true};                        http://[::1]/p;     https://[::1]/p",
        "{port_redirect: 81};                           http://[::1]:80/p;  http://[::1]:81/p",
        // path and query
        "{path_redirect: /new};                         http://h/p?q=1;     http://h/new?q=1",
        "{path_redirect: /new, strip_query: true};      http://h/p?q=1;     http://h/new",
        "{path_redirect: '/new?a'};                     http://h/p?q=1;     http://h/new?a",
        "{path_redirect: '/new?a', strip_query: true};  http://h/p?q=1;     http://h/new?a",
        "{path_redirect: new};                          http://h/p;         http://h/new",
        "{strip_query: true};                           http://h/p?q=1;     http://h/p",
        "{prefix_rewrite: /new};                        http://h/p/x?q=1;   http://h/new/x?q=1",
        "{prefix_rewrite: new, strip_query: true};      http://h/p/x?q=1;   http://h/new/x",
        "{prefix_rewrite: '/n?a=1', strip_query: true}; http://h/p?q=1;     http://h/n"
      })
  void aRedirectsLocation(String redirect, String url, String expected) {
    FakeRequest request = FakeRequest.get(url);
    RouteEntry route = route("match: {prefix: /p}\n    redirect: " + redirect, request.path());
    assertEquals(expected, route.redirectLocation(request, StreamInfo.of(0)));
  }

  @ParameterizedTest
  @CsvSource({
    "{},                                       301",
    "{response_code: MOVED_PERMANENTLY},       301",
    "{response_code: FOUND},                   302",
    "{response_code: SEE_OTHER},               303",
    "{response_code: TEMPORARY_REDIRECT},      307",
    "{response_code: PERMANENT_REDIRECT},      308"
  })
  void aRedirectsStatus(String redirect, int expected) {
    RouteEntry route = route("match: {prefix: /p}\n    redirect: " + redirect, "/p");
    assertEquals(expected, ((RouteAction.Redirect) route.action()).status());
  }

  private static RouteEntry route(String route, String path) {
    RouteTable table =
        Tables.of(
            "name: t\nvirtual_hosts:\n- name: v\n  domains: ['*']\n  routes:\n  - name: r\n    "
                + route
                + "\n");
    RouteEntry found = table.find(FakeRequest.get("http://h" + path), 0);
    assertNotNull(found);
    return found;
  }
}
