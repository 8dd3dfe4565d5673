package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.appmesh.Translation;
import dev.proxyless.mesh.proto.CloudMapMetadata;
import dev.proxyless.mesh.proto.Message;
import dev.proxyless.mesh.xds.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The resources of a translation for people: type, name and what matters most, on a line each. */
final class ResourceTable {

  private ResourceTable() {}

  static List<String> lines(Translation translation) {
    int width =
        translation.resources().stream().mapToInt(each -> each.name().length()).max().orElse(0);
    List<String> lines = new ArrayList<>();
    for (Translation.Resource each : translation.resources()) {
      ResourceType type = ResourceType.of(each.typeUrl()).orElseThrow();
      String label =
          type.shortName() + "  " + each.name() + " ".repeat(width - each.name().length()) + "  ";
      List<String> summary = summary(type, each.message());
      lines.add((label + (summary.isEmpty() ? "" : summary.get(0))).stripTrailing());
      summary.stream().skip(1).forEach(more -> lines.add(" ".repeat(label.length()) + more));
    }
    return lines;
  }

  private static List<String> summary(ResourceType type, Message message) {
    return switch (type) {
      case CLUSTER -> List.of(cluster(message));
      case LISTENER -> List.of(listener(message));
      case ROUTE_CONFIGURATION ->
          message.messages("virtual_hosts").stream()
              .flatMap(host -> virtualHost(host).stream())
              .toList();
      case CLUSTER_LOAD_ASSIGNMENT -> List.of();
    };
  }

  private static String cluster(Message cluster) {
    String source = cluster.enumName("type");
    Map<String, Object> metadata =
        cluster.message("metadata").map(each -> each.struct("filter_metadata")).orElse(Map.of());
    if (metadata.get(CloudMapMetadata.NAMESPACE) instanceof Map<?, ?> names) {
      source =
          "Cloud Map "
              + names.get(CloudMapMetadata.SERVICE_NAME)
              + "."
              + names.get(CloudMapMetadata.NAMESPACE_NAME);
    } else if (cluster.has("load_assignment")) {
      source += " " + addresses(cluster.requiredMessage("load_assignment"));
    }
    return source
        + (cluster.has("transport_socket") ? ", TLS" : "")
        + (cluster.has("outlier_detection") ? ", outlier detection" : "");
  }

  private static String addresses(Message assignment) {
    return assignment.messages("endpoints").stream()
        .flatMap(locality -> locality.messages("lb_endpoints").stream())
        .map(lb -> address(lb.requiredMessage("endpoint")))
        .collect(Collectors.joining(", "));
  }

  private static String address(Message holder) {
    Message socket = holder.requiredMessage("address").requiredMessage("socket_address");
    return socket.string("address") + ":" + socket.number("port_value", 0);
  }

  private static String listener(Message listener) {
    String ports =
        listener.messages("filter_chains").stream()
            .flatMap(chain -> chain.message("filter_chain_match").stream())
            .map(match -> Long.toString(match.number("destination_port", 0)))
            .collect(Collectors.joining(", "));
    return listener.enumName("traffic_direction").toLowerCase(java.util.Locale.ROOT)
        + " on "
        + address(listener)
        + (ports.isEmpty() ? "" : ", for ports " + ports);
  }

  private static List<String> virtualHost(Message host) {
    List<String> lines = new ArrayList<>();
    for (Message route : host.messages("routes")) {
      lines.add(
          host.string("name")
              + " "
              + match(route.requiredMessage("match"))
              + " to "
              + targets(route));
    }
    if (lines.isEmpty()) {
      lines.add(host.string("name") + " has no route: 404");
    }
    return lines;
  }

  private static String match(Message match) {
    String path =
        match
            .message("safe_regex")
            .map(regex -> "regex " + regex.string("regex"))
            .orElseGet(
                () ->
                    match.has("path")
                        ? "path " + match.string("path")
                        : "prefix " + match.string("prefix"));
    int more = match.messages("headers").size() + match.messages("query_parameters").size();
    return more == 0 ? path : path + " and " + DocumentDirectory.count(more, "condition");
  }

  private static String targets(Message route) {
    Message action = route.requiredMessage("route");
    return action
        .message("weighted_clusters")
        .map(
            weighted ->
                weighted.messages("clusters").stream()
                    .map(each -> each.string("name") + " " + each.number("weight", 0))
                    .collect(Collectors.joining(", ")))
        .orElseGet(() -> action.string("cluster"));
  }
}
