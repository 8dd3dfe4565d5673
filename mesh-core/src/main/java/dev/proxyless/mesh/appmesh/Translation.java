package dev.proxyless.mesh.appmesh;

import dev.proxyless.mesh.proto.Message;
import java.util.List;

/**
 * What a virtual node's view of a mesh comes to.
 *
 * @param resources xDS resources: clusters, then listeners, then route configurations, each by name
 * @param problems what could not be translated; empty for documents without errors
 */
public record Translation(List<Resource> resources, List<Problem> problems) {

  /**
   * An xDS resource.
   *
   * @param typeUrl its type
   * @param name its name
   * @param message what it says
   */
  public record Resource(String typeUrl, String name, Message message) {

    /** The message on the wire. */
    public byte[] toBytes() {
      return message.toBytes();
    }
  }
}
