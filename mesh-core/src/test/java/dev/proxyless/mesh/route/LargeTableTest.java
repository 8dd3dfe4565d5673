package dev.proxyless.mesh.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.model.HeaderMatcher;
import dev.proxyless.mesh.model.Route;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.RouteAction.ClusterSpecifier;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.RouteMatch;
import dev.proxyless.mesh.model.RouteMatch.PathMatch;
import dev.proxyless.mesh.model.StringMatcher;
import dev.proxyless.mesh.model.ValueMatch;
import dev.proxyless.mesh.model.VirtualHost;
import dev.proxyless.mesh.telemetry.MeshMeters;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Tables of 100,000 routes whose patterns are made to hurt. What is bounded is work, counted where
 * it can be; the timeouts only end what hangs.
 */
@Timeout(120)
class LargeTableTest {

  private static final int MANY = 100_000;

  /** The prefixes alone have the square of this many characters. */
  private static final int DEEP = 5_000;

  private static final RouteAction ACTION = RouteAction.Forward.to(new ClusterSpecifier.Named("c"));

  @Test
  void prefixesThatNestNeitherOverflowNorMultiply() {
    String deep = "/a".repeat(DEEP);
    RouteTable table =
        table(DEEP, i -> conditional(new PathMatch.Prefix(deep.substring(0, 2 * (i + 1))), "no"));
    assertEquals("none", name(table, deep));
    assertEquals("none", name(table, "/a/a/b"));
    RouteTable deepestFirst =
        table(DEEP, i -> plain(new PathMatch.Prefix(deep.substring(0, 2 * (DEEP - i)))));
    assertEquals("r0", name(deepestFirst, deep));
    assertEquals("r" + (DEEP - 3), name(deepestFirst, "/a/a/a/b"));
    RouteTable shortestFirst =
        table(DEEP, i -> plain(new PathMatch.Prefix(deep.substring(0, 2 * (i + 1)))));
    assertEquals("r0", name(shortestFirst, deep));
  }

  @Test
  void candidatesOfManyPlacesAreTriedInConfigurationOrder() {
    String deep = "/a".repeat(1_000);
    // by turns from the shallow and from the deep end, so that no place has two in a row
    RouteTable table =
        table(
            3_000,
            i -> {
              int depth = i % 2 == 0 ? 1 + (i / 2) % 1_000 : 1_000 - (i / 2) % 1_000;
              PathMatch path = new PathMatch.Prefix(deep.substring(0, 2 * depth));
              return conditional(path, i == 2_345 || i == 2_346 ? "yes" : "no");
            });
    assertEquals("r2345", name(table, deep));
    assertEquals("none", name(table, "/a/b"));
  }

  @Test
  void routesOfOtherPathsAreNotTried() {
    AtomicInteger reads = new AtomicInteger();
    RouteTable table = table(MANY, i -> conditional(new PathMatch.Prefix("/s/" + i + "/"), "yes"));
    TestHead head = head("/s/99999/x");
    RequestHead counting = new CountingHead(head, reads);
    RouteEntry found = table.find(counting, 0);
    assertNotNull(found);
    assertEquals("r99999", found.name());
    assertTrue(reads.get() <= 4, reads + " header lines were read");
  }

  @Test
  void conditionsOnOneHeaderReadTheHeadOnce() {
    AtomicInteger reads = new AtomicInteger();
    RouteTable table =
        table(1_000, i -> conditional(new PathMatch.Prefix("/"), i == 999 ? "yes" : "no" + i));
    RouteEntry found = table.find(new CountingHead(head("/x"), reads), 0);
    assertNotNull(found);
    assertEquals("r999", found.name());
    assertTrue(reads.get() <= 4, reads + " header lines were read");
  }

  @Test
  void expressionsAreTriedOnlyWhereTheirLiteralPrefixLeads() {
    RouteTable table =
        table(500, i -> plain(new PathMatch.SafeRegex("/s" + i + "/(a+)+(b|[^/]*)+/.*")));
    assertEquals("r234", name(table, "/s234/" + "a".repeat(200) + "/x"));
    assertEquals("none", name(table, "/s234/" + "a".repeat(2_000)));
  }

