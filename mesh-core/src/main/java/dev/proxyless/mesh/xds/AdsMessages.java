package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.proto.AnyMessage;
import dev.proxyless.mesh.proto.FieldTable;
import dev.proxyless.mesh.proto.Findings;
import dev.proxyless.mesh.proto.InvalidMessageException;
import dev.proxyless.mesh.proto.Message;
import dev.proxyless.mesh.proto.MessageReader;
import dev.proxyless.mesh.xds.XdsResource.Bytes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Discovery requests and responses, state of the world. */
final class AdsMessages {

  private static final String REQUEST = "envoy.service.discovery.v3.DiscoveryRequest";
  private static final String RESPONSE = "envoy.service.discovery.v3.DiscoveryResponse";
  private static final String RESOURCE = "envoy.service.discovery.v3.Resource";
  private static final String STATUS = "google.rpc.Status";

  /** What Envoy rejects with: {@code INTERNAL}. */
  private static final int REJECTED = 13;

  /** The longest reason that is sent, as in Envoy. */
  private static final int MAX_REASON = 4_096;

  private AdsMessages() {}

  /**
   * A response.
   *
   * @param typeUrl the type URL
   * @param version the control plane's name for this state
   * @param nonce to be given back
   * @param resources the resources whose type matches the response's
   * @param errors what is wrong with the others
   */
  record Response(
      String typeUrl,
      String version,
      String nonce,
      List<XdsResource> resources,
      List<String> errors) {}

  static byte[] request(
      NodeIdentity node,
      ResourceType type,
      Collection<String> names,
      String version,
      String nonce,
      String error) {
    return Message.of(
            REQUEST,
            request -> {
              request
                  .set("version_info", version)
                  .addAll("resource_names", names)
                  .set("type_url", type.typeUrl())
                  .set("response_nonce", nonce)
                  .set("node", builder -> fill(builder, node));
              if (!error.isEmpty()) {
                request.set(
                    "error_detail",
                    Message.of(
                        STATUS, status -> status.set("code", REJECTED).set("message", cut(error))));
              }
            })
        .toBytes();
  }

  private static void fill(Message.Builder node, NodeIdentity identity) {
    node.set("id", identity.id())
        .set("cluster", identity.cluster())
        .set("user_agent_name", NodeIdentity.USER_AGENT);
    if (!identity.metadata().isEmpty()) {
      node.set("metadata", identity.metadata());
    }
  }

  private static String cut(String reason) {
    return reason.length() <= MAX_REASON
        ? reason
        : reason.substring(0, MAX_REASON) + "...(truncated)";
  }

  static Response response(byte[] bytes) {
    Findings findings = new Findings();
    Message message = MessageReader.read(FieldTable.xds().type(RESPONSE), bytes, "", findings);
    String typeUrl = message.string("type_url");
    List<XdsResource> resources = new ArrayList<>();
    List<String> errors = new ArrayList<>();
    Optional<ResourceType> type = ResourceType.of(typeUrl);
    if (type.isPresent()) {
      for (AnyMessage any : message.anys("resources")) {
        try {
          resource(type.get(), any, findings, resources, errors);
        } catch (InvalidMessageException malformed) {
          errors.add(String.valueOf(malformed.getMessage()));
        }
      }
    }
    return new Response(
        typeUrl, message.string("version_info"), message.string("nonce"), resources, errors);
  }

  private static void resource(
      ResourceType type,
      AnyMessage any,
      Findings findings,
      List<XdsResource> resources,
      List<String> errors) {
    AnyMessage inner = any;
    String name = "";
    if (any.is(RESOURCE)) {
      Message wrapper = any.unpack(findings);
      name = wrapper.string("name");
      inner = wrapper.any("resource").orElse(any);
    }
    if (!inner.typeUrl().equals(type.typeUrl())) {
      errors.add(
          inner.path() + ": is a " + inner.typeUrl() + " in a response of " + type.typeUrl());
      return;
    }
    byte[] bytes = inner.bytes();
    resources.add(
        new XdsResource(type, name.isEmpty() ? ResourceNames.of(bytes) : name, new Bytes(bytes)));
  }
}
