package dev.proxyless.mesh.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.proxyless.mesh.testing.FakeRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mirrors: envoy-semantics 1.13. What is expected was seen of Envoy 1.40. */
class MirrorTest {

  private static RouteEntry route(String ofConfiguration, String ofHost, String ofRoute) {
    return Tables.of(
            "name: t\nrequest_mirror_policies: "
                + ofConfiguration
                + "\nvirtual_hosts:\n- name: v\n  domains: ['*']\n  request_mirror_policies: "
                + ofHost
                + "\n  routes:\n  - match: {prefix: /}\n    route: {cluster: c,"
                + " request_mirror_policies: "
                + ofRoute
                + "}\n")
        .routes()
        .get(0);
  }

  /** Each mirror as {@code CLUSTER AUTHORITY | name: value | ...}. */
  private static List<String> mirrors(RouteEntry route, FakeRequest head, long random) {
    StreamInfo info = StreamInfo.of(random);
    List<String> all = new ArrayList<>();
    for (RouteEntry.Mirror mirror : route.mirrors(head, info, route.target(head, info))) {
      RequestHead sent = EditedHead.of(head, mirror.authority(), head.path(), mirror.edits());
      StringBuilder text =
          new StringBuilder(mirror.target().cluster()).append(' ').append(sent.authority());
      for (int i = 0; i < sent.headerCount(); i++) {
        text.append(" | ").append(sent.headerName(i)).append(": ").append(sent.headerValue(i));
      }
      all.add(text.toString());
    }
    return all;
  }

  private static final FakeRequest REQUEST = FakeRequest.get("http://h:80/p?q").header("x", "0");

  @Test
  void theMostSpecificListThatIsNotEmptyHolds() {
    String of = "[{cluster: %s}, {cluster: two}]";
    assertEquals(
        List.of("route h-shadow:80 | x: 0", "two h-shadow:80 | x: 0"),
        mirrors(route(of.formatted("cfg"), of.formatted("vh"), of.formatted("route")), REQUEST, 0));
    assertEquals(
        List.of("vh h-shadow:80 | x: 0"),
        mirrors(route(of.formatted("cfg"), "[{cluster: vh}]", "[]"), REQUEST, 0));
    assertEquals(
        List.of("cfg h-shadow:80 | x: 0"),
        mirrors(route("[{cluster: cfg}]", "[]", "[]"), REQUEST, 0));
    assertEquals(List.of(), mirrors(route("[]", "[]", "[]"), REQUEST, 0));
  }

  @ParameterizedTest
  @CsvSource({
    "h:80, h-shadow:80",
    "h, h-shadow",
    "'[::1]:80', '[::1]-shadow:80'",
    "'[::1]', '[::1]-shadow'",
    "a:b:1, a:b-shadow:1"
  })
  void theHostGetsASuffixBeforeThePort(String authority, String expected) {
    RouteEntry route = route("[]", "[]", "[{cluster: m}]");
    assertEquals(
        List.of("m " + expected), mirrors(route, FakeRequest.get("http://" + authority + "/"), 0));
  }

  @Test
  void theSuffixCanBeLeftOutOrTheHostReplaced() {
    RouteEntry route =
        route(
            "[]",
            "[]",
            "[{cluster: m, disable_shadow_host_suffix_append: true},"
                + " {cluster: n, host_rewrite_literal: mm}]");
    assertEquals(List.of("m h:80 | x: 0", "n mm | x: 0"), mirrors(route, REQUEST, 0));
  }

  @Test
  void aHeaderNamesTheCluster() {
    RouteEntry route = route("[]", "[]", "[{cluster_header: x-m}]");
    assertEquals(List.of(), mirrors(route, REQUEST, 0));
    assertEquals(
        List.of("m h-shadow:80 | x: 0 | X-M: m"), mirrors(route, REQUEST.header("X-M", "m"), 0));
  }

  @Test
  void aShareOfRequestsIsMirrored() {
    RouteEntry route =
        route(
            "[]",
            "[]",
            "[{cluster: m, runtime_fraction: {default_value: {numerator: 30,"
                + " denominator: HUNDRED}}}]");
    assertEquals(1, mirrors(route, REQUEST, 129).size());
    assertEquals(0, mirrors(route, REQUEST, 130).size());
  }

  @Test
  void connectIsNotMirrored() {
    RouteEntry route = route("[]", "[]", "[{cluster: m}]");
    FakeRequest connect = FakeRequest.of("CONNECT", "http://h/");
    assertEquals(
        List.of(),
        route.mirrors(connect, StreamInfo.of(0), route.target(connect, StreamInfo.of(0))));
  }

  @Test
  void headerMutationsSeeTheOnesBeforeThem() {
    RouteEntry route =
        route(
            "[]",
            "[]",
            "[{cluster: m, request_headers_mutations: ["
                + "{append: {header: {key: x, value: '%REQ(:authority)%'}}},"
                + "{remove: y},"
                + "{append: {header: {key: z, value: '%REQ(y)%-'}}},"
                + "{append: {header: {key: w, value: '1'}, append_action: ADD_IF_ABSENT}},"
                + "{append: {header: {key: w, value: '2'}, append_action: ADD_IF_ABSENT}},"
                + "{remove_on_match: {key_matcher: {prefix: v-}}}]}]");
    assertEquals(
        List.of("m h-shadow:80 | x: 0 | x: h:80 | z: - | w: 1"),
        mirrors(route, REQUEST.header("y", "1").header("V-A", "1"), 0));
  }
}