  @Test
  void manyCharactersAtOnePlaceAreFound() {
    RouteTable table =
        table(60_000, i -> plain(new PathMatch.Exact("/" + (char) (0x4e00 + i % 0x5000) + i)));
    assertEquals("r54321", name(table, "/" + (char) (0x4e00 + 54_321 % 0x5000) + "54321"));
    assertEquals("none", name(table, "/" + (char) 0x4e00));
  }

  @Test
  void hostsOfEveryLengthAreFound() {
    List<VirtualHost> hosts = new ArrayList<>();
    String deep = ".a".repeat(5_000);
    for (int i = 1; i <= 5_000; i++) {
      String tail = deep.substring(0, 2 * i);
      hosts.add(VirtualHost.of("s" + i, List.of("*" + tail), List.of()));
      hosts.add(VirtualHost.of("p" + i, List.of("b" + tail + "*"), List.of()));
    }
    RouteTable table = RouteTable.compile(RouteConfiguration.of("t", hosts), MeshMeters.NONE);
    assertEquals("s4999", table.virtualHost(deep).map(VirtualHost::name).orElse("none"));
    assertEquals("s5000", table.virtualHost("b" + deep).map(VirtualHost::name).orElse("none"));
    assertEquals("p3", table.virtualHost("b.a.a.a.c").map(VirtualHost::name).orElse("none"));
  }

  @Test
  void anExplanationTellsFiftyRoutesAndCountsTheRest() {
    RouteTable table = table(MANY, i -> plain(new PathMatch.Exact("/" + i)));
    List<String> steps = table.explain(head("/60000"), StreamInfo.of(0));
    assertEquals(53, steps.size());
    assertEquals("59950 more routes do not", steps.get(51));
    assertEquals("route 60000 \"r60000\" takes it", steps.get(52));
  }

  private static String name(RouteTable table, String path) {
    RouteEntry found = table.find(head(path), 0);
    return found == null ? "none" : found.name();
  }

  private static TestHead head(String path) {
    return new TestHead(
        "GET", "h", path, List.of(new TestHead.Line("a", "b"), new TestHead.Line("x", "yes")));
  }

  private static RouteTable table(int routes, IntFunction<RouteMatch> match) {
    List<Route> all = new ArrayList<>();
    for (int i = 0; i < routes; i++) {
      all.add(Route.of("r" + i, match.apply(i), ACTION));
    }
    VirtualHost host = VirtualHost.of("v", List.of("*"), all);
    return RouteTable.compile(RouteConfiguration.of("t", List.of(host)), MeshMeters.NONE);
  }

  private static RouteMatch plain(PathMatch path) {
    return RouteMatch.of(path, true);
  }

  private static RouteMatch conditional(PathMatch path, String wanted) {
    ValueMatch value = new ValueMatch.Text(StringMatcher.exact(wanted));
    return new RouteMatch(
        path,
        true,
        Optional.empty(),
        false,
        List.of(new HeaderMatcher("x", value, false, false)),
        List.of(),
        List.of(),
        Optional.empty(),
        List.of(),
        List.of());
  }

  /** Counts how often a header's name is read. */
  private record CountingHead(RequestHead head, AtomicInteger reads) implements RequestHead {
    @Override
    public String method() {
      return head.method();
    }

    @Override
    public String scheme() {
      return head.scheme();
    }

    @Override
    public String authority() {
      return head.authority();
    }

    @Override
    public int port() {
      return head.port();
    }

    @Override
    public String path() {
      return head.path();
    }

    @Override
    public int headerCount() {
      return head.headerCount();
    }

    @Override
    public String headerName(int index) {
      reads.incrementAndGet();
      return head.headerName(index);
    }

    @Override
    public String headerValue(int index) {
      return head.headerValue(index);
    }
  }
}
