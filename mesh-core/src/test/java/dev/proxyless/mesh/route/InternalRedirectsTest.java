package dev.proxyless.mesh.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.model.RouteAction.Forward;
import dev.proxyless.mesh.testing.FakeRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Redirects of upstreams that are followed, as real Envoy 1.40 follows them. */
class InternalRedirectsTest {

  private static final RouteTable TABLE =
      Tables.of(
          """
          name: t
          virtual_hosts:
          - name: v
            domains: ['*']
            routes:
            - match: {prefix: /}
              route: {cluster: c, internal_redirect_policy: {response_headers_to_copy: [x-c, x-d]}}
          """);

  private static Optional<InternalRedirects.Next> next(ResponseHeaders response) {
    FakeRequest sent = FakeRequest.get("http://h/");
    RouteEntry route = TABLE.find(sent, 0);
    return InternalRedirects.next(
        ((Forward) route.action()).internalRedirectPolicy().orElseThrow(),
        sent,
        "",
        List.of(),
        302,
        response,
        next -> route);
  }

  private static Optional<InternalRedirects.Next> to(String location) {
    return next(name -> name.equals("location") ? location : null);
  }

  @ParameterizedTest(name = "{0}: {1} and {2}")
  @CsvSource({
    "http://h, h, /",
    "HTTP://h:80/a?b=c#d, h:80, /a?b=c",
    "http://user:pw@h:81/a, h:81, /a",
    "http://@h/a, h, /a",
    "http://[::1]:82/a, [::1]:82, /a",
    "http://h/%zz, h, /%zz",
    "'http://h/a\\b|^`{}[]<>\"', h, '/a\\b|^`{}[]<>\"'",
    "http://h/a?b#c?d, h, /a?b"
  })
  void aLocationIsTakenAsItStands(String location, String authority, String path) {
    InternalRedirects.Next next = to(location).orElseThrow();
    assertEquals(authority, next.authority());
    assertEquals(path, next.path());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/a",
        "//h/a",
        "ftp://h/a",
        "http:/a",
        "http:///a",
        "http://h?b=c",
        "http://h#d",
        "http://h:x/a",
        "http://h:65536/a",
        "http://h/a b",
        "http://h/\u00e9"
      })
  void whatIsNoWholeUrlIsNotFollowed(String location) {
    assertTrue(to(location).isEmpty());
  }

  @Test
  void severalLocationsAreOne() {
    assertEquals(
        "/a,http://h/b",
        next(new ResponseLines(Map.of("location", List.of("http://h/a", "http://h/b"))))
            .orElseThrow()
            .path());
  }

  @Test
  void allLinesOfAHeaderAreCopied() {
    RequestHead head =
        next(new ResponseLines(Map.of("location", List.of("http://h/a"), "x-c", List.of("1", "2"))))
            .orElseThrow()
            .head(FakeRequest.get("http://h/").header("x-c", "0").header("x-d", "0"));
    assertEquals("1,2", HeaderEdits.joined(head, "x-c"));
    assertEquals(null, head.header("x-d"));
  }
}
