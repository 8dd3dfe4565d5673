package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.Metadata;
import dev.proxyless.mesh.route.Format.Operator;
import dev.proxyless.mesh.route.FormatOperators.Arguments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Command operators that read metadata and filter state. */
final class MetadataOperators {

  private MetadataOperators() {}

  /**
   * {@code METADATA(KIND:NAMESPACE:KEY...)}, {@code DYNAMIC_METADATA(NAMESPACE:KEY...)} and its
   * kin, also in their old form {@code (["NAMESPACE", "KEY"])}.
   */
  static Operator compile(Arguments arguments) {
    List<String> path = path(arguments);
    String kind = arguments.name().equals("METADATA") ? path.remove(0) : arguments.name();
    String namespace = path.isEmpty() ? "" : path.remove(0);
    List<String> keys = List.copyOf(path);
    return switch (kind) {
      case "DYNAMIC", "DYNAMIC_METADATA" ->
          context -> find(context.info.dynamicMetadata().get(namespace), keys);
      case "ROUTE" -> context -> find(of(context.route.metadata(), namespace), keys);
      case "VIRTUAL_HOST" ->
          context -> find(of(context.route.virtualHost().metadata(), namespace), keys);
      case "CLUSTER",
          "UPSTREAM_HOST",
          "LISTENER",
          "LISTENER_FILTER_CHAIN",
          "CLUSTER_METADATA",
          "UPSTREAM_METADATA" ->
          context -> null;
      default ->
          throw arguments.refused(
              "whose kind must be DYNAMIC, ROUTE, VIRTUAL_HOST, CLUSTER, UPSTREAM_HOST, LISTENER"
                  + " or LISTENER_FILTER_CHAIN");
    };
  }

  /** {@code FILTER_STATE(KEY:PLAIN|TYPED|FIELD:NAME)}: texts alone are known of it here. */
  static Operator filterState(Arguments arguments) {
    String[] words = arguments.text().split(":", -1);
    String key = words[0];
    String style = arguments.oneOf(words.length > 1 ? words[1] : "", "TYPED", "PLAIN", "FIELD");
    if (key.isEmpty() || (style.equals("FIELD") && words.length < 3)) {
      throw arguments.refused("which is KEY:PLAIN, KEY:TYPED or KEY:FIELD:NAME");
    }
    return context -> style.equals("FIELD") ? null : context.info.filterState().get(key);
  }

  private static List<String> path(Arguments arguments) {
    String text = arguments.text();
    if (text.strip().startsWith("[") && arguments.json() instanceof List<?> list) {
      List<String> path = new ArrayList<>();
      for (Object each : list) {
        if (each instanceof String key) {
          path.add(key);
        }
      }
      if (path.size() == list.size() && !path.isEmpty()) {
        return path;
      }
    }
    return new ArrayList<>(Arrays.asList(text.split(":", -1)));
  }

  private static @Nullable Map<String, Object> of(Metadata metadata, String namespace) {
    return metadata.filterMetadata().get(namespace);
  }

  private static @Nullable Object find(@Nullable Map<String, Object> values, List<String> keys) {
    Object value = values;
    for (int i = 0; i < keys.size(); i++) {
      value = value instanceof Map<?, ?> map ? map.get(keys.get(i)) : null;
    }
    return value;
  }
}
