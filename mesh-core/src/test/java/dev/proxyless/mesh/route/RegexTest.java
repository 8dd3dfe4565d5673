package dev.proxyless.mesh.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegexTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "((x{1000}){1000}){1000}",
        "(((((x{100}){100}){100}){100}){100})",
        "(x{1000}x{1000}x{1000}x{1000}x{1000}x{1000}){1000}",
        "(?:(?:[^a-z]{1000}){1000}){2}",
        "(?P<name>x{999,}){999}",
        "(\\pL{1000}){1000}",
        "(\\x{41}{1000}){1000}",
        "((a{0,1000}){0,1000}){0,1000}",
        "(\\Qabcdefghijklmnopqrstuvwxyz\\E{1000}){100}"
      })
  void anExpressionThatUnfoldsIsRefusedBeforeItCostsMemory(String hostile) {
    InvalidRouteException refused =
        assertTimeoutPreemptively(
            Duration.ofSeconds(10),
            () ->
                assertThrows(InvalidRouteException.class, () -> Regex.compile(hostile, "a.regex")));
    String message = String.valueOf(refused.getMessage());
    assertTrue(
        message.matches("a\\.regex: compiles to about \\d+ steps; at most 4096 are taken"),
        message);
  }

  @Test
  void aWideGroupThatIsRepeatedIsRefused() {
    String hostile = "(" + "a?".repeat(2_000) + "){1000}";
    assertThrows(InvalidRouteException.class, () -> Regex.compile(hostile, "r"));
  }

  @Test
  void anExpressionOfMoreThan4096CharactersIsRefused() {
    InvalidRouteException refused =
        assertThrows(InvalidRouteException.class, () -> Regex.compile("a".repeat(4_097), "r"));
    assertEquals("r: has 4097 characters; at most 4096 are taken", refused.getMessage());
    assertTrue(Regex.compile("a".repeat(4_000), "r").matches("a".repeat(4_000)));
  }

  @Test
  void deepNestingIsRefusedOrWorksAndNothingElse() {
    for (int depth : new int[] {10, 500, 1_000, 2_000}) {
      String nested = "(".repeat(depth) + "a" + ")".repeat(depth);
      try {
        assertTrue(Regex.compile(nested, "r").matches("a"));
      } catch (InvalidRouteException refused) {
        assertTrue(depth > 10, "refused at depth " + depth);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'(a',        missing",
    "'a)',        regexp/syntax",
    "'[a',        missing",
    "'(?=a)',     invalid",
    "'(a)\\1',    invalid",
    "'a**',       invalid",
    "'x{1001}',   invalid"
  })
  void whatIsNoRe2ExpressionIsRefusedWithTheReason(String broken, String word) {
    InvalidRouteException refused =
        assertThrows(InvalidRouteException.class, () -> Regex.compile(broken, "p"));
    String message = String.valueOf(refused.getMessage());
    assertTrue(
        message.startsWith("p: is \"" + broken + "\", which is no RE2 expression: " + word),
        message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v[0-9]+/users/[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}",
        "(?i)(get|head|options){1}",
        "/(?P<tenant>[\\w-]{1,63})/(orders|invoices)/[^/]{1,200}(/.*)?",
        "[[:alpha:]]{1,1000}",
        "[]{}]{3}x{,5}a{b}",
        "\\p{Greek}{2}\\Qa{1000}\\E"
      })
  void realExpressionsAreTaken(String pattern) {
    assertEquals(pattern, Regex.compile(pattern, "r").toString());
  }

  @Test
  void theEstimateIsNeverBelowTheProgram() {
    for (String pattern :
        new String[] {
          "abc",
          "a*b+c?",
          "(ab){3}",
          "(a|b|c){10}",
          "x{0,50}",
          "x{5,}",
          "(x{10}){10}",
          "[a-z]{20}",
          "(?:ab?){30}",
          "(?i)abc{3}",
          "^a$|\\bb",
          "((a{0,1}b){100})",
          "(){100}",
          "(?:){100}"
        }) {
      int program = com.google.re2j.Pattern.compile(pattern).programSize();
      assertTrue(
          RegexSize.of(pattern) + 4 >= program,
          pattern + ": " + RegexSize.of(pattern) + " for " + program);
    }
  }

  @Test
  void catastrophicBacktrackingIsNone() {
    Regex regex = Regex.compile("(a+)+b", "r");
    assertFalse(
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> regex.matches("a".repeat(20_000))));
  }

  @Test
  void aBrokenExpressionIsNamedByItsPathInTheConfiguration() {
    assertPath("{safe_regex: {regex: '('}}", "virtual_hosts[0].routes[0].match.safe_regex.regex");
    assertPath(
        "{prefix: /, headers: [{name: a}, {name: b, string_match: {safe_regex: {regex: '('}}}]}",
        "virtual_hosts[0].routes[0].match.headers[1].string_match");
    assertPath(
        "{prefix: /, query_parameters: [{name: b, string_match: {safe_regex: {regex: '('}}}]}",
        "virtual_hosts[0].routes[0].match.query_parameters[0].string_match");
  }

  private static void assertPath(String match, String path) {
    InvalidRouteException refused =
        assertThrows(InvalidRouteException.class, () -> Tables.matching(match));
    assertEquals(path, refused.path());
  }

  @ParameterizedTest
  @CsvSource({
    "/api/v[0-9]+/.*,  /api/v",
    "^/a\\.b,        /a.b",
    "/ab+c,            /ab",
    "/ab*,             /a",
    "/ab(?i)*,         /a",
    "/ab+?(?i)?,       /a",
    "/ab\\Q\\E{0}, /a",
    "/a|/b,            ''",
    "(?i)/a,           ''"
  })
  void thePrefixOfAnExpressionIsWhatCannotBeLeftOut(String expression, String prefix) {
    assertEquals(prefix, RegexPrefix.of(expression));
  }
}
