package dev.proxyless.mesh.appmesh;

import dev.proxyless.mesh.appmesh.AppMesh.Backend;
import dev.proxyless.mesh.appmesh.AppMesh.ClientTls;
import dev.proxyless.mesh.appmesh.AppMesh.NodeListener;
import dev.proxyless.mesh.appmesh.AppMesh.PortMapping;
import dev.proxyless.mesh.appmesh.AppMesh.ServiceProvider;
import dev.proxyless.mesh.appmesh.AppMesh.Timeout;
import dev.proxyless.mesh.appmesh.AppMesh.VirtualNode;
import dev.proxyless.mesh.appmesh.AppMesh.VirtualService;
import dev.proxyless.mesh.appmesh.AppMesh.WeightedTarget;
import dev.proxyless.mesh.appmesh.ResourceId.Kind;
import dev.proxyless.mesh.proto.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Translates one virtual node's view of a mesh to xDS v3, as App Mesh's control plane did: one
 * route configuration for each port, one virtual host for each backend, one cluster for each
 * target's listener.
 *
 * <p>Sources: the public dumps of App Mesh's Envoys and its documentation; where both are silent,
 * {@code docs/design-decisions.md} says what was chosen.
 */
public final class Translator {

  private static final String VIRTUAL_HOST = "envoy.config.route.v3.VirtualHost";
  private static final String ROUTE = "envoy.config.route.v3.Route";

  private static final int MAX_PORT = 65_535;

  private final AppMeshDocuments documents;
  private final String mesh;
  private final VirtualNode self;
  private final String selfName;
  private final View view;
  private final Routes routes;
  private final Map<Integer, PortTable> ports = new TreeMap<>();
  private final Map<String, Message> clusters = new TreeMap<>();
  private final List<Problem> problems = new ArrayList<>();

  /** The virtual hosts of a port. */
  private record PortTable(String protocol, List<Message> virtualHosts) {}

  private Translator(AppMeshDocuments documents, NodeName name, VirtualNode self, View view) {
    this.documents = documents;
    this.mesh = name.mesh();
    this.selfName = name.virtualNode();
    this.self = self;
    this.view = view;
    routes = new Routes(view.defaultRetryPolicy());
  }

  /**
   * Translates.
   *
   * @return empty if the documents have no such virtual node
   */
  public static Optional<Translation> translate(
      AppMeshDocuments documents, NodeName node, View view) {
    return documents
        .find(id(Kind.VIRTUAL_NODE, node.mesh(), node.virtualNode()), VirtualNode.class)
        .map(self -> new Translator(documents, node, self, view).translate());
  }

  private static ResourceId id(Kind kind, String mesh, String name) {
    return new ResourceId(kind, mesh, "", name);
  }

  private Translation translate() {
    List<Backend> hostsOnly = new ArrayList<>();
    for (Backend backend : self.backends()) {
      documents
          .find(id(Kind.VIRTUAL_SERVICE, mesh, backend.virtualService()), VirtualService.class)
          .ifPresent(
              service -> {
                if (service.provider().isPresent()) {
                  provided(backend, service.provider().get());
                } else {
                  hostsOnly.add(backend);
                }
              });
    }
    hostsOnly.forEach(backend -> unprovided(backend.virtualService()));
    Listeners listeners = new Listeners(mesh, view);
    List<Translation.Resource> resources = new ArrayList<>();
    boolean allowAll =
        documents
            .find(id(Kind.MESH, mesh, mesh), AppMesh.Mesh.class)
            .map(AppMesh.Mesh::allowAllEgress)
            .orElse(false);
    List<Message> routeConfigurations = new ArrayList<>();
    if (!view.envoy()) {
      Egress egress = new Egress(mesh, allowAll);
      clusters.putAll(egress.clusters());
      ingressClusters();
      resources.add(resource(listeners.egress(ports.keySet(), this::routesName, egress)));
      listeners.ingress(selfName, self).map(Translator::resource).ifPresent(resources::add);
      ports.forEach(
          (port, table) ->
              routeConfigurations.add(configuration(port, table, egress.virtualHosts(port))));
    } else {
      for (Integer port : ports.keySet()) {
        if (port + view.portOffset() <= MAX_PORT) {
          resources.add(resource(listeners.loopback(port, routesName(port))));
        } else {
          problems.add(beyondLastPort(port));
        }
      }
      ports.forEach(
          (port, table) -> routeConfigurations.add(configuration(port, table, List.of())));
    }
    List<Translation.Resource> all = new ArrayList<>();
    clusters.values().forEach(cluster -> all.add(resource(cluster)));
    all.addAll(resources);
    routeConfigurations.forEach(each -> all.add(resource(each)));
    return new Translation(List.copyOf(all), List.copyOf(problems));
  }

