package dev.proxyless.mesh.appmesh;

import dev.proxyless.mesh.proto.Message;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The mesh's egress filter. Without {@code ALLOW_ALL}, nothing but the mesh's services and {@code
 * *.amazonaws.com} on port 443 can be reached.
 */
final class Egress {

  static final int HTTPS_PORT = 443;

  private final String mesh;
  private final boolean allowAll;

  Egress(String mesh, boolean allowAll) {
    this.mesh = mesh;
    this.allowAll = allowAll;
  }

  Map<String, Message> clusters() {
    Map<String, Message> clusters = new LinkedHashMap<>();
    String open = allowAll ? Names.allowAll(mesh) : Names.amazon(mesh);
    clusters.put(open, Clusters.originalDestination(open));
    return clusters;
  }

  /**
   * What a port's table has beyond the mesh's services; port 0 stands for all ports without
   * services.
   */
  List<Message> virtualHosts(int port) {
    List<Message> hosts = new ArrayList<>();
    if (allowAll) {
      hosts.add(passThrough("mesh-allow-all", List.of("*"), Names.allowAll(mesh)));
    } else if (port == HTTPS_PORT) {
      hosts.add(
          passThrough(
              "amazonaws", List.of("*.amazonaws.com", "*.amazonaws.com:443"), Names.amazon(mesh)));
    }
    return hosts;
  }

  private static Message passThrough(String name, List<String> domains, String cluster) {
    return Message.of(
        "envoy.config.route.v3.VirtualHost",
        host ->
            host.set("name", name)
                .addAll("domains", domains)
                .add(
                    "routes",
                    route ->
                        route
                            .set("match", match -> match.set("prefix", "/"))
                            .set("route", action -> action.set("cluster", cluster))));
  }
}
