package dev.proxyless.mesh.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.proxyless.mesh.model.CidrRange;
import dev.proxyless.mesh.model.HttpConnectionManager;
import dev.proxyless.mesh.model.HttpConnectionManager.EscapedSlashes;
import dev.proxyless.mesh.model.HttpConnectionManager.Paths;
import dev.proxyless.mesh.model.HttpConnectionManager.RouteSource;
import dev.proxyless.mesh.model.HttpConnectionManager.StripPort;
import dev.proxyless.mesh.model.HttpConnectionManager.Trust;
import dev.proxyless.mesh.route.ConnectionManager.Arrival;
import dev.proxyless.mesh.testing.FakeRequest;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that come in: envoy-semantics 5.5. What is expected was seen of Envoy 1.40. */
class ConnectionManagerTest {

  private static ConnectionManager manager(
      Paths paths, StripPort stripPort, boolean stripDot, Trust trust) {
    HttpConnectionManager plain = HttpConnectionManager.of(new RouteSource.Rds("r"));
    return ConnectionManager.compile(
        new HttpConnectionManager(
            plain.routes(),
            paths,
            stripPort,
            stripDot,
            trust,
            plain.maxStreamDuration(),
            plain.streamIdleTimeout(),
            plain.upgrades(),
            plain.faults(),
            plain.router()),
        OptionalInt.of(8080),
        List.of("x-only"));
  }