  private Problem beyondLastPort(int port) {
    return Problem.note(
        new NodeName(mesh, selfName).id(),
        "service port "
            + port
            + " plus the offset "
            + view.portOffset()
            + " is beyond "
            + MAX_PORT
            + ", so a plain Envoy has no listener for it; right would be an offset of at most "
            + (MAX_PORT - port));
  }

  private static Translation.Resource resource(Message message) {
    return new Translation.Resource(message.type().typeUrl(), message.string("name"), message);
  }

  private void provided(Backend backend, ServiceProvider provider) {
    if (provider.isRouter()) {
      router(backend, provider.name());
    } else {
      documents
          .find(id(Kind.VIRTUAL_NODE, mesh, provider.name()), VirtualNode.class)
          .ifPresent(node -> node(backend, provider.name(), node));
    }
  }

  /** A service that a node provides has one route for everything, on each of the node's ports. */
  private void node(Backend backend, String name, VirtualNode node) {
    for (NodeListener listener : node.listeners()) {
      String cluster = cluster(backend, name, node, listener);
      Message route =
          Message.of(
              ROUTE,
              r ->
                  r.set("match", match -> match.set("prefix", "/"))
                      .set(
                          "route",
                          action -> {
                            action.set("cluster", cluster);
                            routes.policies(action, Optional.empty(), Timeout.UNSET);
                          }));
      virtualHost(backend.virtualService(), listener.mapping(), List.of(route));
    }
  }

  private void router(Backend backend, String name) {
    AppMesh.VirtualRouter router =
        documents
            .find(id(Kind.VIRTUAL_ROUTER, mesh, name), AppMesh.VirtualRouter.class)
            .orElse(new AppMesh.VirtualRouter(List.of()));
    Map<String, AppMesh.Route> all = documents.routes(mesh, name);
    for (PortMapping mapping : router.listeners()) {
      List<Message> ordered = new ArrayList<>();
      for (Map.Entry<String, AppMesh.Route> each : Routes.ordered(all, mapping.port())) {
        ordered.add(
            routes.route(each.getKey(), each.getValue(), target -> cluster(backend, target)));
      }
      virtualHost(backend.virtualService(), mapping, ordered);
    }
  }

  private String cluster(Backend backend, WeightedTarget target) {
    VirtualNode node =
        documents
            .find(id(Kind.VIRTUAL_NODE, mesh, target.virtualNode()), VirtualNode.class)
            .orElseThrow();
    return cluster(backend, target.virtualNode(), node, node.listener(target.port()).orElseThrow());
  }

  /** The cluster of a target's listener, made on first use. */
  private String cluster(Backend backend, String name, VirtualNode node, NodeListener listener) {
    String cluster = Names.egressCluster(mesh, name, listener.mapping());
    Optional<ClientTls> policy =
        backend
            .tls()
            .or(self::backendDefaults)
            .filter(tls -> tls.covers(listener.mapping().port()));
    Message message = new Clusters(mesh).egress(cluster, name, node, listener, policy);
    Message before = clusters.putIfAbsent(cluster, message);
    if (before != null && !java.util.Arrays.equals(before.toBytes(), message.toBytes())) {
      problems.add(
          Problem.error(
              new ResourceId(Kind.VIRTUAL_NODE, mesh, "", selfName).toString(),
              "backend "
                  + backend.virtualService()
                  + ": its clientPolicy differs from that of another backend that reaches virtual node "
                  + name
                  + " too; right would be one policy for both"));
    }
    return cluster;
  }

  /** A service without provider answers 404 on every port of the mesh. */
  private void unprovided(String service) {
    for (Map.Entry<Integer, PortTable> each : ports.entrySet()) {
      PortMapping mapping = new PortMapping(each.getKey(), each.getValue().protocol());
      virtualHost(service, mapping, List.of());
    }
  }

  private void virtualHost(String service, PortMapping mapping, List<Message> hostRoutes) {
    ports
        .computeIfAbsent(
            mapping.port(), port -> new PortTable(mapping.protocol(), new ArrayList<>()))
        .virtualHosts()
        .add(
            Message.of(
                VIRTUAL_HOST,
                host ->
                    host.set("name", service)
                        .addAll("domains", List.of(service, service + ":" + mapping.port()))
                        .addAll("routes", hostRoutes)));
  }

  private String routesName(int port) {
    PortTable table = ports.get(port);
    return Names.routes(table == null ? "http" : table.protocol(), port);
  }

  private Message configuration(int port, PortTable table, List<Message> more) {
    Consumer<Message.Builder> fill =
        config ->
            config
                .set("name", routesName(port))
                .addAll("virtual_hosts", table.virtualHosts())
                .addAll("virtual_hosts", more)
                .set("validate_clusters", false);
    return Message.of("envoy.config.route.v3.RouteConfiguration", fill);
  }

  private void ingressClusters() {
    Clusters maker = new Clusters(mesh);
    self.listeners()
        .forEach(
            listener -> {
              Message cluster = maker.ingress(selfName, listener.mapping());
              clusters.put(cluster.string("name"), cluster);
            });
  }
}
