package dev.proxyless.mesh.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.proxyless.mesh.testing.FakeRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Query parameters, content type and runtime fractions: envoy-semantics 1.3. */
class QueryAndOtherMatchTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{name: k};                                         /p?k=v;          true",
        "{name: k};                                         /p?k;            true",
        "{name: k};                                         /p?k=;           true",
        "{name: k};                                         /p?kk=v;         false",
        "{name: k};                                         /p;              false",
        "{name: k};                                         /p?a=k;          false",
        "{name: k};                                         /p#?k=v;         false",
        "{name: k};                                         /p?a=1#&k=v;     false",
        "{name: k, present_match: false};                   /p?a=1;          true",
        "{name: k, present_match: false};                   /p?k;            false",
        "{name: k, string_match: {exact: v}};               /p?k=v;          true",
        "{name: k, string_match: {exact: v}};               /p?a=b&k=v&c=d;  true",
        "{name: k, string_match: {exact: v}};               /p?k=w&k=v;      false",
        "{name: k, string_match: {exact: w}};               /p?k=w&k=v;      true",
        "{name: k, string_match: {exact: ''}};              /p?k;            true",
        "{name: k, string_match: {exact: ''}};              /p?k=;           true",
        "{name: k, string_match: {exact: ''}};              /p;              false",
        "{name: k, string_match: {exact: 'a=b'}};           /p?k=a=b;        true",
        "{name: k, string_match: {exact: 'a b'}};           /p?k=a%20b;      false",
        "{name: k, string_match: {exact: 'a%20b'}};         /p?k=a%20b;      true",
        "{name: k, string_match: {exact: V}};               /p?k=v;          false",
        "{name: k, string_match: {exact: V, ignore_case: true}}; /p?k=v;     true",
        "{name: k, string_match: {safe_regex: {regex: '\\d+'}}}; /p?k=12;    true",
        "{name: k, string_match: {safe_regex: {regex: '\\d+'}}}; /p?k=12a;   false",
        "{name: k, string_match: {prefix: v}};              /p?&&k=vw&;      true",
        "{name: K};                                         /p?k=v;          false"
      })
  void theRawQuerysFirstValueOfAKeyCounts(String matcher, String path, boolean expected) {
    String match = "{prefix: /, query_parameters: [" + matcher + "]}";
    assertEquals(expected, Tables.matches(match, FakeRequest.get("http://h" + path)), path);
  }

  @ParameterizedTest
  @CsvSource({
    "application/grpc,         true",
    "application/grpc+proto,   true",
    "application/grpc-web,     false",
    "application/grpcx,        false",
    "application/json,         false"
  })
  void grpcIsTheContentTypeAlone(String contentType, boolean expected) {
    FakeRequest request = FakeRequest.get("http://h/s/m").header("Content-Type", contentType);
    assertEquals(expected, Tables.matches("{prefix: /, grpc: {}}", request));
  }

  @Test
  void aRequestWithoutContentTypeIsNotGrpc() {
    assertEquals(false, Tables.matches("{prefix: /, grpc: {}}", FakeRequest.get("http://h/")));
  }

  @ParameterizedTest
  @CsvSource({
    "HUNDRED,       25,     24,     25",
    "TEN_THOUSAND,  2500,   2499,   2500",
    "MILLION,       250000, 249999, 250000",
    "HUNDRED,       25,     1024,   1099",
    "HUNDRED,       100,    99,     -",
    "HUNDRED,       0,      -,      0"
  })
  void aFractionTakesRandomNumbersBelowItsNumerator(
      String denominator, long numerator, String inside, String outside) {
    RouteTable table =
        Tables.matching(
            "{prefix: /, runtime_fraction: {default_value: {numerator: "
                + numerator
                + ", denominator: "
                + denominator
                + "}}}");
    FakeRequest request = FakeRequest.get("http://h/");
    if (!inside.equals("-")) {
      assertNotNull(table.find(request, Long.parseLong(inside)));
    }
    if (!outside.equals("-")) {
      assertNull(table.find(request, Long.parseLong(outside)));
    }
  }

  @Test
  void aFractionTakesTheRandomNumberAsUnsigned() {
    // 2^64 - 1 is 15 modulo 100
    RouteTable table =
        Tables.matching(
            "{prefix: /, runtime_fraction: {default_value: {numerator: 15}}}",
            "{prefix: /, runtime_fraction: {default_value: {numerator: 16}}}");
    RouteEntry found = table.find(FakeRequest.get("http://h/"), -1);
    assertEquals("1", found == null ? "none" : found.name());
  }

  @Test
  void allConditionsOfARouteMustHold() {
    String match =
        "{prefix: /a, grpc: {}, headers: [{name: x}], query_parameters: [{name: q}],"
            + " runtime_fraction: {default_value: {numerator: 50}}}";
    FakeRequest all =
        FakeRequest.get("http://h/a?q").header("x", "1").header("content-type", "application/grpc");
    RouteTable table = Tables.matching(match);
    assertNotNull(table.find(all, 49));
    assertNull(table.find(all, 50));
    assertNull(table.find(FakeRequest.get("http://h/a?q").header("x", "1"), 49));
    assertNull(
        table.find(FakeRequest.get("http://h/a?q").header("content-type", "application/grpc"), 49));
    FakeRequest grpc =
        FakeRequest.get("http://h/a").header("x", "1").header("content-type", "application/grpc");
    assertNull(table.find(grpc, 49));
  }
}
