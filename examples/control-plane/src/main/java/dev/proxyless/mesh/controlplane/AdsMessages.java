package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.proto.FieldTable;
import dev.proxyless.mesh.proto.Findings;
import dev.proxyless.mesh.proto.Message;
import dev.proxyless.mesh.proto.MessageReader;
import dev.proxyless.mesh.xds.ResourceType;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Discovery requests and responses on the wire, state of the world. */
final class AdsMessages {

  private static final String REQUEST = "envoy.service.discovery.v3.DiscoveryRequest";
  private static final String RESPONSE = "envoy.service.discovery.v3.DiscoveryResponse";

  private AdsMessages() {}

  /**
   * A request.
   *
   * @param nodeId who asks; need be there in the first request of a stream alone
   * @param userAgent what it calls itself
   * @param typeUrl what it asks for
   * @param names of which resources; none for all
   * @param nonce of the response that it answers; empty for none
   * @param error why it refuses that response; empty where it does not
   */
  record Request(
      String nodeId,
      String userAgent,
      String typeUrl,
      Set<String> names,
      String nonce,
      Optional<String> error) {}

  static Request request(byte[] bytes) {
    Message message = MessageReader.read(FieldTable.xds().type(REQUEST), bytes, "", new Findings());
    Optional<Message> node = message.message("node");
    return new Request(
        node.map(each -> each.string("id")).orElse(""),
        node.map(each -> each.string("user_agent_name")).orElse(""),
        message.string("type_url"),
        new TreeSet<>(message.strings("resource_names")),
        message.string("response_nonce"),
        message.message("error_detail").map(each -> each.string("message")));
  }

  static byte[] response(
      ResourceType type, Collection<ServedResource> resources, String version, String nonce) {
    return Message.of(
            RESPONSE,
            response ->
                response
                    .set("version_info", version)
                    .addAll("resources", resources.stream().map(ServedResource::message).toList())
                    .set("type_url", type.typeUrl())
                    .set("nonce", nonce)
                    .set("control_plane", each -> each.set("identifier", "mesh")))
        .toBytes();
  }
}
