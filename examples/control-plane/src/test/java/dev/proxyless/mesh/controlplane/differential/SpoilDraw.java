package dev.proxyless.mesh.controlplane.differential;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Draws what is wrong with a table, or may be: a part is missing, stands twice, or has another
 * value. It is still well-formed, since what is not harms the tables beside it as well.
 */
final class SpoilDraw {

  /**
   * Names of enums and types: another text would not be read at all. And what is judged otherwise
   * on purpose, see {@code docs/differences.md}.
   */
  private static final Set<String> KEPT =
      Set.of(
          "@type",
          "scheme_redirect",
          "idle_timeout",
          "require_tls",
          "append_action",
          "response_code",
          "denominator",
          "cluster_not_found_response_code",
          "path_with_escaped_slashes_action",
          "inline_bytes");

  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "a b",
          "x",
          "*",
          "**",
          "/",
          "/a/",
          "a?b",
          "/a#b",
          "[",
          "(",
          "\\1",
          "\\",
          "\\9",
          "%",
          "%X%",
          "%REQ%",
          "%REQ()%",
          "%REQ(x-a)",
          "%REQ(x-a):x%",
          "%PATH(X)%",
          ":path",
          ":authority",
          "host",
          "Host",
          "x-a\n",
          "{",
          "/{a}/{a}",
          "/{a}",
          "/**/a",
          "a*b",
          "5xx",
          "nonsense",
          "ü");

  private final Draw draw;

  SpoilDraw(Draw draw) {
    this.draw = draw;
  }

  @SuppressWarnings("unchecked") // the keys of a table are texts
  Table spoil(Table table) {
    Object tree = table.manager();
    int times = draw.from(1, 2);
    for (int i = 0; i < times; i++) {
      int parts = count(tree);
      tree = spoil(tree, new int[] {draw.below(parts)}, "");
    }
    return new Table((Map<String, Object>) tree);
  }

  private static int count(Object tree) {
    if (tree instanceof Map<?, ?> map) {
      return 1 + map.values().stream().mapToInt(SpoilDraw::count).sum();
    }
    if (tree instanceof List<?> list) {
      return 1 + list.stream().mapToInt(SpoilDraw::count).sum();
    }
    return 1;
  }

  /** The tree with its part of this number, counted from the root, changed. */
  private Object spoil(Object tree, int[] countdown, String key) {
    boolean here = countdown[0]-- == 0;
    if (tree instanceof Map<?, ?> map) {
      Map<Object, Object> changed = new LinkedHashMap<>();
      map.forEach((name, value) -> changed.put(name, spoil(value, countdown, (String) name)));
      if (here && !changed.isEmpty()) {
        Object name = draw.of(new ArrayList<>(changed.keySet()));
        if (!name.equals("@type")) {
          changed.remove(name);
        }
      }
      return changed;
    }
    if (tree instanceof List<?> list) {
      List<Object> changed = new ArrayList<>();
      list.forEach(item -> changed.add(spoil(item, countdown, key)));
      if (here && !changed.isEmpty()) {
        Object item = draw.of(changed);
        if (draw.chance(50)) {
          changed.remove(item);
        } else {
          changed.add(item);
        }
      }
      return changed;
    }
    return here ? other(tree, key) : tree;
  }

  private Object other(Object value, String key) {
    if (KEPT.contains(key)) {
      return value;
    }
    if (value instanceof Boolean truth) {
      return !truth;
    }
    if (value instanceof Number) {
      int most = key.equals("port_redirect") ? 65_535 : 1_000_000; // see docs/differences.md
      return Math.min(most, draw.of(0, 1, 2, 99, 100, 199, 200, 599, 600, 65_535, 1_000_000));
    }
    String text = (String) value;
    if (text.matches("-?[0-9.]+s")) {
      return draw.of("-1s", "0s", "0.0005s", "0.0015s", "1s", "315576000000s");
    }
    return draw.of(TEXTS);
  }
}
