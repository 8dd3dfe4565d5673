package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.appmesh.Translation;
import dev.proxyless.mesh.proto.Findings;
import dev.proxyless.mesh.proto.Message;
import dev.proxyless.mesh.xds.ResourceType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A port of a plain Envoy by which an application reaches virtual services.
 *
 * @param port on 127.0.0.1
 * @param virtualServices what can be reached by it, told apart by {@code Host}
 */
record Loopback(int port, List<String> virtualServices) {

  /** The loopback ports of a translation for Envoy. */
  static List<Loopback> of(Translation translation) {
    Map<String, List<String>> hosts = new HashMap<>();
    for (Translation.Resource each : translation.resources()) {
      if (each.typeUrl().equals(ResourceType.ROUTE_CONFIGURATION.typeUrl())) {
        hosts.put(
            each.name(),
            each.message().messages("virtual_hosts").stream()
                .map(host -> host.string("name"))
                .toList());
      }
    }
    return translation.resources().stream()
        .filter(each -> each.typeUrl().equals(ResourceType.LISTENER.typeUrl()))
        .map(
            each ->
                new Loopback(
                    port(each.message()), hosts.getOrDefault(routes(each.message()), List.of())))
        .toList();
  }

  private static int port(Message listener) {
    return (int)
        listener
            .requiredMessage("address")
            .requiredMessage("socket_address")
            .number("port_value", 0);
  }

  private static String routes(Message listener) {
    return listener
        .messages("filter_chains")
        .get(0)
        .messages("filters")
        .get(0)
        .any("typed_config")
        .orElseThrow()
        .unpack(new Findings())
        .requiredMessage("rds")
        .string("route_config_name");
  }
}
