package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.xds.ResourceType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How to ask as a virtual node, as this library and as Envoy. */
final class NodeGuide {

  private NodeGuide() {}

  /** Where clients on this machine reach the control plane. */
  static String address(String host, int port) {
    String reachable = host.equals("0.0.0.0") || host.equals("::") ? "localhost" : host;
    return (reachable.indexOf(':') < 0 ? reachable : "[" + reachable + "]") + ":" + port;
  }

  static List<String> text(ServedNode node, String address, Style style) {
    List<String> lines = new ArrayList<>();
    lines.add(style.strong(node.name().id()));
    lines.add("  the library gets " + resources(node.library()) + ", by mesh.yaml:");
    lines.add("    node: {id: " + node.name().id() + "}");
    lines.add("    control_plane: {address: \"" + address + "\"}");
    if (node.loopback().isEmpty()) {
      lines.add("  Envoy gets nothing: the node has no backends");
      return lines;
    }
    lines.add(
        "  Envoy gets "
            + resources(node.envoy())
            + ", by --service-node "
            + node.name().id()
            + " --service-cluster "
            + node.name().virtualNode());
    for (Loopback each : node.loopback()) {
      lines.add(
          "    http://127.0.0.1:"
              + each.port()
              + " leads to "
              + String.join(", ", each.virtualServices())
              + " (the Host header tells which)");
    }
    return lines;
  }

  private static String resources(NodeView view) {
    List<String> parts = new ArrayList<>();
    counts(view).forEach((type, count) -> parts.add(DocumentDirectory.count(count, type)));
    return parts.isEmpty() ? "nothing" : String.join(", ", parts);
  }

  private static Map<String, Integer> counts(NodeView view) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (ResourceType type :
        List.of(ResourceType.LISTENER, ResourceType.ROUTE_CONFIGURATION, ResourceType.CLUSTER)) {
      int count = view.of(type).size();
      if (count > 0) {
        counts.put(
            switch (type) {
              case LISTENER -> "listener";
              case ROUTE_CONFIGURATION -> "route table";
              default -> "cluster";
            },
            count);
      }
    }
    return counts;
  }

  static Map<String, Object> json(ServedNode node, String address) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("node", node.name().id());
    json.put(
        "library",
        fields(
            "resources",
            names(node.library()),
            "mesh_yaml",
            fields(
                "node", Map.of("id", node.name().id()),
                "control_plane", Map.of("address", address))));
    json.put(
        "envoy",
        fields(
            "resources",
            names(node.envoy()),
            "node_id",
            node.name().id(),
            "listeners",
            node.loopback().stream()
                .map(
                    each ->
                        fields(
                            "address",
                            "127.0.0.1:" + each.port(),
                            "virtual_services",
                            each.virtualServices()))
                .toList()));
    return json;
  }

  private static Map<String, Object> names(NodeView view) {
    Map<String, Object> names = new LinkedHashMap<>();
    for (ResourceType type : ResourceType.values()) {
      if (!view.of(type).isEmpty()) {
        names.put(type.shortName(), List.copyOf(view.of(type).keySet()));
      }
    }
    return names;
  }

  /** A map in the order of its arguments: name, value, name, value. */
  static Map<String, Object> fields(Object... namesAndValues) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return fields;
  }
}
