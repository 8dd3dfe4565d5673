package dev.proxyless.mesh.appmesh;

import dev.proxyless.mesh.proto.AnyMessage;
import dev.proxyless.mesh.proto.Message;
import java.util.function.Consumer;

/** Pieces of xDS messages that several translations need. */
final class Xds {

  private Xds() {}

  /** An Any of a message that has no fields set. */
  static AnyMessage empty(String typeName) {
    return AnyMessage.of("type.googleapis.com/" + typeName, new byte[0]);
  }

  static AnyMessage any(String typeName, Consumer<Message.Builder> fill) {
    return AnyMessage.of(Message.of(typeName, fill));
  }

  /** {@code config_source: {ads: {}, resource_api_version: V3}}. */
  static void ads(Message.Builder configSource) {
    configSource.set("ads", ads -> {}).set("resource_api_version", "V3");
  }

  /** An {@code envoy.config.core.v3.Address}. */
  static void address(Message.Builder address, String ip, int port) {
    address.set("socket_address", socket -> socket.set("address", ip).set("port_value", port));
  }

  /** A load assignment of one address. */
  static void assignment(Message.Builder assignment, String cluster, String host, int port) {
    assignment
        .set("cluster_name", cluster)
        .add(
            "endpoints",
            locality ->
                locality.add(
                    "lb_endpoints",
                    lb ->
                        lb.set(
                            "endpoint",
                            endpoint ->
                                endpoint.set("address", address -> address(address, host, port)))));
  }
}
