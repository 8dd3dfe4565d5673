package dev.proxyless.mesh.xds;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.proxyless.mesh.model.CidrRange;
import dev.proxyless.mesh.model.CookieMatcher;
import dev.proxyless.mesh.model.FilterStateMatcher;
import dev.proxyless.mesh.model.FractionalPercent;
import dev.proxyless.mesh.model.MetadataMatcher;
import dev.proxyless.mesh.model.RouteMatch;
import dev.proxyless.mesh.model.RouteMatch.PathMatch;
import dev.proxyless.mesh.model.RouteMatch.TlsContextMatch;
import dev.proxyless.mesh.model.RuntimeFraction;
import dev.proxyless.mesh.model.StringMatcher;
import dev.proxyless.mesh.model.ValueMatcher;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Conditions of routes, beyond what {@link RouteDecoderTest} asks of them. */
final class RouteMatchDecoderTest {

  private final Decoding decoding = new Decoding(new RealChecks());

  @Test
  void pathsByTemplateAndByConnect() {
    assertEquals(new PathMatch.Connect(), match("path", "{connect_matcher: {}}").path());
    assertEquals(
        new PathMatch.UriTemplate("/a/{b}"),
        match(
                "path",
                "{path_match_policy: {name: t, typed_config: {@UriTemplateMatch, path_template:"
                    + " '/a/{b}'}}}")
            .path());
  }

  @Test
  void cookies() {
    assertEquals(
        List.of(
            new CookieMatcher("A", StringMatcher.exact("b"), false),
            new CookieMatcher("c", StringMatcher.exact(""), true)),
        match(
                "match",
                "{cookies: [{name: A, string_match: {exact: b}}, {name: c, string_match: {exact:"
                    + " ''}, invert_match: true}]}")
            .cookies());
  }

  @Test
  void whatIsSaidOfTheCallersCertificate() {
    assertEquals(
        Optional.of(new TlsContextMatch(Optional.empty(), Optional.empty())),
        match("match", "{tls_context: {}}").tlsContext());
    assertEquals(
        Optional.of(new TlsContextMatch(Optional.of(true), Optional.of(false))),
        match("match", "{tls_context: {presented: true, validated: false}}").tlsContext());
  }

  @Test
  void aRuntimeFractionHasAKey() {
    assertEquals(
        Optional.of(new RuntimeFraction("k", new FractionalPercent(7, 100))),
        match("match", "{runtime_fraction: {default_value: {numerator: 7}, runtime_key: k}}")
            .runtimeFraction());
  }

  @Test
  void valuesOfMetadata() {
    assertEquals(new ValueMatcher.Null(), value("{null_match: {}}"));
    assertEquals(new ValueMatcher.Exactly(0), value("{double_match: {exact: 0}}"));
    assertEquals(new ValueMatcher.Exactly(1.5), value("{double_match: {exact: '1.5'}}"));
    assertEquals(
        new ValueMatcher.Range(-1, 2.5), value("{double_match: {range: {start: -1, end: 2.5}}}"));
    assertEquals(
        new ValueMatcher.Text(StringMatcher.exact("a")), value("{string_match: {exact: a}}"));
    assertEquals(new ValueMatcher.Bool(false), value("{bool_match: false}"));
    assertEquals(new ValueMatcher.Present(true), value("{present_match: true}"));
    assertEquals(
        new ValueMatcher.OneOf(new ValueMatcher.Bool(true)),
        value("{list_match: {one_of: {bool_match: true}}}"));
    assertEquals(
        new ValueMatcher.Or(List.of(new ValueMatcher.Null(), new ValueMatcher.Present(true))),
        value("{or_match: {value_matchers: [{null_match: {}}, {present_match: true}]}}"));
  }

  @Test
  void whereMetadataIsLookedFor() {
    assertEquals(
        List.of(
            new MetadataMatcher("f", List.of("a", "b"), new ValueMatcher.Present(true), false),
            new MetadataMatcher("g", List.of("c"), new ValueMatcher.Present(false), true)),
        match(
                "match",
                "{dynamic_metadata: [{filter: f, path: [{key: a}, {key: b}], value: {present_match:"
                    + " true}}, {filter: g, path: [{key: c}], value: {present_match: false}, invert:"
                    + " true}]}")
            .dynamicMetadata());
  }

  @Test
  void filterState() {
    assertEquals(
        List.of(
            new FilterStateMatcher(
                "a", new FilterStateMatcher.Match.Text(StringMatcher.exact("b"))),
            new FilterStateMatcher(
                "c",
                new FilterStateMatcher.Match.Address(
                    List.of(new CidrRange("10.0.0.0", 8), new CidrRange("::1", 0)), true))),
        match(
                "match",
                "{filter_state: [{key: a, string_match: {exact: b}}, {key: c, address_match:"
                    + " {ranges: [{address_prefix: 10.0.0.0, prefix_len: 8}, {address_prefix:"
                    + " '::1'}], invert_match: true}}]}")
            .filterState());
  }

  /** What is longer than the address says no more than the address, as in Envoy. */
  @ParameterizedTest
  @CsvSource({"10.0.0.1, 32, 32", "10.0.0.1, 33, 32", "10.0.0.1, 128, 32", "fe80::, 128, 128"})
  void aRangeIsNoLongerThanItsAddress(String address, int length, int bits) {
    assertEquals(
        List.of(
            new FilterStateMatcher(
                "a",
                new FilterStateMatcher.Match.Address(
                    List.of(new CidrRange(address, bits)), false))),
        match(
                "match",
                "{filter_state: [{key: a, address_match: {ranges: [{address_prefix: '%s',"
                        .formatted(address)
                    + " prefix_len: "
                    + length
                    + "}]}}]}")
            .filterState());
  }

  private ValueMatcher value(String yaml) {
    return match(
            "match", "{dynamic_metadata: [{filter: f, path: [{key: k}], value: " + yaml + "}]}")
        .dynamicMetadata()
        .get(0)
        .value();
  }

  private RouteMatch match(String part, String yaml) {
    return decoding.routes(RouteYaml.of(part, yaml)).virtualHosts().get(0).routes().get(0).match();
  }
}
