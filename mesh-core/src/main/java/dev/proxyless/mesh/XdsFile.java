package dev.proxyless.mesh;

import dev.proxyless.mesh.document.DocumentException;
import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Nearest;
import dev.proxyless.mesh.document.Node;
import dev.proxyless.mesh.model.Cluster;
import dev.proxyless.mesh.model.Configuration;
import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.model.Listener;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.proto.InvalidMessageException;
import dev.proxyless.mesh.xds.Checks;
import dev.proxyless.mesh.xds.Decoded;
import dev.proxyless.mesh.xds.Decoder;
import dev.proxyless.mesh.xds.Places;
import dev.proxyless.mesh.xds.ResourceStatus;
import dev.proxyless.mesh.xds.ResourceStatus.State;
import dev.proxyless.mesh.xds.ResourceType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * xDS resources that stand in a file, as YAML or JSON: one {@code RouteConfiguration}, whose {@code
 * @type} and name may be left out; several resources with their {@code @type}, as documents, as a
 * list or under {@code resources}; or an Envoy bootstrap, of which {@code static_resources} count
 * and all else is passed over. Immutable.
 */
@Internal
public final class XdsFile {

  private static final String BOOTSTRAP = "envoy.config.bootstrap.v3.Bootstrap";

  private static final Set<String> OF_BOOTSTRAP =
      Set.of("static_resources", "dynamic_resources", "admin", "layered_runtime", "node");

  private static final String WHAT_IT_CAN_BE =
      "a RouteConfiguration, resources with their @type, an Envoy bootstrap or a mesh.yaml";

  private final Decoder decoder;
  private final String file;
  private final String listenerOption;
  private final List<ResourceStatus> statuses = new ArrayList<>();
  private final Map<String, Node> listeners = new LinkedHashMap<>();
  private final Map<String, Node> routeNodes = new LinkedHashMap<>();
  private final Map<String, RouteConfiguration> routes = new LinkedHashMap<>();
  private final Map<String, Cluster> clusters = new LinkedHashMap<>();
  private final Map<String, EndpointAssignment> assignments = new LinkedHashMap<>();
  private boolean knowsClusters;

  private XdsFile(String file, Checks checks, String listenerOption) {
    this.file = file;
    this.listenerOption = listenerOption;
    decoder = new Decoder(checks);
  }

  /** Whether a file is a {@code mesh.yaml}: what a mesh must be told to begin. */
  public static boolean isMeshYaml(List<Node> documents) {
    Node root = documents.get(0);
    return root.isMap()
        && Stream.of("control_plane", "app_mesh", "xds").anyMatch(root.fields()::containsKey);
  }

  /**
   * Reads the resources of a file.
   *
   * @throws DocumentException if there is none, or one cannot be used; the message names file,
   *     line, field and reason
   */
  public static XdsFile read(Path file) {
    return of(file.toString(), Documents.readAll(file));
  }

  /** Takes resources from documents that were read. */
  public static XdsFile of(String file, List<Node> documents) {
    return of(file, documents, OfflineMesh.WITHOUT_FILES, "--listener");
  }

  /** Reads the resources of a file for a mesh that sends requests by it. */
  static XdsFile toFollow(Path file, Checks checks) {
    return of(file.toString(), Documents.readAll(file), checks, "xds.listener");
  }

  private static XdsFile of(
      String file, List<Node> documents, Checks checks, String listenerOption) {
    XdsFile xds = new XdsFile(file, checks, listenerOption);
    boolean alone = documents.size() == 1 && documents.get(0).isMap();
    for (Node document : documents) {
      if (document.isList()) {
        document.items().forEach(item -> xds.resource(item, false));
      } else if (isBootstrap(document)) {
        xds.bootstrap(document);
      } else if (document.fields().containsKey("resources")) {
        document.required("resources").items().forEach(item -> xds.resource(item, false));
      } else {
        xds.resource(document, alone);
      }
    }
    return xds;
  }

  private static boolean isBootstrap(Node document) {
    return document.find("@type").map(type -> type.text().endsWith("/" + BOOTSTRAP)).orElse(false)
        || document.fields().keySet().stream().anyMatch(OF_BOOTSTRAP::contains);
  }

  private void bootstrap(Node document) {
    knowsClusters = true;
    Node resources = document.required("static_resources");
    resources.list("listeners").forEach(item -> resource(ResourceType.LISTENER, item, false));
    resources.list("clusters").forEach(item -> resource(ResourceType.CLUSTER, item, false));
  }

