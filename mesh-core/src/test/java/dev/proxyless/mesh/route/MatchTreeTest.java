package dev.proxyless.mesh.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.proxyless.mesh.model.MatcherTree;
import dev.proxyless.mesh.model.MatcherTree.Action;
import dev.proxyless.mesh.model.MatcherTree.FieldMatcher;
import dev.proxyless.mesh.model.MatcherTree.Input;
import dev.proxyless.mesh.model.MatcherTree.Matcher;
import dev.proxyless.mesh.model.MatcherTree.OnMatch;
import dev.proxyless.mesh.model.MatcherTree.Predicate;
import dev.proxyless.mesh.model.Route;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.RouteAction.ClusterSpecifier;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.RouteMatch;
import dev.proxyless.mesh.model.RouteMatch.PathMatch;
import dev.proxyless.mesh.model.StringMatcher;
import dev.proxyless.mesh.model.StringMatcher.Kind;
import dev.proxyless.mesh.model.VirtualHost;
import dev.proxyless.mesh.telemetry.MeshMeters;
import dev.proxyless.mesh.testing.FakeRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code VirtualHost.matcher}; the same tree was asked of Envoy 1.40. */
class MatchTreeTest {

  private static final Input PATH = new Input.RequestHeader(":path");

  /**
   * Two lines of a header; else a map of paths where a header does not begin with a; else outer.
   */
  private static final MatcherTree TREE =
      new MatcherTree(
          Optional.of(
              new Matcher.Fields(
                  List.of(
                      new FieldMatcher(single("x-two", Kind.EXACT, "a,b"), to("joined", "/")),
                      new FieldMatcher(
                          new Predicate.And(
                              List.of(
                                  single("host", Kind.EXACT, "hosty"),
                                  new Predicate.Or(
                                      List.of(
                                          single("x-or", Kind.EXACT, "1"),
                                          single("x-or", Kind.EXACT, "2"))))),
                          to("hosty", "/")),
                      new FieldMatcher(
                          new Predicate.Not(single("x-must", Kind.PREFIX, "a")),
                          new OnMatch(new Action.Nested(paths())))))),
          Optional.of(to("outer", "/")));

  private static MatcherTree paths() {
    MatcherTree exact =
        new MatcherTree(
            Optional.of(
                new Matcher.ExactMap(new Input.RequestHeader("x-n"), Map.of("1", to("n1", "/")))),
            Optional.empty());
    return new MatcherTree(
        Optional.of(
            new Matcher.PrefixMap(
                PATH,
                Map.of(
                    "/p", to("p", "/"),
                    "/p/q", to("pq", "/p/q/only"),
                    "/p/n", new OnMatch(new Action.Nested(exact))))),
        Optional.of(to("inner", "/")));
  }

  private static Predicate single(String header, Kind kind, String value) {
    return new Predicate.Single(
        new Input.RequestHeader(header), new StringMatcher(kind, value, false));
  }

  private static OnMatch to(String name, String prefix) {
    return new OnMatch(new Action.Routes(List.of(route(name, prefix))));
  }

  private static Route route(String name, String prefix) {
    return Route.of(
        name,
        RouteMatch.of(new PathMatch.Prefix(prefix), true),
        RouteAction.Forward.to(new ClusterSpecifier.Named("c")));
  }

  @ParameterizedTest
  @CsvSource({
    "http://h/x,          -,          inner",
    "http://h/x,          x-must=abc, outer",
    "http://h/x,          x-must=b,   inner",
    "http://h/x,          x-two=a|b,  joined",
    "http://h/x,          x-two=a,    inner",
    "http://h/p,          -,          p",
    "http://h/p?x,        -,          p",
    "http://h/p/q/only,   -,          pq",
    "http://h/p/q/other,  -,          none",
    "http://h/p/n,        -,          p",
    "http://h/p/n,        x-n=1,      n1",
    "http://hosty/p,      x-or=2,     hosty",
    "http://hosty/p,      x-or=3,     p"
  })
  void asEnvoyDoes(String url, String header, String expected) {
    FakeRequest request = FakeRequest.get(url);
    if (!header.equals("-")) {
      String name = header.substring(0, header.indexOf('='));
      for (String value : header.substring(name.length() + 1).split("\\|")) {
        request = request.header(name, value);
      }
    }
    assertEquals(expected, Tables.taken(table(TREE), request));
  }

  @Test
  void theFirstRouteOfAListThatMatchesWins() {
    List<Route> routes = List.of(route("a", "/a"), route("any", "/"), route("late", "/b"));
    MatcherTree tree =
        new MatcherTree(Optional.empty(), Optional.of(new OnMatch(new Action.Routes(routes))));
    assertEquals("a", Tables.taken(table(tree), FakeRequest.get("http://h/a")));
    assertEquals("any", Tables.taken(table(tree), FakeRequest.get("http://h/b")));
    assertEquals(3, table(tree).routes().size());
  }

  @Test
  void aTreeThatSaysNothingTakesNothing() {
    MatcherTree tree = new MatcherTree(Optional.empty(), Optional.empty());
    assertEquals("none", Tables.taken(table(tree), FakeRequest.get("http://h/a")));
  }

  @Test
  void theWayThroughTheTreeIsTold() {
    assertEquals(
        List.of(
            "virtual host v takes any host: there is no other domain than *",
            "matcher: header x-two is \"a,b\" does not hold",
            "matcher: (header host is \"hosty\" and (header x-or is \"1\" or header x-or is"
                + " \"2\")) does not hold",
            "matcher: not header x-must begins with \"a\" holds",
            "matcher: header :path \"/p/n\" begins with \"/p/n\"",
            "matcher: header x-n, which is missing, is no key of the map",
            "matcher: header :path \"/p/n\" begins with \"/p\"",
            "route 0 \"p\" takes it"),
        table(TREE).explain(FakeRequest.get("http://h/p/n"), StreamInfo.of(0)));
  }

  private static RouteTable table(MatcherTree tree) {
    VirtualHost plain = VirtualHost.of("v", List.of("*"), List.of());
    VirtualHost host =
        new VirtualHost(
            plain.name(),
            plain.domains(),
            List.of(),
            Optional.of(tree),
            plain.requireTls(),
            plain.virtualClusters(),
            plain.requestHeaders(),
            plain.responseHeaders(),
            plain.retryPolicy(),
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