  private static String path(Paths paths, String path) {
    FakeRequest head = FakeRequest.get("http://h" + path);
    Arrival arrival =
        manager(paths, StripPort.NONE, false, Trust.ALL).accept(head, Optional.empty());
    if (arrival instanceof Arrival.Answered answered) {
      assertEquals("path_normalization_failed", answered.details());
      return answered.status() + answered.location().map(location -> " " + location).orElse("");
    }
    return ((Arrival.Accepted) arrival).head(head).path();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "/, /",
        "/a/./b, /a/b",
        "/a/../b, /b",
        "/../a, /a",
        "/a/.., /",
        "/a/., /a/",
        "/./, /",
        "/a/%2e%2e/b, /b",
        "/a/%2E/b, /a/b",
        "/%2e, /",
        "/%41%7e%2d%5F%5f%30, /A~-__0",
        "/a\\b, /a/b",
        "/a\\..\\b, /b",
        "/a//../b, /a/b",
        "/a/b//.., /a/b/",
        "//, //",
        "///, ///",
        "//..//a, //a",
        "/a%00b, 400",
        "/%00, 400",
        "/%00?, 400",
        "/a?%00, /a?%00",
        "/a;p/../b, /b",
        "/a;b, /a;b",
        "/a/../b?x=//%2f, /b?x=//%2f",
        "/a|b, /a%7Cb",
        "/a\"b<>^`{}, /a%22b%3C%3E%5E%60%7B%7D",
        "/a'b, /a'b",
        "/[a], /[a]",
        "/a/%2e%2e%2fb, /a/..%2fb",
        "/a/%2e., /",
        "/a/.%2e/b, /b",
        "/a/..?x, /?x",
        "/a/../.., /",
        "/a/b/../../.., /",
        "/%2e/a, /a",
        "/a/%2e, /a/",
        "/%2F, /%2F",
        "/a%5cb, /a%5cb",
        "/%, /%",
        "/%zz, /%zz",
        "/a%2, /a%2",
        "/a/..., /a/...",
        "/..a, /..a",
        "/a/..b, /a/..b",
        "/%2e%2e%2e, /...",
        "/a%25%32%65, /a%252e",
        "/%2%65, /%252e",
        "/%%32e, /%252e",
        "/a%C3%A9, /a%C3%A9",
        "/a%c3%a9, /a%c3%a9",
        "/a?%41%2e/../, /a?%41%2e/../",
        "/?/.., /?/..",
        "/~a_-.!$&()*+=:@, /~a_-.!$&()*+=:@",
        "/%21%3a%40, /%21%3a%40",
        "/a/..;/b, /b",
        "/a/..;x=1/b, /b",
        "/a/.;/b, /a/b",
        "/a/%2e%2e;/b, /a/..;/b",
        "/a/..;, /",
        "/a/..%3b/b, /a/..%3b/b",
        "/a/...;/b, /a/...;/b",
        "/a/b;/..;/c, /a/c",
        "/a/.;x, /a/",
        "/a/.%2e;z/b, /a/..;z/b",
        "/a/..;%2fb, /",
        "/a/b..;/c, /a/b..;/c",
        "/a#f, 400",
        "/a?q#, 400"
      })
  void aPathInNormalForm(String path, String expected) {
    assertEquals(expected, path(new Paths(true, false, EscapedSlashes.KEEP_UNCHANGED), path));
  }

  @ParameterizedTest
  @CsvSource({
    "//a//b, /a/b",
    "/a//../b, /a/../b",
    "/a/b//.., /a/b/..",
    "/a//, /a/",
    "//, //",
    "///, //",
    "//?x, //?x",
    "/a//?b//c, /a/?b//c",
    "/a///, /a/",
    "/a/b, /a/b",
    "/a?//, /a?//"
  })
  void mergedSlashes(String path, String expected) {
    assertEquals(expected, path(new Paths(false, true, EscapedSlashes.KEEP_UNCHANGED), path));
  }

  @ParameterizedTest
  @CsvSource({
    "KEEP_UNCHANGED,        false, /a%2fb,        /a%2fb",
    "REJECT_REQUEST,        false, /a%2fb,        400",
    "REJECT_REQUEST,        false, /a%5Cb,        400",
    "REJECT_REQUEST,        false, /a%2eb,        /a%2eb",
    "REJECT_REQUEST,        false, /a?%2f,        /a?%2f",
    "UNESCAPE_AND_REDIRECT, false, /%2F,          307 //",
    "UNESCAPE_AND_REDIRECT, false, /a%5cb,        307 /a\\b",
    "UNESCAPE_AND_REDIRECT, false, /a%2f../b,     307 /a/../b",
    "UNESCAPE_AND_REDIRECT, true,  /a%5cb,        307 /a/b",
    "UNESCAPE_AND_REDIRECT, true,  /a%2f../b?x,   307 /b?x",
    "UNESCAPE_AND_REDIRECT, true,  /a/../b,       /b",
    "UNESCAPE_AND_REDIRECT, true,  /%00,          400",
    "UNESCAPE_AND_FORWARD,  false, /a%2F%5cb,     /a/\\b",
    "UNESCAPE_AND_FORWARD,  false, /a/%2e%2e%2fb, /a/%2e%2e/b",
    "UNESCAPE_AND_FORWARD,  true,  /a/%2e%2e%2fb, /b",
    "UNESCAPE_AND_FORWARD,  true,  /%2F,          //"
  })
  void escapedSlashes(EscapedSlashes action, boolean normalize, String path, String expected) {
    assertEquals(expected, path(new Paths(normalize, normalize, action), path));
  }

  @Test
  void aCallOfGrpcIsNotRedirected() {
    Arrival arrival =
        manager(
                new Paths(false, false, EscapedSlashes.UNESCAPE_AND_REDIRECT),
                StripPort.NONE,
                false,
                Trust.ALL)
            .accept(
                FakeRequest.get("http://h/a%2fb").header("content-type", "application/grpc"),
                Optional.empty());
    assertEquals(400, ((Arrival.Answered) arrival).status());
  }

  @ParameterizedTest
  @CsvSource({
    "NONE,     false, a:80,        a:80",
    "ANY,      false, a,           a",
    "ANY,      false, a:80,        a",
    "ANY,      false, a.:80,       a.",
    "ANY,      false, '[::1]',     '[::1]'",
    "ANY,      false, '[::1]:80',  '[::1]'",
    "ANY,      false, a:,          a:",
    "ANY,      false, a:x,         a:x",
    "ANY,      false, a:99999,     a",
    "ANY,      false, a:80:80,     a:80",
    "ANY,      false, a:080,       a",
    "MATCHING, false, a:8080,      a",
    "MATCHING, false, a:80,        a:80",
    "NONE,     true,  a.,          a",
    "NONE,     true,  a.:80,       a:80",
    "NONE,     true,  a..,         a.",
    "NONE,     true,  '[::1].',    '[::1]'",
    "NONE,     true,  .,           ''",
    "ANY,      true,  a.:80,       a"
  })
  void partsOfTheAuthorityAreTakenOff(
      StripPort strip, boolean dot, String authority, String expected) {
    FakeRequest head = FakeRequest.get("http://" + authority + "/");
    Arrival arrival =
        manager(Paths.UNCHANGED, strip, dot, Trust.ALL).accept(head, Optional.empty());
    assertEquals(expected, ((Arrival.Accepted) arrival).head(head).authority());
  }

  private static final List<CidrRange> LOOPBACK = List.of(new CidrRange("127.0.0.0", 8));

  private static boolean internal(Trust trust, String forwardedFor) {
    FakeRequest head = FakeRequest.get("http://h/");
    if (!forwardedFor.equals("-")) {
      for (String line : forwardedFor.split("\\|", -1)) {
        head = head.header("X-Forwarded-For", line);
      }
    }
    Arrival arrival =
        manager(Paths.UNCHANGED, StripPort.NONE, false, trust).accept(head, Optional.empty());
    return ((Arrival.Accepted) arrival).internal();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "true;  0; -;                      true",
        "true;  0; 127.0.0.1;              false",
        "true;  0; '';                     false",
        "true;  1; -;                      true",
        "true;  1; 127.0.0.1,127.0.0.1;    false",
        "false; 0; -;                      false",
        "false; 0; 127.0.0.1;              true",
        "false; 0; ' 127.0.0.1 ';          true",
        "false; 0; 10.1.1.1;               false",
        "false; 0; 127.0.0.1,;             false",
        "false; 0; 8.8.8.8, 127.0.0.1;     false",
        "false; 0; 127.0.0.1|127.0.0.1;    false",
        "false; 0; 127.0.0.1:80;           false",
        "false; 0; ::1;                    false",
        "false; 0; localhost;              false",
        "false; 0; '';                     false",
        "false; 1; 127.0.0.1;              false",
        "false; 1; 127.0.0.1,127.0.0.1;    false"
      })
  void aCallerIsInternalByItsAddress(
      boolean useRemoteAddress, int hops, String forwardedFor, boolean expected) {
    Trust trust = new Trust(Optional.of(LOOPBACK), useRemoteAddress, hops);
    assertEquals(expected, internal(trust, forwardedFor));
  }

  @Test
  void withoutInternalAddressesEveryCallerIsInternal() {
    assertEquals(true, internal(new Trust(Optional.empty(), true, 0), "8.8.8.8"));
    assertEquals(
        false,
        internal(new Trust(Optional.of(List.of(new CidrRange("10.0.0.0", 8))), true, 0), "-"));
  }

  private static String kept(Trust trust, Optional<Boolean> trusted, String... lines) {
    FakeRequest head = FakeRequest.get("http://h/");
    for (String line : lines) {
      int colon = line.indexOf(':');
      head = head.header(line.substring(0, colon), line.substring(colon + 1));
    }
    Arrival.Accepted accepted =
        (Arrival.Accepted)
            manager(Paths.UNCHANGED, StripPort.NONE, false, trust).accept(head, trusted);
    StringBuilder kept = new StringBuilder();
    for (int i = 0; i < accepted.head(head).headerCount(); i++) {
      kept.append(i == 0 ? "" : "|");
      kept.append(accepted.head(head).headerName(i))
          .append(':')
          .append(accepted.head(head).headerValue(i));
    }
    return kept.toString();
  }

  @Test
  void callersThatAreNotTrustedLoseHeaders() {
    String[] lines = {"X-Envoy-Retry-On:5xx", "x-only:1", "x-envoy-original-path:/", "x:1"};
    Trust outside = new Trust(Optional.of(LOOPBACK), true, 0);
    assertEquals(String.join("|", lines), kept(Trust.ALL, Optional.empty(), lines));
    assertEquals("x-envoy-original-path:/|x:1", kept(Trust.ALL, Optional.of(false), lines));
    assertEquals(
        "x:1|x-envoy-external-address:127.0.0.1", kept(outside, Optional.of(false), lines));
    assertEquals(String.join("|", lines), kept(outside, Optional.empty(), lines));
  }

  @Test
  void theExternalAddressIsTheHopThatIsTrusted() {
    Trust outside = new Trust(Optional.of(LOOPBACK), true, 2);
    assertEquals(
        "x-forwarded-for:1.1.1.1, 2.2.2.2|x-envoy-external-address:1.1.1.1",
        kept(outside, Optional.empty(), "x-forwarded-for:1.1.1.1, 2.2.2.2"));
    assertEquals(
        "x-forwarded-for:1.1.1.1|x-envoy-external-address:127.0.0.1",
        kept(outside, Optional.empty(), "x-forwarded-for:1.1.1.1"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "connection:keep-alive;                       ''",
        "Connection:x-foo|X-Foo:1|y:2;                y:2",
        "connection:te|te:trailers;                   te:trailers",
        "te:gzip;                                     ''",
        "te:trailers, gzip;                           te:trailers",
        "te:trailers|x:1;                             te:trailers|x:1",
        "keep-alive:5|proxy-connection:keep-alive;    ''",
        "transfer-encoding:chunked;                   ''",
        "upgrade:foo;                                 ''",
        "upgrade:websocket|connection:Upgrade;        upgrade:websocket|connection:Upgrade",
        "trailer:x|expect:x|via:x;                    trailer:x|expect:x|via:x",
        "x-forwarded-client-cert:By=x;                ''",
        "accept:a|x:1|Accept:b|x:2;                   accept:a,b|x:1|x:2",
        "content-type:A|content-type:B|content-type:C; content-type:A,B,C",
        "cookie:a|cookie:b;                           cookie:a|cookie:b",
        "referer:http://a/b?c=d;                      referer:http://a/b?c=d",
        "referer:/a;                                  referer:/a",
        "referer:ftp://x;                             referer:ftp://x",
        "referer:http://[::1]/;                       referer:http://[::1]/",
        "referer:not a url;                           ''",
        "referer:http://;                             ''",
        "referer:http:/a;                             ''",
        "referer:mailto:x;                            ''",
        "referer:http://u@a/;                         ''",
        "referer:http://a/#f;                         ''",
        "referer:http://a:99999/;                     ''",
        "referer:http://a%;                           ''"
      })
  void headersOfOneConnectionGo(String lines, String expected) {
    assertEquals(expected, kept(Trust.ALL, Optional.empty(), lines.split("\\|", -1)));
  }

  @Test
  void aHeadThatIsAsItShouldBeIsHandedOnItself() {
    FakeRequest head = FakeRequest.get("http://h:80/a?b").header("Accept", "x").header("y", "z");
    Arrival arrival =
        manager(
                new Paths(true, true, EscapedSlashes.UNESCAPE_AND_FORWARD),
                StripPort.MATCHING,
                true,
                Trust.ALL)
            .accept(head, Optional.empty());
    assertSame(head, ((Arrival.Accepted) arrival).head(head));
    assertEquals(List.of(), ((Arrival.Accepted) arrival).edits());
  }
}
