package dev.proxyless.mesh.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.proxyless.mesh.testing.FakeRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Envoy's HeaderMatcher: envoy-semantics 1.3. */
class HeaderMatchTest {

  /** Columns: matcher; the header's lines, {@code |} between them, {@code -} for none; result. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      ignoreLeadingAndTrailingWhitespace = true,
      value = {
        // no specifier is presence
        "{};                                                         v;     true",
        "{};                                                         -;     false",
        "{invert_match: true};                                       -;     true",
        "{invert_match: true};                                       v;     false",
        "{present_match: true};                                      v;     true",
        "{present_match: true};                                      -;     false",
        "{present_match: true, invert_match: true};                  v;     false",
        "{present_match: true, invert_match: true};                  -;     true",
        "{present_match: false};                                     v;     false",
        "{present_match: false};                                     -;     true",
        "{present_match: false, invert_match: true};                 v;     true",
        "{present_match: false, invert_match: true};                 -;     false",
        "{present_match: true, treat_missing_header_as_empty: true}; -;     true",
        // an empty exact_match takes any value, but not a missing header
        "{exact_match: ''};                                          v;     true",
        "{exact_match: ''};                                          -;     false",
        "{exact_match: '', invert_match: true};                      v;     false",
        "{exact_match: '', invert_match: true};                      -;     false",
        "{exact_match: v};                                           v;     true",
        "{exact_match: v};                                           V;     false",
        "{exact_match: v};                                           w;     false",
        "{string_match: {exact: v}};                                 v;     true",
        "{string_match: {exact: v, ignore_case: true}};              V;     true",
        "{string_match: {prefix: va}};                               value; true",
        "{string_match: {prefix: VA, ignore_case: true}};            value; true",
        "{string_match: {prefix: alue}};                             value; false",
        "{string_match: {suffix: ue}};                               value; true",
        "{string_match: {suffix: UE, ignore_case: true}};            value; true",
        "{string_match: {suffix: valuevalue}};                       value; false",
        "{string_match: {contains: lu}};                             value; true",
        "{string_match: {contains: LU, ignore_case: true}};          value; true",
        "{string_match: {contains: LU}};                             value; false",
        "{string_match: {safe_regex: {regex: 'v.*e'}}};              value; true",
        "{string_match: {safe_regex: {regex: 'v.*'}}};               xv;    false",
        "{prefix_match: va};                                         value; true",
        "{suffix_match: ue};                                         value; true",
        "{contains_match: lu};                                       value; true",
        "{safe_regex_match: {regex: 'v\\w+'}};                       value; true",
        "{safe_regex_match: {regex: v}};                             value; false",
        // a missing header matches nothing, inverted or not
        "{string_match: {exact: v}, invert_match: true};             w;     true",
        "{string_match: {exact: v}, invert_match: true};             v;     false",
        "{string_match: {exact: v}, invert_match: true};             -;     false",
        "{string_match: {exact: v}};                                 -;     false",
        "{range_match: {start: 1, end: 5}, invert_match: true};      -;     false",
        "{string_match: {exact: v}, invert_match: true, treat_missing_header_as_empty: true}; -; true",
        "{string_match: {exact: ''}, treat_missing_header_as_empty: true};                    -; true",
        "{string_match: {exact: v}, treat_missing_header_as_empty: true};                     -; false",
        "{string_match: {safe_regex: {regex: '.*'}}, treat_missing_header_as_empty: true};    -; true",
        "{range_match: {start: 1, end: 5}, treat_missing_header_as_empty: true};              -; false",
        // any line is enough; inverted, none may match; one line is never split
        "{string_match: {exact: b}};                                 a|b;   true",
        "{string_match: {exact: c}};                                 a|b;   false",
        "{string_match: {exact: b}, invert_match: true};             a|b;   false",
        "{string_match: {exact: c}, invert_match: true};             a|b;   true",
        "{string_match: {exact: 'a,b'}};                             a|b;   false",
        "{string_match: {exact: b}};                                 'a,b'; false",
        "{present_match: true, invert_match: true};                  a|b;   false"
      })
  void asEnvoyDoes(String matcher, String lines, boolean expected) {
    FakeRequest request = FakeRequest.get("http://h/");
    if (!lines.equals("-")) {
      for (String line : lines.split("\\|")) {
        request = request.header("X-Test", line);
      }
    }
    assertEquals(expected, Tables.matches(match("x-test", matcher), request), matcher);
  }

  @ParameterizedTest
  @CsvSource({
    "-11,                  false",
    "-10,                  true",
    "+1,                   true",
    "0,                    true",
    "19,                   true",
    "20,                   false",
    "' 7 ',                true",
    "7.0,                  false",
    "7x,                   false",
    "0x7,                  false",
    "'',                   false",
    "-,                    false",
    "1-1,                  false",
    "\u0667,               false",
    "9223372036854775807,  false",
    "9223372036854775808,  false"
  })
  void aRangeHasItsStartAndNotItsEnd(String value, boolean expected) {
    String match = match("n", "{range_match: {start: -10, end: 20}}");
    assertEquals(
        expected, Tables.matches(match, FakeRequest.get("http://h/").header("n", value)), value);
  }

  /** Found by fuzzing: only what C calls white space may stand around a number. */
  @Test
  void aRangeTakesWhiteSpaceAndNoOtherControlCharacters() {
    String match = match("n", "{range_match: {start: -10, end: 20}}");
    FakeRequest request = FakeRequest.get("http://h/");
    assertEquals(true, Tables.matches(match, request.header("n", "\t\u000b-2 \f")));
    assertEquals(false, Tables.matches(match, request.header("n", "\0-2")));
    assertEquals(false, Tables.matches(match, request.header("n", "-2\u001f")));
  }

