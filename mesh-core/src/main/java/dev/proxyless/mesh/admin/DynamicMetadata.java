package dev.proxyless.mesh.admin;

import dev.proxyless.mesh.document.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code dynamic_metadata} of a test, a list of {@code
 * envoy.extensions.filters.http.set_metadata.v3.Metadata}: what a namespace has already stays,
 * unless {@code allow_overwrite} merges into it.
 */
final class DynamicMetadata {

  private DynamicMetadata() {}

  static Map<String, Map<String, Object>> read(List<Node> entries) {
    Map<String, Map<String, Object>> namespaces = new LinkedHashMap<>();
    for (Node entry : entries) {
      String namespace = entry.required("metadata_namespace").name();
      Map<String, Object> value = entry.find("value").map(DynamicMetadata::struct).orElse(Map.of());
      boolean overwrite = entry.find("allow_overwrite").map(Node::bool).orElse(false);
      Map<String, Object> present = namespaces.get(namespace);
      if (present == null) {
        namespaces.put(namespace, value);
      } else if (overwrite) {
        namespaces.put(namespace, merged(present, value));
      }
    }
    return namespaces;
  }

  private static Map<String, Object> struct(Node node) {
    Map<String, Object> struct = new LinkedHashMap<>();
    node.fields()
        .forEach(
            (name, field) -> {
              Object value = value(field);
              if (value != null) {
                struct.put(name, value);
              }
            });
    return struct;
  }

  private static @Nullable Object value(Node node) {
    if (node.isMap()) {
      return struct(node);
    }
    if (node.isList()) {
      List<@Nullable Object> list = new ArrayList<>();
      node.items().forEach(item -> list.add(value(item)));
      return list;
    }
    return node.plain() instanceof Number number ? (Object) number.doubleValue() : node.plain();
  }

  /** Lists grow, maps merge, all else is replaced. */
  @SuppressWarnings("unchecked") // maps and lists are made here
  private static Map<String, Object> merged(Map<String, Object> into, Map<String, Object> from) {
    Map<String, Object> all = new LinkedHashMap<>(into);
    from.forEach(
        (name, value) -> {
          Object present = all.get(name);
          if (present instanceof Map && value instanceof Map) {
            all.put(name, merged((Map<String, Object>) present, (Map<String, Object>) value));
          } else if (present instanceof List<?> first && value instanceof List<?> second) {
            List<Object> list = new ArrayList<>(first);
            list.addAll(second);
            all.put(name, list);
          } else {
            all.put(name, value);
          }
        });
    return all;
  }
}
