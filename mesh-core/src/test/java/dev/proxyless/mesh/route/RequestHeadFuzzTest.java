package dev.proxyless.mesh.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.telemetry.MeshMeters;
import dev.proxyless.mesh.testing.XdsYaml;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever head a request has, it is matched without an error, and as one route after another. */
final class RequestHeadFuzzTest {

  private static final RouteConfiguration ROUTES =
      XdsYaml.routes(
          """
          name: rich
          ignore_port_in_host_matching: true
          virtual_hosts:
          - name: all
            domains: ['*']
            routes:
            - {name: connect, match: {connect_matcher: {}}, route: {cluster: c}}
            - {name: exact, match: {path: /a/b}, route: {cluster: c}}
            - {name: any-case, match: {path: /A/c, case_sensitive: false}, route: {cluster: c}}
            - {name: below, match: {path_separated_prefix: /a/d}, route: {cluster: c}}
            - {name: grpc, match: {prefix: /, grpc: {}}, route: {cluster: c}}
            - {name: x, match: {prefix: /a, headers: [{name: x, string_match: {exact: v}}]}, route: {cluster: c}}
            - {name: no-x, match: {prefix: /a/, headers: [{name: x, present_match: true, invert_match: true}, {name: y}]}, route: {cluster: c}}
            - {name: range, match: {prefix: /a, headers: [{name: n, range_match: {start: -5, end: 5}}]}, route: {cluster: c}}
            - {name: query, match: {prefix: /, query_parameters: [{name: q, string_match: {prefix: v}}]}, route: {cluster: c}}
            - {name: regex, match: {safe_regex: {regex: '/a/[a-z]+/[0-9]{1,3}'}}, route: {cluster: c}}
            - {name: half, match: {prefix: /a/b/, runtime_fraction: {default_value: {numerator: 50}}}, route: {cluster: c}}
            - {name: a, match: {prefix: /a/b/c}, route: {cluster: c}}
            - {name: rest, match: {prefix: /a}, route: {cluster: c}}
          - {name: exact, domains: [a.b, 'a.b:8'], routes: [{name: e, match: {prefix: ''}, route: {cluster: c}}]}
          - {name: suffix, domains: ['*.b'], routes: [{name: s, match: {prefix: ''}, route: {cluster: c}}]}
          - {name: prefix, domains: ['a.*'], routes: [{name: p, match: {prefix: ''}, route: {cluster: c}}]}
          """);

  private static final RouteTable TABLE = RouteTable.compile(ROUTES, MeshMeters.NONE);
  private static final LinearMatcher ORACLE = new LinearMatcher(ROUTES);

  /** Lines: method, authority, path; then a header a line, with a colon after its name. */
  static Stream<byte[]> seeds() {
    return Stream.of(
            "GET\nh\n/a/b?q=v#f",
            "GET\nA.B:80\n/A/C\n",
            "POST\nx.b\n/a/d/e;p\nX:v\nx:w\n",
            "CONNECT\na.c:1\n\n",
            "GET\n[::1]:80\n/a/xyz/12?q\nupgrade:connect-udp",
            "GET\n*\n/a\nn: -4 \ny:\n",
            "GET\n\n/a/b/c/\ncontent-type:application/grpc+json",
            "GET\nh\n?q=v\n",
            "GET\nh\n/a\nx-forwarded-proto",
            "GET\nh\n/a\nn:\0-2",
            "GET\nh\n/a?&&=&q=v&q\nn:99999999999999999999",
            "GET\nh\n/a?#\r&q=v")
        .map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "60s")
  void theIndexFindsWhatTryingOneAfterAnotherFinds(byte[] data) {
    // ASCII, since the oracle lowers letters that Envoy leaves alone
    String[] lines = new String(data, StandardCharsets.US_ASCII).replace('\ufffd', '~').split("\n");
    List<TestHead.Line> headers = new ArrayList<>();
    for (int i = 3; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      headers.add(
          new TestHead.Line(
              colon < 0 ? lines[i] : lines[i].substring(0, colon),
              colon < 0 ? "" : lines[i].substring(colon + 1)));
    }
    TestHead head = new TestHead(part(lines, 0), part(lines, 1), part(lines, 2), headers);
    RouteEntry found = TABLE.find(head, data.length);
    assertEquals(ORACLE.route(head, data.length), found == null ? "none" : found.name());
    List<String> steps = TABLE.explain(head, StreamInfo.of(data.length));
    String last = steps.get(steps.size() - 1);
    assertEquals(found != null, last.endsWith("takes it") && !last.contains("no route"), last);
  }

  private static String part(String[] lines, int index) {
    return index < lines.length ? lines[index] : "";
  }
}
