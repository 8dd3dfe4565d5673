package dev.proxyless.mesh.controlplane.differential;

import static dev.proxyless.mesh.controlplane.differential.MatchDraw.put;
import static dev.proxyless.mesh.controlplane.differential.Trees.map;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Draws trees of matchers whose leaves are routes. */
final class TreeDraw {

  private static final String ROUTES = "type.googleapis.com/envoy.config.route.v3.";

  private final Draw draw;
  private final MatchDraw matches;
  private final Supplier<Map<String, Object>> route;

  TreeDraw(Draw draw, MatchDraw matches, Supplier<Map<String, Object>> route) {
    this.draw = draw;
    this.matches = matches;
    this.route = route;
  }

  /** {@code Matcher}, with matchers within it so deep. */
  Map<String, Object> matcher(int depth) {
    Map<String, Object> matcher =
        draw.way(
            () ->
                map(
                    "matcher_list",
                    map(
                        "matchers",
                        draw.list(
                            1,
                            3,
                            () -> map("predicate", predicate(2), "on_match", onMatch(depth))))),
            () ->
                map(
                    "matcher_tree",
                    map("input", input(":path"), kind(), map("map", branches(true, depth)))),
            () ->
                map(
                    "matcher_tree",
                    map("input", input("x-a"), kind(), map("map", branches(false, depth)))));
    put(matcher, "on_no_match", draw.maybe(50, () -> onMatch(depth)));
    return matcher;
  }

  private String kind() {
    return draw.of("exact_match_map", "prefix_match_map");
  }

  private Map<String, Object> branches(boolean paths, int depth) {
    Map<String, Object> branches = map();
    List<String> keys = paths ? Words.PATHS : Words.VALUES.subList(1, Words.VALUES.size());
    draw.list(1, 4, () -> draw.of(keys)).forEach(key -> branches.put(key, onMatch(depth)));
    return branches;
  }

  private Map<String, Object> onMatch(int depth) {
    if (depth > 0 && draw.chance(30)) {
      return map("matcher", matcher(depth - 1));
    }
    Map<String, Object> action =
        draw.chance(60)
            ? typed("Route", route.get())
            : typed("RouteList", map("routes", draw.list(1, 3, route)));
    return map("action", map("name", "action", "typed_config", action));
  }

  private static Map<String, Object> typed(String type, Map<String, Object> fields) {
    Map<String, Object> typed = map("@type", ROUTES + type);
    typed.putAll(fields);
    return typed;
  }

  private Map<String, Object> predicate(int depth) {
    if (depth == 0 || draw.chance(55)) {
      return map(
          "single_predicate",
          map(
              "input", input(draw.of("x-a", "x-b", ":path", ":authority", "x-none")),
              "value_match", text()));
    }
    return draw.way(
        () -> map("not_matcher", predicate(depth - 1)),
        () -> map("or_matcher", map("predicate", draw.list(2, 3, () -> predicate(depth - 1)))),
        () -> map("and_matcher", map("predicate", draw.list(2, 3, () -> predicate(depth - 1)))));
  }

  /** The expressions of these messages have to name their engine. */
  private Map<String, Object> text() {
    Map<String, Object> text = matches.text();
    if (text.get("safe_regex") instanceof Map<?, ?> regex) {
      text.put("safe_regex", map("regex", regex.get("regex"), "google_re2", map()));
    }
    return text;
  }

  private static Map<String, Object> input(String header) {
    return map(
        "name",
        "input",
        "typed_config",
        map(
            "@type",
            "type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput",
            "header_name",
            header));
  }
}