  @Test
  void namesHaveNoCase() {
    assertEquals(
        true,
        Tables.matches(
            match("X-User", "{exact_match: a}"),
            FakeRequest.get("http://h/").header("x-USER", "a")));
  }

  @ParameterizedTest
  @CsvSource({
    ":method,    POST",
    ":authority, h.example:81",
    ":path,      /p?q=1",
    ":scheme,    http",
    ":METHOD,    POST"
  })
  void pseudoHeadersNameTheRequestLine(String name, String value) {
    FakeRequest request = FakeRequest.of("POST", "http://h.example:81/p?q=1");
    assertEquals(
        true, Tables.matches(match(name, "{string_match: {exact: '" + value + "'}}"), request));
    assertEquals(false, Tables.matches(match(name, "{string_match: {exact: other}}"), request));
    assertEquals(true, Tables.matches(match(name, "{present_match: true}"), request));
  }

  @Test
  void allHeadersMustMatch() {
    String match =
        "{prefix: /, headers: [{name: a, exact_match: '1'}, {name: b, exact_match: '2'}]}";
    FakeRequest a = FakeRequest.get("http://h/").header("a", "1");
    assertEquals(false, Tables.matches(match, a));
    assertEquals(true, Tables.matches(match, a.header("b", "2")));
  }

  /** A match of one header matcher, whose other fields are given in flow style. */
  private static String match(String name, String matcher) {
    String inner = matcher.substring(1, matcher.length() - 1);
    return "{prefix: '', headers: [{name: '"
        + name
        + "'"
        + (inner.isBlank() ? "" : ", " + inner)
        + "}]}";
  }

  /** Columns: name; lines, {@code |} between them; the value that matches. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "user-agent;        a|b;   'a,b'",
        "x-forwarded-for;   a|b;   'a,b'",
        "accept;            a;     a",
        "x-envoy-internal;  -;     true",
        "x-forwarded-proto; -;     http",
        "x-forwarded-proto; https; https",
        ":scheme;           -;     http",
        "host;              -;     h",
        "host;              x;     h",
        ":authority;        -;     h",
        ":path;             -;     /p?q",
        ":method;           -;     GET"
      })
  void headersAreAsEnvoysRouterSeesThem(String name, String lines, String expected) {
    FakeRequest request = FakeRequest.get("http://h/p?q");
    if (!lines.equals("-")) {
      for (String line : lines.split("\\|")) {
        request = request.header(name, line);
      }
    }
    String match = match(name, "{string_match: {exact: '" + expected + "'}}");
    assertEquals(true, Tables.matches(match, request));
    assertEquals(expected, HeaderName.of(name).first(request, StreamInfo.of(0)));
  }

  @Test
  void aCallerThatIsNotTrustedHasNoInternalHeader() {
    StreamInfo external = new StreamInfo(0, false, StreamInfo.Around.NOTHING);
    assertNull(HeaderName.of("x-envoy-internal").first(FakeRequest.get("http://h/"), external));
  }
}
