package dev.proxyless.mesh.testing;

import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.model.Cluster;
import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.model.HttpFault;
import dev.proxyless.mesh.model.Listener;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.TlsContext;
import dev.proxyless.mesh.xds.Checks;
import dev.proxyless.mesh.xds.Decoder;
import dev.proxyless.mesh.xds.ResourceType;
import java.util.Optional;

/** Configuration as Envoy's documentation writes it: xDS resources in YAML. */
public final class XdsYaml {

  private static final Decoder DECODER =
      new Decoder(
          new Checks() {
            @Override
            public Optional<String> fileRefusal(String path) {
              return Optional.empty();
            }

            @Override
            public void fault(HttpFault fault, String path) {}

            @Override
            public void routes(RouteConfiguration configuration) {}

            @Override
            public Optional<String> tlsRefusal(TlsContext context) {
              return Optional.empty();
            }
          });

  private XdsYaml() {}

  public static RouteConfiguration routes(String yaml) {
    return (RouteConfiguration) decode(ResourceType.ROUTE_CONFIGURATION, yaml);
  }

  public static Cluster cluster(String yaml) {
    return (Cluster) decode(ResourceType.CLUSTER, yaml);
  }

  public static Listener listener(String yaml) {
    return (Listener) decode(ResourceType.LISTENER, yaml);
  }

  public static EndpointAssignment assignment(String yaml) {
    return (EndpointAssignment) decode(ResourceType.CLUSTER_LOAD_ASSIGNMENT, yaml);
  }

  /** A resource that is bytes already. */
  public static Object decode(ResourceType type, byte[] bytes) {
    return DECODER.decode(type, bytes).model();
  }

  private static Object decode(ResourceType type, String yaml) {
    return DECODER.decode(type, Documents.parse("test", yaml)).model();
  }
}
