package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.document.Node;
import dev.proxyless.mesh.model.Cluster;
import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.model.HeaderMatcher;
import dev.proxyless.mesh.model.Listener;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.proto.FieldTable;
import dev.proxyless.mesh.proto.Findings;
import dev.proxyless.mesh.proto.InvalidMessageException;
import dev.proxyless.mesh.proto.JsonReader;
import dev.proxyless.mesh.proto.Message;
import dev.proxyless.mesh.proto.MessageReader;
import dev.proxyless.mesh.proto.MessageType;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes resources to the model. Whatever is wrong with a resource, even what makes the decoder
 * itself fail, comes out as {@link InvalidMessageException}: a bad resource is refused and harms
 * nothing else.
 */
public final class Decoder {

  private static final Logger log = LoggerFactory.getLogger(Decoder.class);

  private final Checks checks;

  public Decoder(Checks checks) {
    this.checks = checks;
  }

  /** Decodes a resource from its bytes. */
  public Decoded decode(ResourceType type, byte[] bytes) {
    Findings findings = new Findings();
    return guarded(
        () ->
            type == ResourceType.CLUSTER_LOAD_ASSIGNMENT
                ? assignment(bytes, findings)
                : decode(
                    type, MessageReader.read(messageType(type), bytes, "", findings), findings));
  }

  /** Decodes a resource from YAML or JSON, in which its {@code @type} may stand. */
  public Decoded decode(ResourceType type, Node node) {
    Findings findings = new Findings();
    return guarded(
        () -> decode(type, JsonReader.readTyped(messageType(type), node, findings), findings));
  }

  /** Decodes a resource from YAML or JSON that nobody asks for by its name, which it may lack. */
  public Decoded decodeUnnamed(ResourceType type, Node node) {
    Findings findings = new Findings();
    return caught(
        () -> decode(type, JsonReader.readTyped(messageType(type), node, findings), findings));
  }

  /**
   * Decodes a header matcher from YAML or JSON.
   *
   * @throws dev.proxyless.mesh.document.DocumentException if it is refused
   */
  public static HeaderMatcher headerMatcher(Node node) {
    MessageType type = FieldTable.xds().type("envoy.config.route.v3.HeaderMatcher");
    return Places.in(node, () -> Matchers.header(JsonReader.read(type, node, new Findings())));
  }

  private static MessageType messageType(ResourceType type) {
    return FieldTable.xds().type(type.messageName());
  }

  private static Decoded guarded(Supplier<Decoded> decoding) {
    Decoded decoded = caught(decoding);
    if (decoded.name().isEmpty()) {
      throw new InvalidMessageException(
          decoded.model() instanceof EndpointAssignment ? "cluster_name" : "name", "is required");
    }
    return decoded;
  }

  private static Decoded caught(Supplier<Decoded> decoding) {
    try {
      return decoding.get();
    } catch (InvalidMessageException invalid) {
      throw invalid;
    } catch (RuntimeException | StackOverflowError failure) {
      log.debug("a resource made the decoder fail", failure);
      throw new InvalidMessageException("", "the resource cannot be decoded: " + failure);
    }
  }

  private static Decoded assignment(byte[] bytes, Findings findings) {
    AssignmentReader reader = new AssignmentReader(findings, false);
    EndpointAssignment assignment = reader.read(bytes, "");
    return new Decoded(reader.clusterName(), assignment, findings);
  }

  private Decoded decode(ResourceType type, Message message, Findings findings) {
    return switch (type) {
      case LISTENER -> {
        Listener listener = new ListenerDecoder(findings, checks).listener(message);
        yield new Decoded(listener.name(), listener, findings);
      }
      case ROUTE_CONFIGURATION -> {
        RouteConfiguration routes = RouteDecoder.decode(message, findings, checks);
        yield new Decoded(routes.name(), routes, findings);
      }
      case CLUSTER -> {
        Cluster cluster = new ClusterDecoder(findings, checks).cluster(message);
        yield new Decoded(cluster.name(), cluster, findings);
      }
      case CLUSTER_LOAD_ASSIGNMENT -> assignment(message.toBytes(), findings);
    };
  }
}
