package dev.proxyless.mesh.xds;

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
import dev.proxyless.mesh.model.RouteMatch;
import dev.proxyless.mesh.model.RouteMatch.PathMatch;
import dev.proxyless.mesh.model.StringMatcher;
import dev.proxyless.mesh.model.StringMatcher.Kind;
import dev.proxyless.mesh.model.VirtualHost;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class MatcherTreeDecoderTest {

  private static final String HEADER =
      "{name: i, typed_config: {@RequestHeader, header_name: X-H}}";
  private static final Input INPUT = new Input.RequestHeader("x-h");

  private final Decoding decoding = new Decoding(new RealChecks());

  @Test
  void aTreeWithoutMatcherDoesWhatIsDoneWhereNothingMatches() {
    VirtualHost host = host("{matcher: {on_no_match: " + route("a") + "}}");
    assertEquals(List.of(), host.routes());
    assertEquals(
        Optional.of(new MatcherTree(Optional.empty(), Optional.of(onRoute("a")))), host.matcher());
  }

  @Test
  void anActionIsARouteOrAListOfThem() {
    assertEquals(
        new MatcherTree(
            Optional.empty(),
            Optional.of(new OnMatch(new Action.Routes(List.of(toCluster("a"), toCluster("b")))))),
        tree(
            "{on_no_match: {action: {name: l, typed_config: {@RouteList, routes: [{match: {prefix:"
                + " /}, route: {cluster: a}}, {match: {prefix: /}, route: {cluster: b}}]}}}}"));
  }

  @Test
  void mapsAreByWholeValuesOrByPrefixes() {
    assertEquals(
        new MatcherTree(
            Optional.of(new Matcher.ExactMap(INPUT, Map.of("k", onRoute("a"), "", onRoute("b")))),
            Optional.empty()),
        tree(
            "{matcher_tree: {input: %s, exact_match_map: {map: {k: %s, '': %s}}}}"
                .formatted(HEADER, route("a"), route("b"))));
    assertEquals(
        new MatcherTree(
            Optional.of(new Matcher.PrefixMap(INPUT, Map.of("k", onRoute("a")))), Optional.empty()),
        tree(
            "{matcher_tree: {input: %s, prefix_match_map: {map: {k: %s}}}}"
                .formatted(HEADER, route("a"))));
  }

  @Test
  void aListAsksPredicates() {
    String exact = single("{exact: A, ignore_case: true}");
    String regex = single("{safe_regex: {google_re2: {}, regex: b+}}");
    Predicate first = new Predicate.Single(INPUT, new StringMatcher(Kind.EXACT, "A", true));
    Predicate second = new Predicate.Single(INPUT, new StringMatcher(Kind.SAFE_REGEX, "b+", false));
    assertEquals(
        new MatcherTree(
            Optional.of(
                new Matcher.Fields(
                    List.of(
                        new FieldMatcher(
                            new Predicate.Or(
                                List.of(first, new Predicate.And(List.of(second, first)))),
                            onRoute("a")),
                        new FieldMatcher(
                            new Predicate.Not(second),
                            new OnMatch(
                                new Action.Nested(
                                    new MatcherTree(
                                        Optional.empty(), Optional.of(onRoute("b"))))))))),
            Optional.empty()),
        tree(
            "{matcher_list: {matchers: [{predicate: {or_matcher: {predicate: [%1$s, {and_matcher: {predicate: [%2$s, %1$s]}}]}}, on_match: %3$s}, {predicate: {not_matcher: %2$s}, on_match: {matcher: {on_no_match: %4$s}}}]}}"
                .formatted(exact, regex, route("a"), route("b"))));
  }

  private static String single(String match) {
    return "{single_predicate: {input: " + HEADER + ", value_match: " + match + "}}";
  }

  private static String route(String cluster) {
    return "{action: {name: a, typed_config: {@Route, match: {prefix: /}, route: {cluster: "
        + cluster
        + "}}}}";
  }

  private static OnMatch onRoute(String cluster) {
    return new OnMatch(new Action.Routes(List.of(toCluster(cluster))));
  }

  private static Route toCluster(String cluster) {
    return Route.of(
        "",
        RouteMatch.of(new PathMatch.Prefix("/"), true),
        RouteAction.Forward.to(new ClusterSpecifier.Named(cluster)));
  }

  private MatcherTree tree(String yaml) {
    return host("{matcher: " + yaml + "}").matcher().orElseThrow();
  }

  private VirtualHost host(String yaml) {
    return decoding.routes(RouteYaml.of("host", yaml)).virtualHosts().get(0);
  }
}
