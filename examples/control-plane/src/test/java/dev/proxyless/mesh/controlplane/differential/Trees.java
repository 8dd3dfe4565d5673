package dev.proxyless.mesh.controlplane.differential;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Trees of plain values: maps, lists, texts, numbers and truth values. */
final class Trees {

  /** Without these, nothing says what the rest is, or luck decides. */
  private static final Set<String> KEPT = Set.of("@type", "header_name", "xff_num_trusted_hops");

  private Trees() {}

  /** A map of keys and values in turn; a key whose value is null is left out. */
  static Map<String, Object> map(Object... keysAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      if (keysAndValues[i + 1] != null) {
        map.put((String) keysAndValues[i], keysAndValues[i + 1]);
      }
    }
    return map;
  }

  /** Every tree that is this one with one part less: a field, an item or the half of a list. */
  static List<Object> reductions(Object tree) {
    List<Object> found = new ArrayList<>();
    reduce(tree, found::add);
    return found;
  }

  private static void reduce(Object tree, Consumer<Object> sink) {
    if (tree instanceof Map<?, ?> map) {
      for (Object key : map.keySet()) {
        if (KEPT.contains(key)) {
          continue;
        }
        Map<Object, Object> less = new LinkedHashMap<>(map);
        less.remove(key);
        sink.accept(less);
      }
      map.forEach(
          (key, value) ->
              reduce(
                  value,
                  smaller -> {
                    Map<Object, Object> changed = new LinkedHashMap<>(map);
                    changed.put(key, smaller);
                    sink.accept(changed);
                  }));
    } else if (tree instanceof List<?> list) {
      if (list.size() > 3) {
        sink.accept(list.subList(0, list.size() / 2));
        sink.accept(list.subList(list.size() / 2, list.size()));
      }
      for (int i = 0; i < list.size(); i++) {
        List<Object> less = new ArrayList<>(list);
        less.remove(i);
        sink.accept(less);
      }
      for (int i = 0; i < list.size(); i++) {
        int index = i;
        reduce(
            list.get(i),
            smaller -> {
              List<Object> changed = new ArrayList<>(list);
              changed.set(index, smaller);
              sink.accept(changed);
            });
      }
    }
  }
}
