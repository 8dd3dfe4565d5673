package dev.proxyless.mesh.controlplane.differential;

import static dev.proxyless.mesh.controlplane.differential.Trees.map;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** Draws what routes match. */
final class MatchDraw {

  private final Draw draw;
  private final Set<Feature> features;

  MatchDraw(Draw draw, Set<Feature> features) {
    this.draw = draw;
    this.features = features;
  }

  /** {@code RouteMatch}. */
  Map<String, Object> match() {
    Map<String, Object> match = path();
    if (features.contains(Feature.HEADERS)) {
      put(match, "headers", draw.lists(50, 2, this::header));
    }
    if (features.contains(Feature.QUERY)) {
      put(match, "query_parameters", draw.lists(40, 2, this::query));
    }
    if (features.contains(Feature.COOKIES)) {
      put(match, "cookies", draw.lists(40, 2, this::cookie));
    }
    if (features.contains(Feature.OTHER_CONDITIONS)) {
      put(match, "grpc", draw.maybe(15, () -> map()));
      put(match, "runtime_fraction", draw.maybe(15, this::fraction));
      put(match, "tls_context", draw.maybe(8, this::tlsContext));
      put(match, "dynamic_metadata", draw.lists(8, 1, this::metadata));
      put(match, "filter_state", draw.lists(4, 1, this::filterState));
    }
    return match;
  }

  static void put(Map<String, Object> map, String key, Object value) {
    if (value != null) {
      map.put(key, value);
    }
  }

  private Map<String, Object> path() {
    boolean regex = features.contains(Feature.REGEX);
    Map<String, Object> path =
        switch (draw.below(regex ? 8 : 5)) {
          case 0 -> map("path", draw.of(Words.PATHS));
          case 1 ->
              map("path_separated_prefix", draw.of("/a", "/b", "/a/b", "/A", "/ab", "/a;k=1"));
          case 2 -> map("prefix", draw.of("/", ""));
          case 3, 4 -> map("prefix", draw.of(Words.PATHS));
          case 5 -> map("connect_matcher", map());
          case 6 -> map("path_match_policy", template());
          default -> map("safe_regex", map("regex", draw.of(Words.EXPRESSIONS)));
        };
    if (path.containsKey("connect_matcher") && draw.chance(70)) {
      path = map("safe_regex", map("regex", draw.of(Words.EXPRESSIONS)));
    }
    put(path, "case_sensitive", draw.tristate());
    return path;
  }

  private Map<String, Object> template() {
    return map(
        "name",
        "template",
        "typed_config",
        map(
            "@type",
            "type.googleapis.com/envoy.extensions.path.match.uri_template.v3"
                + ".UriTemplateMatchConfig",
            "path_template",
            draw.of(
                "/a/{one}",
                "/{one}/{two}",
                "/**",
                "/a/*",
                "/*/{two=**}",
                "/{one=a/*}/{two}",
                "/{one=*}",
                "/a/**")));
  }

  /** {@code HeaderMatcher}. */
  Map<String, Object> header() {
    String name =
        draw.chance(75)
            ? draw.of(Words.HEADERS)
            : draw.of(
                ":path",
                ":method",
                ":authority",
                ":scheme",
                "cookie",
                "x-none",
                "x-envoy-internal");
    Map<String, Object> header =
        switch (draw.below(9)) {
          case 0 -> map();
          case 1 -> map("exact_match", draw.of(Words.VALUES));
          case 2 -> map("prefix_match", draw.of("a", "A", "/a", "1"));
          case 3 -> map("suffix_match", draw.of("b", "a", "com", "1"));
          case 4 -> map("contains_match", draw.of("b", "a", ",", "/"));
          case 5 -> map("present_match", draw.chance(60));
          case 6 ->
              map(
                  "range_match",
                  map("start", draw.of(-5, 0, 1, 7), "end", draw.of(1, 2, 8, 10, 11)));
          case 7 -> map("safe_regex_match", map("regex", draw.of(Words.VALUE_EXPRESSIONS)));
          default -> map("string_match", text());
        };
    header.put("name", name);
    put(header, "invert_match", draw.yes(30));
    put(header, "treat_missing_header_as_empty", draw.yes(25));
    return header;
  }

  /** {@code StringMatcher}. */
  Map<String, Object> text() {
    Map<String, Object> text =
        switch (draw.below(5)) {
          case 0 -> map("exact", draw.of(Words.VALUES));
          case 1 -> map("prefix", draw.of("a", "A", "/a", "1"));
          case 2 -> map("suffix", draw.of("b", "B", "com", "1"));
          case 3 -> map("contains", draw.of("b", "B", ",", "/"));
          default -> map("safe_regex", map("regex", draw.of(Words.VALUE_EXPRESSIONS)));
        };
    if (!text.containsKey("safe_regex")) {
      put(text, "ignore_case", draw.yes(30));
    }
    return text;
  }

  private Map<String, Object> query() {
    Map<String, Object> query =
        draw.way(
            () -> map(),
            () -> map("present_match", draw.chance(50)),
            () -> map("string_match", text()),
            () -> map("string_match", text()));
    query.put("name", draw.of(Words.KEYS));
    return query;
  }

  private Map<String, Object> cookie() {
    return map(
        "name", draw.of("s", "t", "S"),
        "string_match", text(),
        "invert_match", draw.yes(30));
  }

  private Map<String, Object> fraction() {
    return map(
        "default_value",
        draw.of(
            map("numerator", 0, "denominator", "HUNDRED"),
            map("numerator", 100, "denominator", "HUNDRED"),
            map("numerator", 1_000_000, "denominator", "MILLION"),
            map("numerator", 10_000, "denominator", "TEN_THOUSAND")),
        "runtime_key",
        draw.maybe(30, () -> "some.key"));
  }

  private Map<String, Object> tlsContext() {
    return map("presented", draw.tristate(), "validated", draw.tristate());
  }

  private Map<String, Object> metadata() {
    return map(
        "filter", "some.filter",
        "path", List.of(map("key", "k")),
        "value",
            draw.of(
                map("present_match", true),
                map("string_match", map("exact", "a")),
                map("null_match", map())),
        "invert", draw.yes(60));
  }

  private Map<String, Object> filterState() {
    return map("key", "some.key", "string_match", text());
  }
}
