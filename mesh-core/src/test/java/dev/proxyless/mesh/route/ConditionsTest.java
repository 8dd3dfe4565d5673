package dev.proxyless.mesh.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.model.CidrRange;
import dev.proxyless.mesh.model.CookieMatcher;
import dev.proxyless.mesh.model.FilterStateMatcher;
import dev.proxyless.mesh.model.MetadataMatcher;
import dev.proxyless.mesh.model.RouteMatch.TlsContextMatch;
import dev.proxyless.mesh.model.StringMatcher;
import dev.proxyless.mesh.model.ValueMatcher;
import dev.proxyless.mesh.testing.FakeRequest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cookies, TLS context, dynamic metadata and filter state: envoy-semantics 1.3. */
class ConditionsTest {

  /** Columns: cookie lines with {@code |} between them, {@code -} for none; cookie a is 1. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "a=1,true",
        "a=\"1\"; b=2,true",
        "b=2;a=1,true",
        ";; a=1,true",
        "b=2|a=1,true",
        "a=1|a=2,true",
        "a=2|a=1,false",
        "a=2; a=1,false",
        "a =1,false",
        "A=1,false",
        "a=1=2,false",
        "a=1 ; b,false",
        "a=\" 1\",false",
        "a= 1,false",
        "a=\"1,false",
        "a=\"\"1\"\",false",
        "aa=1,false",
        "a,false",
        "=,false",
        "-,false"
      })
  void aCookiesFirstOccurrenceCountsWithoutItsQuotes(String lines, boolean expected) {
    FakeRequest request = FakeRequest.get("http://h/");
    if (!lines.equals("-")) {
      for (String line : lines.split("\\|")) {
        request = request.header("Cookie", line);
      }
    }
    assertEquals(expected, cookie(false).test(view(request)), lines);
    assertEquals(!expected, cookie(true).test(view(request)), "inverted " + lines);
  }

  private static CookieCondition cookie(boolean invert) {
    CookieMatcher matcher = new CookieMatcher("a", StringMatcher.exact("1"), invert);
    return CookieCondition.compile(matcher, "");
  }

  @ParameterizedTest
  @CsvSource({
    // wanted presented, wanted validated, peer, result
    "true,  -,     none,      false",
    "false, -,     none,      true",
    "-,     false, none,      true",
    "true,  -,     presented, true",
    "true,  true,  presented, false",
    "true,  false, presented, true",
    "true,  true,  validated, true",
    "-,     -,     none,      true"
  })
  void withoutTlsNothingIsPresented(
      String presented, String validated, String peer, boolean expected) {
    TlsContextMatch match = new TlsContextMatch(wanted(presented), wanted(validated));
    StreamInfo info =
        info(
            peer.equals("none")
                ? Optional.empty()
                : Optional.of(new StreamInfo.Peer(true, peer.equals("validated"))),
            Map.of(),
            Map.of());
    RequestView view = new RequestView(FakeRequest.get("https://h/"), info);
    assertEquals(expected, new OtherConditions.TlsContext(match).test(view));
  }

  private static Optional<Boolean> wanted(String text) {
    return text.equals("-") ? Optional.empty() : Optional.of(Boolean.valueOf(text));
  }

  private static final Map<String, Map<String, Object>> METADATA = metadata();

  private static Map<String, Map<String, Object>> metadata() {
    Map<String, Object> fields = new HashMap<>();
    fields.put("null", null);
    fields.put("five", 5.0);
    fields.put("text", "value");
    fields.put("yes", true);
    fields.put("list", Arrays.asList(1.0, "x", null, false));
    fields.put("struct", Map.of("inner", "deep"));
    return Map.of("ns", fields);
  }

  private static boolean metadata(ValueMatcher value, boolean invert, String... path) {
    MetadataMatcher matcher = new MetadataMatcher("ns", List.of(path), value, invert);
    StreamInfo info = info(Optional.empty(), METADATA, Map.of());
    return MetadataCondition.compile(matcher, "")
        .test(new RequestView(FakeRequest.get("http://h/"), info));
  }

  private static ValueMatcher text(String value) {
    return new ValueMatcher.Text(StringMatcher.exact(value));
  }

  @Test
  void aValueIsMatchedByItsKind() {
    assertTrue(metadata(new ValueMatcher.Null(), false, "null"));
    assertFalse(metadata(new ValueMatcher.Null(), false, "five"));
    assertFalse(metadata(new ValueMatcher.Null(), false, "missing"));
    assertTrue(metadata(new ValueMatcher.Exactly(5), false, "five"));
    assertFalse(metadata(new ValueMatcher.Exactly(4), false, "five"));
    assertFalse(metadata(new ValueMatcher.Exactly(5), false, "text"));
    assertTrue(metadata(new ValueMatcher.Range(5, 6), false, "five"));
    assertFalse(metadata(new ValueMatcher.Range(4, 5), false, "five"));
    assertTrue(metadata(text("value"), false, "text"));
    assertFalse(metadata(text("5.0"), false, "five"));
    assertTrue(metadata(new ValueMatcher.Bool(true), false, "yes"));
    assertFalse(metadata(new ValueMatcher.Bool(false), false, "yes"));
    assertFalse(metadata(new ValueMatcher.Bool(false), false, "missing"));
  }

  @Test
  void presenceIsOfAnyKindAndAbsenceNeverMatches() {
    for (String key : List.of("null", "five", "text", "list", "struct")) {
      assertTrue(metadata(new ValueMatcher.Present(true), false, key), key);
      assertFalse(metadata(new ValueMatcher.Present(false), false, key), key);
    }
    assertFalse(metadata(new ValueMatcher.Present(true), false, "missing"));
    assertFalse(metadata(new ValueMatcher.Present(false), false, "missing"));
    assertTrue(metadata(new ValueMatcher.Present(true), true, "missing"));
  }

  @Test
  void anyElementOfAListOrAnyAlternativeIsEnough() {
    assertTrue(metadata(new ValueMatcher.OneOf(text("x")), false, "list"));
    assertTrue(metadata(new ValueMatcher.OneOf(new ValueMatcher.Null()), false, "list"));
    assertFalse(metadata(new ValueMatcher.OneOf(text("y")), false, "list"));
    assertFalse(metadata(new ValueMatcher.OneOf(text("value")), false, "text"));
    ValueMatcher either = new ValueMatcher.Or(List.of(text("y"), new ValueMatcher.Exactly(5)));
    assertTrue(metadata(either, false, "five"));
    assertFalse(metadata(either, false, "text"));
    assertTrue(metadata(either, true, "text"));
  }

  @Test
  void aPathGoesDownThroughStructsAlone() {
    assertTrue(metadata(text("deep"), false, "struct", "inner"));
    assertFalse(metadata(text("deep"), false, "struct"));
    assertFalse(metadata(new ValueMatcher.Present(true), false, "text", "inner"));
    assertFalse(metadata(new ValueMatcher.Present(true), false, "null", "inner"));
    assertFalse(metadata(new ValueMatcher.Present(true), false, "struct", "other"));
  }

  private static boolean filterState(FilterStateMatcher.Match match, String value) {
    StreamInfo info = info(Optional.empty(), Map.of(), Map.of("key", value));
    return FilterStateCondition.compile(new FilterStateMatcher("key", match), "")
        .test(new RequestView(FakeRequest.get("http://h/"), info));
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3,           true",
    "10.1.3.3,           false",
    "10.1.2.128,         false",
    "2001:db8::1,        true",
    "2001:db9::1,        false",
    "::ffff:10.1.2.3,    false",
    "10.1.2,             false",
    "10.1.2.300,         false",
    "localhost,          false",
    "'',                 false",
    "1:2:3,              false"
  })
  void anAddressIsInOneOfTheRangesOrIsNone(String value, boolean expected) {
    List<CidrRange> ranges =
        List.of(new CidrRange("10.1.2.0", 25), new CidrRange("2001:db8::", 32));
    assertEquals(
        expected, filterState(new FilterStateMatcher.Match.Address(ranges, false), value), value);
  }

  @Test
  void invertedRangesStillWantAnAddress() {
    FilterStateMatcher.Match outside =
        new FilterStateMatcher.Match.Address(List.of(new CidrRange("10.0.0.0", 8)), true);
    assertTrue(filterState(outside, "11.0.0.1"));
    assertFalse(filterState(outside, "10.0.0.1"));
    assertFalse(filterState(outside, "text"));
    FilterStateMatcher.Match everything =
        new FilterStateMatcher.Match.Address(List.of(new CidrRange("0.0.0.0", 0)), false);
    assertTrue(filterState(everything, "255.1.2.3"));
  }

  @Test
  void filterStateOfAnotherKeyMatchesNothing() {
    FilterStateMatcher.Match match = new FilterStateMatcher.Match.Text(StringMatcher.exact("v"));
    assertTrue(filterState(match, "v"));
    assertFalse(filterState(match, "w"));
    FilterStateCondition other =
        FilterStateCondition.compile(new FilterStateMatcher("other", match), "");
    assertFalse(other.test(view(FakeRequest.get("http://h/"))));
  }

  @Test
  void aRangeThatIsNoneIsRefusedWithItsPath() {
    FilterStateMatcher.Match match =
        new FilterStateMatcher.Match.Address(List.of(new CidrRange("a.b.c.d", 8)), false);
    InvalidRouteException refused =
        assertThrows(
            InvalidRouteException.class,
            () -> FilterStateCondition.compile(new FilterStateMatcher("k", match), "m"));
    assertEquals("m.address_match.ranges[0].address_prefix", refused.path());
  }

  private static RequestView view(RequestHead head) {
    return new RequestView(head, StreamInfo.of(0));
  }

  private static StreamInfo info(
      Optional<StreamInfo.Peer> peer,
      Map<String, Map<String, Object>> metadata,
      Map<String, String> filterState) {
    return new StreamInfo(
        0,
        true,
        new StreamInfo.Around(
            peer, metadata, filterState, StreamInfo.RuntimeFeatures.NONE, Surroundings.UNKNOWN));
  }
}
