package dev.proxyless.mesh.appmesh;

import dev.proxyless.mesh.model.Cluster;
import dev.proxyless.mesh.model.Listener;
import dev.proxyless.mesh.model.Route;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.proto.JsonWriter;
import dev.proxyless.mesh.route.RouteTable;
import dev.proxyless.mesh.testing.XdsYaml;
import dev.proxyless.mesh.xds.ResourceType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A copy of the ten documents of mesh {@code apps}, which tests change file by file. */
final class Apps {

  static final String SELF = "create-virtual-node-servicea.json";
  static final String TARGET = "create-virtual-node-serviceb.json";
  static final String ROUTE = "update-route.json";
  static final String ROUTER = "create-virtual-router.json";
  static final String SERVICE = "update-virtual-service.json";
  static final String MESH = "create-mesh.json";

  static final String B = "cds_egress_apps_serviceB_http_8000";
  static final String B2 = "cds_egress_apps_serviceBv2_http_8000";
  static final String ROUTES = "rds_egress_http_8000";

  final Path directory;
  private AppMeshDocuments before = AppMeshDocuments.NONE;

  Apps(Path directory) {
    this.directory = directory;
    Path source = Path.of("src/test/resources/apps");
    try (Stream<Path> files = Files.list(source)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, directory.resolve(file.getFileName()));
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  Apps write(String file, String text) {
    try {
      Files.writeString(directory.resolve(file), text);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    return this;
  }

  /** Replaces a part of a file, which must be there. */
  Apps edit(String file, String part, String other) {
    try {
      String text = Files.readString(directory.resolve(file));
      if (!text.contains(part)) {
        throw new IllegalArgumentException(file + " has no " + part);
      }
      return write(file, text.replace(part, other));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  Apps delete(String file) {
    try {
      Files.delete(directory.resolve(file));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    return this;
  }

  /** The route's httpRoute, as a whole. */
  Apps route(String httpRoute) {
    return route("{\"httpRoute\": " + httpRoute + "}", "serviceB", ROUTE);
  }

  /** A further route of the router. */
  Apps moreRoute(String name, String spec) {
    return route(spec, name, "create-route-" + name + ".json");
  }

  private Apps route(String spec, String name, String file) {
    return write(
        file,
        """
        {"meshName": "apps", "virtualRouterName": "serviceB", "routeName": "%s", "spec": %s}
        """
            .formatted(name, spec));
  }

  /** Reads the directory; what was read before is what was in force. */
  AppMeshDocuments read() {
    before = AppMeshDocuments.read(directory, before, RouteTable::expressionRefusal);
    return before;
  }

  /** What is wrong, and does not act, as people are told; without the directory's name. */
  List<String> problems() {
    return told(read().problems());
  }

  /** What is wrong, as people are told; without the directory's name. */
  List<String> errors() {
    return told(read().problems().stream().filter(Problem::isError).toList());
  }

  private List<String> told(List<Problem> problems) {
    return problems.stream().map(each -> each.toString().replace(directory + "/", "")).toList();
  }

  Translation translation() {
    return translation(View.LIBRARY);
  }

  /** The view of virtual node {@code serviceA}. */
  Translation translation(View view) {
    return Translator.translate(read(), new NodeName("apps", "serviceA"), view).orElseThrow();
  }

  /** All resources, as {@code type name}. */
  static List<String> names(Translation translation) {
    return translation.resources().stream()
        .map(each -> ResourceType.of(each.typeUrl()).orElseThrow().shortName() + " " + each.name())
        .toList();
  }

  Cluster cluster(String name) {
    return (Cluster) model(translation(), ResourceType.CLUSTER, name);
  }

  RouteConfiguration routes() {
    return (RouteConfiguration) model(translation(), ResourceType.ROUTE_CONFIGURATION, ROUTES);
  }

  /** The first route of the first virtual host. */
  Route firstRoute() {
    return routes().virtualHosts().get(0).routes().get(0);
  }

  RouteAction.Forward firstAction() {
    return (RouteAction.Forward) firstRoute().action();
  }

  Listener listener(String name) {
    return (Listener) model(translation(), ResourceType.LISTENER, name);
  }

  static Object model(Translation translation, ResourceType type, String name) {
    return XdsYaml.decode(type, resource(translation, type, name).toBytes());
  }

  /** A resource as an Envoy would be shown it. */
  static Map<String, Object> json(Translation translation, ResourceType type, String name) {
    return JsonWriter.write(resource(translation, type, name).message());
  }

  private static Translation.Resource resource(
      Translation translation, ResourceType type, String name) {
    return translation.resources().stream()
        .filter(each -> each.typeUrl().equals(type.typeUrl()) && each.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not among " + names(translation)));
  }
}
