package dev.proxyless.mesh;

import dev.proxyless.mesh.appmesh.Translation;
import dev.proxyless.mesh.call.MeshView;
import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Node;
import dev.proxyless.mesh.model.Cluster;
import dev.proxyless.mesh.model.Configuration;
import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.model.HttpFault;
import dev.proxyless.mesh.model.Listener;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.TlsContext;
import dev.proxyless.mesh.proto.InvalidMessageException;
import dev.proxyless.mesh.snapshot.OfflineSnapshot;
import dev.proxyless.mesh.xds.Checks;
import dev.proxyless.mesh.xds.Decoder;
import dev.proxyless.mesh.xds.Places;
import dev.proxyless.mesh.xds.ResourceType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What this library would make of a virtual node's view of a mesh, found without a network, files
 * or threads: for checking documents and explaining requests before anything runs. Certificate
 * files are taken to be there and good. Immutable.
 */
@Internal
public final class OfflineMesh {

  /** Compiles routes; takes files to be there and good. */
  static final Checks WITHOUT_FILES =
      new Checks() {
        @Override
        public Optional<String> fileRefusal(String path) {
          return Optional.empty();
        }

        @Override
        public void routes(RouteConfiguration configuration) {
          MeshChecks.compile(configuration);
        }

        @Override
        public void fault(HttpFault fault, String path) {
          MeshChecks.compile(fault, path);
        }

        @Override
        public Optional<String> tlsRefusal(TlsContext context) {
          return Optional.empty();
        }
      };

  private final Configuration configuration;
  private final List<String> refusals;

  private OfflineMesh(Configuration configuration, List<String> refusals) {
    this.configuration = configuration;
    this.refusals = refusals;
  }

  /** Decodes the resources of a translation for {@link dev.proxyless.mesh.appmesh.View#LIBRARY}. */
  public static OfflineMesh of(Translation translation) {
    Decoder decoder = new Decoder(WITHOUT_FILES);
    Map<String, Listener> listeners = new HashMap<>();
    Map<String, RouteConfiguration> routes = new HashMap<>();
    Map<String, Cluster> clusters = new HashMap<>();
    List<String> refusals = new ArrayList<>();
    for (Translation.Resource each : translation.resources()) {
      ResourceType type = ResourceType.of(each.typeUrl()).orElseThrow();
      try {
        Object model = decoder.decode(type, each.toBytes()).model();
        if (model instanceof Listener listener) {
          listeners.put(each.name(), listener);
        } else if (model instanceof RouteConfiguration configuration) {
          routes.put(each.name(), configuration);
        } else {
          clusters.put(each.name(), (Cluster) model);
        }
      } catch (InvalidMessageException invalid) {
        refusals.add(type.shortName() + " " + each.name() + ": " + invalid.getMessage());
      }
    }
    return new OfflineMesh(
        new Configuration(
            Map.copyOf(listeners), Map.copyOf(routes), Map.copyOf(clusters), Map.of()),
        List.copyOf(refusals));
  }

  /** What is told of one listener. */
  static OfflineMesh of(
      Listener listener,
      Map<String, RouteConfiguration> routes,
      Map<String, Cluster> clusters,
      Map<String, EndpointAssignment> assignments) {
    return new OfflineMesh(
        new Configuration(
            Map.of(listener.name(), listener),
            Map.copyOf(routes),
            clusters,
            Map.copyOf(assignments)),
        List.of());
  }

  /**
   * Reads a file that has one route configuration, whose name may be left out.
   *
   * @throws dev.proxyless.mesh.document.DocumentException if it cannot be used; the message names
   *     file, line, field and reason
   */
  public static RouteConfiguration routes(Path file) {
    List<Node> documents = Documents.readAll(file);
    if (documents.size() > 1) {
      throw documents.get(1).error("is a second document", "one RouteConfiguration");
    }
    return routes(documents.get(0));
  }

  static RouteConfiguration routes(Node node) {
    node.fields(); // a list is told as what it is
    return Places.in(
        node,
        () ->
            (RouteConfiguration)
                new Decoder(WITHOUT_FILES)
                    .decodeUnnamed(ResourceType.ROUTE_CONFIGURATION, node)
                    .model());
  }

  /** All that was read. */
  Configuration configuration() {
    return configuration;
  }

  /** The resources that the library would refuse, each with its field's path and the reason. */
  public List<String> refusals() {
    return refusals;
  }

  /** The clusters, by name. */
  public Map<String, Cluster> clusters() {
    return configuration.clusters();
  }

  /** Routes and clusters as a call would see them; endpoints are those given as addresses. */
  public MeshView view() {
    return OfflineSnapshot.of(configuration);
  }
}
