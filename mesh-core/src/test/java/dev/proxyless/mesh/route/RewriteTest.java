package dev.proxyless.mesh.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.proxyless.mesh.model.RegexRewrite;
import dev.proxyless.mesh.model.RouteAction.HostRewrite;
import dev.proxyless.mesh.model.RouteAction.PathRewrite;
import dev.proxyless.mesh.model.RouteMatch.PathMatch;
import dev.proxyless.mesh.testing.FakeRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Host and path rewrites: envoy-semantics 1.6 and 1.7. What is expected was seen of Envoy 1.40. */
class RewriteTest {

  private static String sent(Routed routed, String path, String... lines) {
    FakeRequest head = FakeRequest.get("http://h" + path);
    for (String line : lines) {
      int colon = line.indexOf(':');
      head = head.header(line.substring(0, colon), line.substring(colon + 1));
    }
    return routed.sent(head);
  }

  private static Routed host(HostRewrite rewrite) {
    Routed routed = new Routed();
    routed.hostRewrite = rewrite;
    return routed;
  }

  private static Routed path(PathRewrite rewrite) {
    Routed routed = new Routed();
    routed.pathRewrite = rewrite;
    return routed;
  }

  @Test
  void aLiteralHostIsToldEvenWhereItIsTheSame() {
    Routed routed = host(new HostRewrite.Literal("new"));
    assertEquals("new / | x-envoy-original-host: h", sent(routed, "/"));
    assertEquals(
        "new / | x-envoy-original-host: h", sent(routed, "/", "x-envoy-original-host:pre"));
    assertEquals("h / | x-envoy-original-host: h", sent(host(new HostRewrite.Literal("h")), "/"));
    routed.envoyHeaders = false;
    assertEquals("new /", sent(routed, "/"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"-; h", "o; o,h", "o, h; o, h,h", "o,h; o,h", "h,; h,", "h; h", "',,'; ',,'"})
  void theOldHostIsAppendedUnlessItIsLast(String there, String expected) {
    Routed routed = host(new HostRewrite.Literal("new"));
    routed.appendForwardedHost = true;
    routed.envoyHeaders = false;
    String sent =
        there.equals("-") ? sent(routed, "/") : sent(routed, "/", "x-forwarded-host:" + there);
    assertEquals("new / | x-forwarded-host: " + expected, sent);
  }

  @Test
  void aHostIsTakenFromTheFirstLineOfAHeader() {
    Routed routed = host(new HostRewrite.Header("x-h"));
    assertEquals("h /", sent(routed, "/"));
    assertEquals("h / | x-h: ", sent(routed, "/", "x-h:"));
    assertEquals(
        "a / | x-h: a | x-h: b | x-envoy-original-host: h", sent(routed, "/", "x-h:a", "x-h:b"));
  }

  @Test
  void aHostIsMadeOfThePathWithoutQuery() {
    Routed routed = host(new HostRewrite.PathRegex(new RegexRewrite("^/(.+)/(.+)$", "\\2.\\1")));
    assertEquals("b.a /a/b?x=/c | x-envoy-original-host: h", sent(routed, "/a/b?x=/c"));
    assertEquals("/zz /zz | x-envoy-original-host: h", sent(routed, "/zz"));
    assertEquals("h /a", sent(host(new HostRewrite.PathRegex(new RegexRewrite(".*", ""))), "/a"));
  }

  @Test
  void aHostsFormatSeesTheMutationsAndKeepsADashForWhatIsMissing() {
    Routed routed = host(new HostRewrite.Format("%REQ(x-h)%"));
    assertEquals("- / | x-envoy-original-host: h", sent(routed, "/"));
    routed = host(new HostRewrite.Format("%REQ(x-h)%.z"));
    routed.requests = Routed.add("set x-h: mut");
    assertEquals("mut.z / | x-h: mut | x-envoy-original-host: h", sent(routed, "/", "x-h:q"));
  }

  @Test
  void anEntrysHostIsWrittenFirstAndTellsNothing() {
    Routed routed =
        Routed.weighted("whost", Routed.add("append x-w: %REQ(:authority)%"), Routed.add());
    routed.requests = Routed.add("append x-a: %REQ(:authority)%");
    assertEquals("whost / | x-w: h | x-a: whost", sent(routed, "/"));
    routed.hostRewrite = new HostRewrite.Literal("new");
    routed.appendForwardedHost = true;
    assertEquals(
        "new / | x-w: h | x-a: whost | x-forwarded-host: whost | x-envoy-original-host: whost",
        sent(routed, "/"));
  }

  @Test
  void anAutomaticHostIsTheEndpointsOfEachTry() {
    Routed routed = host(new HostRewrite.Auto());
    routed.appendForwardedHost = true;
    RouteEntry entry = routed.entry();
    FakeRequest head = FakeRequest.get("http://h/");
    HeaderEdits edits = HeaderEdits.of(head);
    StreamInfo info = StreamInfo.of(0);
    RouteEntry.Rewritten rewritten =
        entry.finalizeRequest(head, info, entry.target(head, info), edits, true);
    assertEquals("h", entry.authorityFor(rewritten.authority(), "", edits, true));
    assertEquals("ep", entry.authorityFor(rewritten.authority(), "ep", edits, true));
    assertEquals("h", edits.first("x-envoy-original-host"));
    assertEquals("h", edits.first("x-forwarded-host"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "prefix /foo / /foo/bar?q=/foo //bar?q=/foo",
        "prefix /foo /foo /foox /foox",
        "prefix /foo /n?a=1 /foo?x /n?a=1?x",
        "prefix /foo n /foo?x n?x",
        "path /foo /n /foo?x /n?x",
        "path /foo /n /foo;p=1?q /n;p=1?q",
        "regex /f.* /n /foo/bar?q /n?q",
        "separated /foo / /foo/bar //bar"
      })
  void aPrefixRewriteReplacesThePrefixAndTellsTheOldPath(
      String kind, String match, String replacement, String path, String expected) {
    Routed routed = path(new PathRewrite.Prefix(replacement));
    routed.match =
        switch (kind) {
          case "prefix" -> new PathMatch.Prefix(match);
          case "path" -> new PathMatch.Exact(match);
          case "regex" -> new PathMatch.SafeRegex(match);
          default -> new PathMatch.PathSeparatedPrefix(match);
        };
    assertEquals("h " + expected + " | x-envoy-original-path: " + path, sent(routed, path));
    routed.envoyHeaders = false;
    assertEquals("h " + expected, sent(routed, path));
  }

  /** Routing may ignore parameters; the rewrite does not. As Envoy 1.40 answered. */
  @Test
  void aPathThatDoesNotBeginWithThePrefixStays() {
    Routed routed = path(new PathRewrite.Prefix("/new"));
    routed.match = new PathMatch.Prefix("/a/b");
    assertEquals("h /a;k=1/b/c", sent(routed, "/a;k=1/b/c"));
    assertEquals("h /new;k=1/c | x-envoy-original-path: /a/b;k=1/c", sent(routed, "/a/b;k=1/c"));
  }

  @Test
  void anEmptyPrefixRewriteIsNone() {
    assertEquals("h /foo", sent(path(new PathRewrite.Prefix("")), "/foo"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      quoteCharacter = '"',
      value = {
        "^/a/([^/]+) /b/\\1/\\0 /a/x/y?/a/z /b/x//a/x/y?/a/z",
        "o 0 /foo/oo?o /f00/00?o",
        "x* - /abxx -/-a-b-",
        "/a /\\\\n /a /\\n",
        "(/)(a)(b)? [\\3\\2\\1] /a [a/]",
        "a \\1 /a /a",
        "a b\\x /a /b",
        "a \\ /a /",
        "^/ // /a //a",
        "/foo \"\" /foo/x /x",
        "a|(b) <\\1> /ab /<><b>",
        "(?i)A z /aA /zz",
        "$ /end /a?q /a/end?q",
        "\\b . /ab /.ab.",
        "a*? . /aa ./.a.a.",
        "(a*) .\\1 /baac ./.b.aac."
      })
  void everyMatchIsReplaced(String pattern, String substitution, String path, String expected) {
    Routed routed = path(new PathRewrite.Regex(new RegexRewrite(pattern, substitution)));
    assertEquals("h " + expected + " | x-envoy-original-path: " + path, sent(routed, path));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {"/foo '' /foo", "^/a/([^/]+) /b/ /z", ".* '' /a?q"})
  void aPathThatWouldBeEmptyStays(String pattern, String substitution, String path) {
    Routed routed = path(new PathRewrite.Regex(new RegexRewrite(pattern, substitution)));
    String told = path.equals("/z") ? " | x-envoy-original-path: /z" : "";
    assertEquals("h " + path + told, sent(routed, path));
  }

  @ParameterizedTest
  @CsvSource({
    "/n%REQ(:path)%, /foo?q=1, /n/foo?q=1?q=1",
    "/n%PATH(NQ)%,   /foo?q=1, /n/foo?q=1",
    "/n?z,           /foo?q=1, /n?z?q=1",
    "/n?z,           /foo,     /n?z"
  })
  void aPathsFormatKeepsTheQuery(String format, String path, String expected) {
    assertEquals(
        "h " + expected + " | x-envoy-original-path: " + path,
        sent(path(new PathRewrite.Format(format)), path));
  }

  @Test
  void aPathsFormatThatIsEmptyRewritesNothing() {
    assertEquals("h /foo", sent(path(new PathRewrite.Format("%REQ(none)%")), "/foo"));
  }

  @ParameterizedTest
  @CsvSource({
    "/a/{x}/{y},    /{y}/{x},   /a/b/c?q,   /c/b?q",
    "/a/{x}/{y},    /{y}/{x},   /a/b%2f/c,  /c/b%2f",
    "/a/{x=**}.m,   /n{x}-{x},  /a/b/c.m,   /nb/c-b/c",
    "/a/*/**,       /z,         /a/b/c?x,   /z?x",
    "/a/{x},        /b/*,       /a/q,       /b/*",
    "/a/{x},        /{x}{x}/,   /a/q,       /qq/",
    "/a/{x},        /%41{x},    /a/q,       /%41q"
  })
  void aTemplateIsFilledWithTheMatchsVariables(
      String match, String rewrite, String path, String expected) {
    Routed routed = path(new PathRewrite.UriTemplate(rewrite));
    routed.match = new PathMatch.UriTemplate(match);
    assertEquals("h " + expected + " | x-envoy-original-path: " + path, sent(routed, path));
  }

  @ParameterizedTest
  @CsvSource({
    "/b{y}",
    "b/{x}",
    "/b/{x",
    "/b/x}",
    "/b/{}",
    "/b//{x}",
    "/b?z={x}",
    "/{x=*}",
    "'/b/ c'",
    "/b#{x}"
  })
  void aTemplateThatCannotBeFilledIsRefused(String rewrite) {
    Routed routed = path(new PathRewrite.UriTemplate(rewrite));
    routed.match = new PathMatch.UriTemplate("/a/{x}");
    InvalidRouteException refused = assertThrows(InvalidRouteException.class, routed::entry);
    assertEquals(
        "virtual_hosts[0].routes[0].route.path_rewrite_policy.path_template_rewrite",
        refused.path());
  }
}
