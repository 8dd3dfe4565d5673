package dev.proxyless.mesh.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.model.CookieMatcher;
import dev.proxyless.mesh.model.FractionalPercent;
import dev.proxyless.mesh.model.HeaderMatcher;
import dev.proxyless.mesh.model.QueryParameterMatcher;
import dev.proxyless.mesh.model.Route;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.RouteAction.ClusterSpecifier;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.RouteMatch;
import dev.proxyless.mesh.model.RouteMatch.PathMatch;
import dev.proxyless.mesh.model.RuntimeFraction;
import dev.proxyless.mesh.model.StringMatcher;
import dev.proxyless.mesh.model.StringMatcher.Kind;
import dev.proxyless.mesh.model.ValueMatch;
import dev.proxyless.mesh.model.VirtualHost;
import dev.proxyless.mesh.telemetry.MeshMeters;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * The index finds what trying one route after the other finds. Texts are short and of few
 * characters, so that they collide.
 */
class RouteIndexPropertyTest {

  private static final RouteAction ACTION = RouteAction.Forward.to(new ClusterSpecifier.Named("c"));

  /** A table's options, the conditions of its routes, and requests. */
  record Case(boolean cutParameters, List<RouteMatch> matches, List<TestHead> requests) {}

  @Property(tries = 2_000, edgeCases = EdgeCasesMode.NONE)
  void theIndexFindsTheFirstRouteThatMatches(@ForAll("cases") Case example) {
    List<Route> routes = new ArrayList<>();
    for (RouteMatch match : example.matches) {
      routes.add(Route.of("r" + routes.size(), match, ACTION));
    }
    RouteConfiguration plain =
        RouteConfiguration.of("t", List.of(VirtualHost.of("v", List.of("*"), routes)));
    RouteConfiguration configuration = with(plain, false, example.cutParameters);
    RouteTable table = RouteTable.compile(configuration, MeshMeters.NONE);
    LinearMatcher oracle = new LinearMatcher(configuration);
    for (TestHead request : example.requests) {
      long random = request.path().hashCode();
      RouteEntry found = table.find(request, random);
      String name = found == null ? "none" : found.name();
      assertEquals(oracle.route(request, random), name, request::toString);
      List<String> steps = table.explain(request, StreamInfo.of(random));
      String last = steps.get(steps.size() - 1);
      assertEquals(
          found == null ? "no route of the virtual host takes it" : "takes it",
          found == null ? last : last.replaceFirst(".*\"" + name + "\" ", ""),
          steps::toString);
    }
  }

  private static RouteConfiguration with(
      RouteConfiguration plain, boolean ignorePort, boolean cutParameters) {
    return new RouteConfiguration(
        plain.name(),
        plain.virtualHosts(),
        plain.internalOnlyHeaders(),
        plain.requestHeaders(),
        plain.responseHeaders(),
        plain.mostSpecificHeaderMutationsWins(),
        plain.validateClusters(),
        plain.requestMirrorPolicies(),
        ignorePort,
        cutParameters,
        plain.typedPerFilterConfig(),
        plain.vhostHeader());
  }

  @Provide
  Arbitrary<Case> cases() {
    return Combinators.combine(
            Arbitraries.of(false, true),
            matches().list().ofMaxSize(24),
            requests().list().ofMinSize(1).ofMaxSize(12))
        .as(Case::new);
  }

  private static Arbitrary<String> paths() {
    return Arbitraries.of("/", "/", "a", "b", "A", ".", "ab")
        .list()
        .ofMaxSize(6)
        .map(parts -> String.join("", parts));
  }