  private void resource(Node node, boolean mayLackName) {
    Optional<Node> said = node.find("@type");
    if (said.isEmpty()) {
      boolean routes =
          node.fields().containsKey("virtual_hosts") || node.fields().containsKey("virtualHosts");
      if (!routes) {
        throw node.error("has no @type and is no RouteConfiguration", WHAT_IT_CAN_BE);
      }
      resource(ResourceType.ROUTE_CONFIGURATION, node, mayLackName);
      return;
    }
    ResourceType type =
        ResourceType.of(said.get().text())
            .orElseThrow(
                () ->
                    said.get()
                        .error(
                            "is \"" + said.get().text() + "\"",
                            "one of "
                                + String.join(
                                    ", ",
                                    Arrays.stream(ResourceType.values())
                                        .map(ResourceType::typeUrl)
                                        .toList())));
    resource(type, node, mayLackName);
  }

  private void resource(ResourceType type, Node node, boolean mayLackName) {
    if (type == ResourceType.LISTENER) { // the one that is chosen is decoded
      once(listeners, node.required("name").name(), node, node);
      return;
    }
    Decoded decoded =
        Places.in(
            node,
            () -> mayLackName ? decoder.decodeUnnamed(type, node) : decoder.decode(type, node));
    note(type, decoded);
    if (decoded.model() instanceof RouteConfiguration configuration) {
      once(routes, decoded.name(), configuration, node);
      routeNodes.put(decoded.name(), node);
    } else if (decoded.model() instanceof Cluster cluster) {
      once(clusters, decoded.name(), cluster, node);
      knowsClusters = true;
    } else {
      once(assignments, decoded.name(), (EndpointAssignment) decoded.model(), node);
    }
  }

  private void note(ResourceType type, Decoded decoded) {
    List<String> unsupported =
        decoded.findings().reported().stream().map(Object::toString).distinct().toList();
    statuses.add(new ResourceStatus(type, decoded.name(), file, State.ACKED, "", unsupported));
  }

  /** What became of each resource that was decoded. */
  List<ResourceStatus> statuses() {
    return List.copyOf(statuses);
  }

  private static <T> void once(Map<String, T> map, String name, T value, Node node) {
    if (map.put(name, value) != null) {
      throw node.error("is a second resource \"" + name + "\" of its type", "one of each name");
    }
  }

  /** The names of what can be asked: listeners, or route configurations where there is none. */
  public List<String> names() {
    return List.copyOf((listeners.isEmpty() ? routes : listeners).keySet());
  }

  /** The names of the clusters. */
  public Set<String> clusterNames() {
    return Set.copyOf(clusters.keySet());
  }

  /**
   * What a mesh would make of one of its listeners, or of its route configuration, whatever port a
   * request goes to. Where the file has no clusters, those that the routes name exist, unless some
   * are given.
   *
   * @param named a name of {@link #names}, if there are several
   * @param existing clusters that exist besides those of the file
   * @throws DocumentException if it cannot be told which is meant, or that one cannot be used
   */
  public OfflineMesh mesh(Optional<String> named, Optional<Set<String>> existing) {
    Listener chosen = listeners.isEmpty() ? ofRoutes(named) : listener(named);
    RouteConfiguration configuration = new OfflineRoutes(file, routes).of(chosen);
    Map<String, String> namedClusters = OfflineRoutes.clusters(configuration);
    Map<String, Cluster> all = new LinkedHashMap<>(clusters);
    existing.ifPresent(names -> names.forEach(name -> exists(name, all)));
    if (!knowsClusters && existing.isEmpty()) {
      namedClusters.values().forEach(name -> exists(name, all));
    }
    if (configuration.validateClusters().orElse(OfflineRoutes.isInline(chosen))) {
      Node node = node(chosen, configuration);
      Places.in(
          node,
          () -> {
            validate(namedClusters, all.keySet());
            return node;
          });
    }
    return OfflineMesh.of(chosen, routes, Map.copyOf(all), assignments);
  }

