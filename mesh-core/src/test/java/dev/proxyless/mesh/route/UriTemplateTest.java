package dev.proxyless.mesh.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** URI templates; every line was asked of Envoy 1.40. */
class UriTemplateTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/a=b",
        "/*",
        "/**",
        "/a/*/b",
        "/{a}",
        "/{a=*}",
        "/{a=**}",
        "/{a=x/*/**}",
        "/**/a/b",
        "/**/{b=c}",
        "/*.m4s",
        "/**.mpd",
        "/{a}.x",
        "/{a=**}.x",
        "/a*",
        "/a{b}",
        "/a/",
        "/x{a}y/",
        "/{a}y*/b",
        "/{a=b}c",
        "/{a=x/*}y/b",
        "/x{a=**}/y",
        "/{a}/{b}/{c}/{d}/{e}",
        "/{abcdefghijklmnop}",
        "/***",
        "/{a}**",
        "/a'b!$&()+,;:@-._~%"
      })
  void envoyTakes(String template) {
    assertEquals(true, UriTemplate.compile(template, "at").literalPrefix().startsWith("/"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "//",
        "/a//b",
        "/**/*",
        "/**/{b}",
        "/**/x{a}",
        "/x{a=**}/*",
        "/{a}/{a}",
        "/{a}/{b}/{c}/{d}/{e}/{f}",
        "/{abcdefghijklmnopq}",
        "/{1a}",
        "/{}",
        "/{a=}",
        "/{a=/b}",
        "/{a=b/}",
        "/{a=b//c}",
        "/{a=*.x}",
        "/{a",
        "/}",
        "/x{a",
        "/xa}",
        "/x}{a}",
        "/{a}}",
        "/{a}{b}",
        "/x{a}y{b}",
        "/x{a=y/*}",
        "/*{b}",
        "/*a/",
        "/*a/b",
        "/***/a",
        "/a b",
        "/a?b",
        "/a#b",
        "/a\"b",
        "/a|b",
        "/a[b",
        "/a\\b",
        "/\u00e9"
      })
  void envoyRefuses(String template) {
    InvalidRouteException refused =
        assertThrows(InvalidRouteException.class, () -> UriTemplate.compile(template, "at"));
    assertEquals("at", refused.path());
    assertTrue(refused.reason().startsWith("is \"" + template + "\", which "), refused.reason());
  }

  @Test
  void aTemplateHasAtMost256Characters() {
    assertEquals(256, UriTemplate.compile("/" + "a".repeat(255), "").literalPrefix().length());
    assertThrows(InvalidRouteException.class, () -> UriTemplate.compile("/" + "a".repeat(256), ""));
    assertTrue(UriTemplate.compile("/*".repeat(128), "").matches("/a".repeat(128)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      quoteCharacter = '`',
      value = {
        "/ / true",
        "/A /a false",
        "/a.b /axb false",
        "/* / false",
        "/* /a=b true",
        "/* /a*%zz;'!$&()+,:@-._~ true",
        "/* /a/b false",
        "/* /a\"b false",
        "/* /a|b false",
        "/* /a[b] false",
        "/* /a\\b false",
        "/** / true",
        "/** /a//b/ true",
        "/** /a|b false",
        "/**/a /a false",
        "/**/a //a true",
        "/**/a /x/y/a true",
        "/**.mpd /.mpd true",
        "/**.mpd /x/y.mpd true",
        "/**.mpd /xampd false",
        "/*.m4s /.m4s false",
        "/*.m4s /a.m4s.m4s true",
        "/*.m4s /a/b.m4s false",
        "/a/ /a/ true",
        "/a/ /a false",
        "/{a}/ /x/ true",
        "/{a}/ /x false",
        "/a* /aaa true",
        "/a* / true",
        "/a* /axx false",
        "/*** /x false",
        "/x{a}y/b /xfooy/b true",
        "/x{a}y/b /xy/b false"
      })
  void asEnvoyDoes(String template, String path, boolean expected) {
    assertEquals(expected, UriTemplate.compile(template, "").matches(path));
  }

  @ParameterizedTest
  @CsvSource({
    "/{a=b/*/**}/c, /b/1/2/3/c, b/1/2/3",
    "/{a=b/*/**}/c, /b/1//c,    b/1/",
    "/{a=*}.x,      /q.x.x,     q.x",
    "/{a=**},       //,         /",
    "/{a=x*},       /xx,        xx",
    "/*/x{a},       /q/xz,      z",
    "/x{a}y,        /xyy,       y"
  })
  void aVariableHoldsWhatItMatched(String template, String path, String expected) {
    assertEquals(Map.of("a", expected), UriTemplate.compile(template, "").captures(path));
  }

  @Test
  void aPathThatDoesNotMatchHasNoVariables() {
    assertEquals(Map.of(), UriTemplate.compile("/{a}", "").captures("/x/y"));
  }

  @ParameterizedTest
  @CsvSource({
    "/a/b/*,     /a/b/",
    "/a/b,       /a/b",
    "/a/b/,      /a/b/",
    "/a/bc*/d,   /a/",
    "/a.b/x{c},  /a.b/x",
    "/{a=b}/c,   /",
    "/a/**,      /a/"
  })
  void theLiteralPrefixEndsWhereAnythingElseBegins(String template, String expected) {
    assertEquals(expected, UriTemplate.compile(template, "").literalPrefix());
  }
}