  private static Arbitrary<PathMatch> pathMatches() {
    Arbitrary<String> regex =
        Arbitraries.of(
                "/",
                "/",
                "a",
                "b",
                "A",
                "\\.",
                ".",
                ".*",
                "a*",
                "b?",
                "a+",
                "/{0,1}",
                "[ab]",
                "[^|/]*",
                "(a|b)",
                "(?:/a|/b)+",
                "|",
                "(?i)",
                "^",
                "\\Qa.\\E",
                "\\/",
                "a{2}")
            .list()
            .ofMaxSize(6)
            .map(parts -> String.join("", parts))
            .filter(RouteIndexPropertyTest::meansTheSameEverywhere);
    Arbitrary<String> template =
        Arbitraries.of("a", "b", "*", "**", "{v}", "{v=a/*}", "{v=**}", "a{v}b", "*.a", "A")
            .list()
            .ofMaxSize(4)
            .map(parts -> "/" + String.join("/", parts))
            .filter(RouteIndexPropertyTest::isTemplate);
    return Arbitraries.frequencyOf(
        Tuple.of(4, paths().map(PathMatch.Prefix::new)),
        Tuple.of(3, paths().map(PathMatch.Exact::new)),
        Tuple.of(2, paths().map(PathMatch.PathSeparatedPrefix::new)),
        Tuple.of(2, regex.map(PathMatch.SafeRegex::new)),
        Tuple.of(2, template.map(PathMatch.UriTemplate::new)),
        Tuple.of(1, Arbitraries.just(new PathMatch.Connect())));
  }

  private static boolean meansTheSameEverywhere(String regex) {
    try {
      Regex.compile(regex, "");
      Pattern.compile(regex);
      // RE2 has no possessive quantifiers: where Java sees one, RE2 sees an error or a repetition
      return !regex.contains("*+") && !regex.contains("?+") && !regex.contains("}+");
    } catch (InvalidRouteException | PatternSyntaxException refused) {
      return false;
    }
  }

  private static boolean isTemplate(String template) {
    try {
      return !UriTemplate.compile(template, "").literalPrefix().isEmpty();
    } catch (InvalidRouteException refused) {
      return false;
    }
  }

  private static Arbitrary<RouteMatch> matches() {
    Arbitrary<String> values = Arbitraries.of("a", "b", "A", "ab", "1", "7", "");
    Arbitrary<StringMatcher> texts =
        Combinators.combine(
                Arbitraries.of(Kind.EXACT, Kind.PREFIX, Kind.SUFFIX, Kind.CONTAINS),
                values,
                Arbitraries.of(false, true))
            .as(StringMatcher::new);
    Arbitrary<ValueMatch> present = Arbitraries.of(false, true).map(ValueMatch.Present::new);
    Arbitrary<ValueMatch> text = texts.map(ValueMatch.Text::new);
    Arbitrary<ValueMatch> range = Arbitraries.just(new ValueMatch.Range(1, 7));
    Arbitrary<HeaderMatcher> headers =
        Combinators.combine(
                Arbitraries.of("x", "y", ":method"),
                Arbitraries.oneOf(present, text, range),
                Arbitraries.of(false, true),
                Arbitraries.of(false, false, true))
            .as(HeaderMatcher::new);
    Arbitrary<QueryParameterMatcher> queries =
        Combinators.combine(Arbitraries.of("q", "r"), Arbitraries.oneOf(present, text))
            .as(QueryParameterMatcher::new);
    Arbitrary<CookieMatcher> cookies =
        Combinators.combine(Arbitraries.of("c", "d"), texts, Arbitraries.of(false, true))
            .as(CookieMatcher::new);
    Arbitrary<Optional<RuntimeFraction>> fraction =
        Arbitraries.of(50L, 0L, 100L)
            .map(share -> new RuntimeFraction("", new FractionalPercent(share, 100)))
            .optional(0.1);
    return Combinators.combine(
            pathMatches(),
            Arbitraries.of(true, true, false),
            fraction,
            Arbitraries.of(false, false, false, false, true),
            few(headers),
            few(queries),
            few(cookies))
        .as(
            (path, caseSensitive, share, grpc, header, query, cookie) ->
                new RouteMatch(
                    path,
                    caseSensitive,
                    share,
                    grpc,
                    header,
                    query,
                    cookie,
                    Optional.empty(),
                    List.of(),
                    List.of()));
  }

  private static <T> Arbitrary<List<T>> few(Arbitrary<T> each) {
    return each.list().ofMaxSize(2).injectNull(0.6).map(list -> list == null ? List.of() : list);
  }

  private static Arbitrary<TestHead> requests() {
    Arbitrary<String> query =
        Arbitraries.of("", "?", "?q=a", "?q=a&q=b", "?r", "?x=1&q=ab", "#q=a", ";a", "?q=;", "#");
    Arbitrary<TestHead.Line> lines =
        Combinators.combine(
                Arbitraries.of("x", "X", "y", "content-type", "cookie", "Cookie", "upgrade"),
                Arbitraries.of(
                    "a",
                    "b",
                    "ab",
                    "1",
                    "7",
                    "",
                    "application/grpc",
                    "c=a",
                    "c=b; d=a",
                    "d=\"a\"",
                    "connect-udp"))
            .as(TestHead.Line::new);
    return Combinators.combine(
            Arbitraries.of("GET", "GET", "GET", "CONNECT"),
            paths(),
            query,
            lines.list().ofMaxSize(4))
        .as((method, path, rest, headers) -> new TestHead(method, "h", path + rest, headers));
  }