  /**
   * What a mesh goes by that sends its requests through one of the listeners, or by its route
   * configuration. It is whole: what it lacks is not there.
   *
   * @param named a name of {@link #names}, if there are several
   * @throws DocumentException as {@link #mesh} does, and if there are no clusters to send to
   */
  public Configuration configuration(Optional<String> named) {
    Configuration all = mesh(named, Optional.empty()).configuration();
    if (!knowsClusters) {
      throw new DocumentException(
          file
              + ": has no clusters, so that there is nowhere to send a request; right would be an"
              + " Envoy bootstrap, or resources with their @type, the clusters among them");
    }
    Map<String, EndpointAssignment> told = new LinkedHashMap<>(assignments);
    for (Cluster cluster : clusters.values()) {
      if (cluster.discovery() instanceof Cluster.Discovery.Eds eds) {
        told.putIfAbsent(eds.serviceName(), EndpointAssignment.EMPTY);
      }
    }
    return new Configuration(all.listeners(), all.routes(), all.clusters(), Map.copyOf(told));
  }

  private static void exists(String cluster, Map<String, Cluster> all) {
    all.putIfAbsent(cluster, OfflineRoutes.cluster(cluster));
  }

  private static void validate(Map<String, String> named, Set<String> known) {
    named.forEach(
        (path, name) -> {
          if (!known.contains(name)) {
            throw new InvalidMessageException(
                path,
                "is \""
                    + name
                    + "\", and there is no such cluster"
                    + Nearest.hint(name, known)
                    + "; right would be a cluster that there is, or validate_clusters: false");
          }
        });
  }

  /** Where routes stand: by themselves, or within their listener. */
  private Node node(Listener chosen, RouteConfiguration configuration) {
    Node listener = listeners.get(chosen.name());
    Node inline = listener == null ? null : inline(listener);
    Node apart = routeNodes.get(configuration.name());
    if (inline != null && OfflineRoutes.isInline(chosen)) {
      return inline;
    }
    return Objects.requireNonNull(apart == null ? listener : apart);
  }

  private static @Nullable Node inline(Node node) {
    if (node.isMap()) {
      for (String field : List.of("route_config", "routeConfig")) {
        Node found = node.fields().get(field);
        if (found != null) {
          return found;
        }
      }
    }
    for (Node each :
        node.isMap() ? node.fields().values() : node.isList() ? node.items() : List.<Node>of()) {
      Node found = inline(each);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private Listener ofRoutes(Optional<String> named) {
    if (routes.isEmpty()) {
      throw new DocumentException(
          file
              + ": has neither a listener nor a RouteConfiguration to ask; right would be "
              + WHAT_IT_CAN_BE);
    }
    String name = choose("route configurations", names(), named);
    return OfflineRoutes.listener(Objects.requireNonNull(routes.get(name)));
  }

  private Listener listener(Optional<String> named) {
    Map<String, Listener> http = new LinkedHashMap<>();
    Map<String, DocumentException> refused = new LinkedHashMap<>();
    listeners.forEach(
        (name, node) -> {
          try {
            Decoded decoded = Places.in(node, () -> decoder.decode(ResourceType.LISTENER, node));
            Listener listener = (Listener) decoded.model();
            if (OfflineRoutes.speaksHttp(listener)) {
              http.put(name, listener);
              note(ResourceType.LISTENER, decoded);
            }
          } catch (DocumentException unusable) {
            refused.put(name, unusable);
          }
        });
    List<String> names = new ArrayList<>(listeners.keySet());
    if (named.isEmpty()) {
      names.removeIf(name -> !http.containsKey(name) && !refused.containsKey(name));
    }
    if (names.isEmpty()) {
      throw new DocumentException(
          file
              + ": no listener has an HTTP connection manager; right would be one that has, of "
              + listeners.keySet());
    }
    String name = choose("listeners", names, named);
    DocumentException why = refused.get(name);
    if (why != null) {
      throw why;
    }
    Listener chosen = http.get(name);
    if (chosen == null) {
      throw Objects.requireNonNull(listeners.get(name))
          .error("has no HTTP connection manager", "one of " + String.join(", ", http.keySet()));
    }
    return OfflineRoutes.asked(chosen);
  }

  private String choose(String what, List<String> names, Optional<String> named) {
    if (named.isPresent() && !names.contains(named.get())) {
      throw new DocumentException(
          file
              + ": "
              + listenerOption
              + " is \""
              + named.get()
              + "\""
              + Nearest.hint(named.get(), names)
              + "; right would be one of "
              + String.join(", ", names));
    }
    if (named.isEmpty() && names.size() > 1) {
      throw new DocumentException(
          file
              + ": has "
              + names.size()
              + " "
              + what
              + "; right would be "
              + listenerOption
              + " with one of "
              + String.join(", ", names));
    }
    return named.orElse(names.get(0));
  }
}
