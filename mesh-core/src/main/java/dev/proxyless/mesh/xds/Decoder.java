package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.document.DocumentException;
import dev.proxyless.mesh.document.Node;
import dev.proxyless.mesh.model.Cluster;
import dev.proxyless.mesh.model.Listener;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.proto.FieldTable;
import dev.proxyless.mesh.proto.Findings;
import dev.proxyless.mesh.proto.InvalidMessageException;
import dev.proxyless.mesh.proto.JsonReader;
import dev.proxyless.mesh.proto.Message;
import dev.proxyless.mesh.proto.MessageReader;

/**
 * Decodes resources to the model. Whatever is wrong with a resource, even what makes the decoder
 * itself fail, comes out as {@link InvalidMessageException}: a bad resource is refused and harms
 * nothing else.
 */
public final class Decoder {

  private final Checks checks;

  public Decoder(Checks checks) {
    this.checks = checks;
  }

  /** Decodes a resource from its bytes. */
  public Decoded decode(ResourceType type, byte[] bytes) {
    Findings findings = new Findings();
    try {
      if (type == ResourceType.CLUSTER_LOAD_ASSIGNMENT) {
        AssignmentReader reader = new AssignmentReader(findings);
        var assignment = reader.read(bytes, "");
        return new Decoded(reader.clusterName(), assignment, findings);
      }
      Message message =
          MessageReader.read(FieldTable.xds().type(type.messageName()), bytes, "", findings);
      return decode(type, message, findings);
    } catch (StackOverflowError | IllegalArgumentException | IllegalStateException failure) {
      throw new InvalidMessageException("", "the resource cannot be decoded: " + failure);
    }
  }

  /** Decodes a resource from YAML or JSON. */
  public Decoded decode(ResourceType type, Node node) {
    Findings findings = new Findings();
    try {
      Message message = JsonReader.read(FieldTable.xds().type(type.messageName()), node, findings);
      if (type == ResourceType.CLUSTER_LOAD_ASSIGNMENT) {
        return decode(type, message.toBytes());
      }
      return decode(type, message, findings);
    } catch (DocumentException wrong) {
      throw new InvalidMessageException("", String.valueOf(wrong.getMessage()));
    }
  }

  private Decoded decode(ResourceType type, Message message, Findings findings) {
    return switch (type) {
      case LISTENER -> {
        Listener listener = new ListenerDecoder(findings, checks).listener(message);
        yield new Decoded(listener.name(), listener, findings);
      }
      case ROUTE_CONFIGURATION -> {
        RouteConfiguration routes = new RouteDecoder(findings, checks).routeConfiguration(message);
        yield new Decoded(routes.name(), routes, findings);
      }
      case CLUSTER -> {
        Cluster cluster = new ClusterDecoder(findings, checks).cluster(message);
        yield new Decoded(cluster.name(), cluster, findings);
      }
      case CLUSTER_LOAD_ASSIGNMENT ->
          throw new IllegalArgumentException("assignments are decoded from bytes");
    };
  }
}