  /** Domains of virtual hosts, and hosts of requests. */
  record HostCase(boolean ignorePort, List<Set<String>> domains, List<String> hosts) {}

  @Property(tries = 2_000, edgeCases = EdgeCasesMode.NONE)
  void aHostIsFoundAmongDomains(@ForAll("hostCases") HostCase example) {
    Set<String> taken = new LinkedHashSet<>();
    List<VirtualHost> hosts = new ArrayList<>();
    for (Set<String> each : example.domains) {
      List<String> own =
          each.stream().filter(domain -> taken.add(domain.toLowerCase(Locale.ROOT))).toList();
      hosts.add(VirtualHost.of("v" + hosts.size(), own, List.of()));
    }
    RouteConfiguration configuration =
        with(RouteConfiguration.of("t", hosts), example.ignorePort, false);
    RouteTable table = RouteTable.compile(configuration, MeshMeters.NONE);
    LinearMatcher oracle = new LinearMatcher(configuration);
    for (String host : example.hosts) {
      TestHead request = new TestHead("GET", host, "/", List.of());
      Optional<VirtualHost> found = table.virtualHost(request, StreamInfo.of(0));
      assertEquals(oracle.virtualHost(request), found.map(VirtualHost::name).orElse("none"), host);
      String why = table.explain(request, StreamInfo.of(0)).get(0);
      assertTrue(why.startsWith(found.isPresent() ? "virtual host " : "no virtual host "), why);
    }
  }

  @Provide
  Arbitrary<HostCase> hostCases() {
    Arbitrary<String> names =
        Arbitraries.of("a", "b", "A", ".", "ab", ":8", "*")
            .list()
            .ofMinSize(1)
            .ofMaxSize(4)
            .map(parts -> String.join("", parts));
    Arbitrary<String> domains =
        Combinators.combine(Arbitraries.of("", "", "*"), names, Arbitraries.of("", "", "*"))
            .as((before, name, after) -> before + name + after);
    return Combinators.combine(
            Arbitraries.of(false, true),
            domains.set().ofMinSize(1).ofMaxSize(4).list().ofMaxSize(6),
            names.list().ofMinSize(1).ofMaxSize(12))
        .as(HostCase::new);
  }

  @Property(tries = 5_000, edgeCases = EdgeCasesMode.NONE)
  void whatAnExpressionMatchesBeginsWithItsPrefix(
      @ForAll("expressions") String expression, @ForAll("texts") String text) {
    try {
      Regex regex = Regex.compile(expression, "");
      String prefix = RegexPrefix.of(expression);
      for (String each : List.of(text, prefix + text, prefix, text + prefix)) {
        assertTrue(!regex.matches(each) || each.startsWith(prefix), each + " " + prefix);
      }
    } catch (InvalidRouteException refused) {
      // what RE2 does not take has no prefix to be wrong about
      assertTrue(!refused.reason().isEmpty());
    }
  }

  @Provide
  Arbitrary<String> expressions() {
    return Arbitraries.of(
            "a",
            "b",
            "/",
            "|",
            "(",
            ")",
            "[",
            "]",
            "^",
            "$",
            "\\",
            "*",
            "+",
            "?",
            "{",
            "}",
            "0",
            ",",
            "(?i)",
            "(?",
            ":",
            "[:",
            ":]",
            "[[:alpha:]",
            "\\Q",
            "\\E",
            "-",
            ".",
            "\\|",
            "\\]",
            "\\A",
            "\\z",
            "\\pL",
            "\\x41",
            "\u00e9",
            "\ud83d\ude00")
        .list()
        .ofMaxSize(8)
        .map(parts -> String.join("", parts));
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of("a", "b", "/", "|", "A", "0", "]", "", "[", ":", "\\")
        .list()
        .ofMaxSize(4)
        .map(parts -> String.join("", parts));
  }
}
