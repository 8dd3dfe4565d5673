package dev.proxyless.mesh.appmesh;

import dev.proxyless.mesh.appmesh.AppMesh.Specification;
import dev.proxyless.mesh.appmesh.ResourceId.Kind;
import dev.proxyless.mesh.document.DocumentException;
import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Node;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The App Mesh documents of a directory: files as {@code aws appmesh create-…} and {@code update-…}
 * take them by {@code --cli-input-json}.
 *
 * <p>Files apply in the byte order of their names. A file whose name begins with {@code update-}
 * replaces the specification of a resource that a file before it created; creating a resource twice
 * is an error. A resource whose document cannot be used, or that refers to one that is not there,
 * stays as it was in the documents read before. Immutable.
 */
public final class AppMeshDocuments {

  /** No documents. */
  public static final AppMeshDocuments NONE =
      new AppMeshDocuments(Map.of(), Map.of(), List.of(), 0);

  private final Map<ResourceId, Specification> resources;
  private final Map<Path, ResourceId> idsByFile;
  private final List<Problem> problems;
  private final int documentCount;

  private AppMeshDocuments(
      Map<ResourceId, Specification> resources,
      Map<Path, ResourceId> idsByFile,
      List<Problem> problems,
      int documentCount) {
    this.resources = resources;
    this.idsByFile = idsByFile;
    this.problems = problems;
    this.documentCount = documentCount;
  }

  /**
   * Reads a directory: its files that end in {@code .json}, {@code .yaml} or {@code .yml}.
   *
   * @param before the documents that were in force until now; {@link #NONE} at first
   * @throws DocumentException if the directory cannot be read
   */
  public static AppMeshDocuments read(Path directory, AppMeshDocuments before) {
    Reading reading = new Reading(before);
    List<Path> files = files(directory);
    files.forEach(reading::file);
    reading.checkReferences();
    return new AppMeshDocuments(
        new LinkedHashMap<>(reading.resources),
        Map.copyOf(reading.idsByFile),
        List.copyOf(reading.problems),
        files.size());
  }

  private static List<Path> files(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .filter(file -> file.getFileName().toString().matches("[^.].*\\.(json|yaml|yml)"))
          .sorted((a, b) -> Arrays.compareUnsigned(nameBytes(a), nameBytes(b)))
          .toList();
    } catch (IOException unreadable) {
      throw new DocumentException(directory + ": is no directory that can be read", unreadable);
    }
  }

  private static byte[] nameBytes(Path file) {
    return file.getFileName().toString().getBytes(StandardCharsets.UTF_8);
  }

  /** What is wrong, and what does not act. */
  public List<Problem> problems() {
    return problems;
  }

  /** Whether any resource was refused. */
  public boolean hasErrors() {
    return problems.stream().anyMatch(Problem::isError);
  }

  /** How many files were read. */
  public int documentCount() {
    return documentCount;
  }

  /** How many resources they come to. */
  public int resourceCount() {
    return resources.size();
  }

  /** Every resource as kind and name, such as {@code route serviceB/serviceB}. */
  public List<String> resourceNames() {
    return resources.keySet().stream().map(ResourceId::toString).toList();
  }

  /** The names of all meshes. */
  public List<String> meshes() {
    TreeSet<String> names = new TreeSet<>();
    resources.keySet().forEach(id -> names.add(id.mesh()));
    return List.copyOf(names);
  }

  /** The names of a mesh's virtual nodes. */
  public List<String> virtualNodes(String mesh) {
    return resources.keySet().stream()
        .filter(id -> id.kind() == Kind.VIRTUAL_NODE && id.mesh().equals(mesh))
        .map(ResourceId::name)
        .sorted()
        .toList();
  }

  <T extends Specification> Optional<T> find(ResourceId id, Class<T> type) {
    return Optional.ofNullable(resources.get(id)).map(type::cast);
  }

  /** The routes of a router, by name, in no promised order. */
  Map<String, AppMesh.Route> routes(String mesh, String router) {
    Map<String, AppMesh.Route> routes = new LinkedHashMap<>();
    resources.forEach(
        (id, resource) -> {
          if (id.kind() == Kind.ROUTE && id.mesh().equals(mesh) && id.parent().equals(router)) {
            routes.put(id.name(), (AppMesh.Route) resource);
          }
        });
    return routes;
  }

  /** One reading under way. */
  private static final class Reading {
    private final AppMeshDocuments before;
    private final Map<ResourceId, Specification> resources = new LinkedHashMap<>();
    private final Map<Path, ResourceId> idsByFile = new HashMap<>();
    private final Map<ResourceId, Path> creators = new HashMap<>();
    private final Map<ResourceId, Node> documents = new HashMap<>();
    private final List<Problem> problems = new ArrayList<>();

    Reading(AppMeshDocuments before) {
      this.before = before;
    }

    void file(Path file) {
      try {
        Node document = Documents.read(file);
        Spec spec = new Spec(document);
        ResourceId id = id(spec);
        idsByFile.put(file, id);
        spec.ignore("clientToken", "meshOwner", "tags");
        apply(id, file, document, spec);
      } catch (DocumentException unusable) {
        problems.add(Problem.error(file, unusable));
        keepBefore(file);
      }
    }

    private void apply(ResourceId id, Path file, Node document, Spec spec) {
      boolean update = file.getFileName().toString().startsWith("update-");
      if (update && !creators.containsKey(id)) {
        throw document.error(
            "updates " + id + ", which no file before it creates",
            "a create file that sorts before this one");
      }
      if (!update && creators.containsKey(id)) {
        throw document.error(
            "creates " + id + ", which " + creators.get(id) + " creates already",
            "one create file for each resource, or a name that begins with update-");
      }
      creators.putIfAbsent(id, file);
      Optional<Node> specNode =
          id.kind() == Kind.MESH ? spec.find("spec") : Optional.of(spec.required("spec"));
      Specification resource =
          specNode.isPresent()
              ? new SpecReader(problems).read(id.kind(), new Spec(specNode.get()))
              : new AppMesh.Mesh(false);
      spec.end();
      documents.put(id, document);
      resources.put(id, resource);
    }

    /** A file that cannot even be parsed says nothing of its resource, but it did so before. */
    private void keepBefore(Path file) {
      ResourceId id = idsByFile.getOrDefault(file, before.idsByFile.get(file));
      if (id != null) {
        idsByFile.put(file, id);
        creators.putIfAbsent(id, file);
        Specification kept = before.resources.get(id);
        if (kept != null) {
          resources.put(id, kept);
        }
      }
    }

    private static ResourceId id(Spec spec) {
      String mesh = spec.required("meshName").name();
      Optional<String> route = name(spec, "routeName");
      Optional<String> router = name(spec, "virtualRouterName");
      Optional<String> node = name(spec, "virtualNodeName");
      Optional<String> service = name(spec, "virtualServiceName");
      Optional<String> gateway = name(spec, "virtualGatewayName");
      Optional<String> gatewayRoute = name(spec, "gatewayRouteName");
      if (route.isPresent()) {
        return new ResourceId(
            Kind.ROUTE, mesh, spec.required("virtualRouterName").name(), route.get());
      }
      if (gatewayRoute.isPresent()) {
        return new ResourceId(Kind.GATEWAY_ROUTE, mesh, gateway.orElse(""), gatewayRoute.get());
      }
      if (gateway.isPresent()) {
        return new ResourceId(Kind.VIRTUAL_GATEWAY, mesh, "", gateway.get());
      }
      if (node.isPresent()) {
        return new ResourceId(Kind.VIRTUAL_NODE, mesh, "", node.get());
      }
      if (service.isPresent()) {
        return new ResourceId(Kind.VIRTUAL_SERVICE, mesh, "", service.get());
      }
      return router
          .map(name -> new ResourceId(Kind.VIRTUAL_ROUTER, mesh, "", name))
          .orElseGet(() -> new ResourceId(Kind.MESH, mesh, "", mesh));
    }

    private static Optional<String> name(Spec spec, String field) {
      return spec.find(field).map(Node::name);
    }

    /** A resource that refers to what is not there is refused, and so may be what refers to it. */
    void checkReferences() {
      boolean refused = true;
      while (refused) {
        refused = false;
        for (ResourceId id : List.copyOf(resources.keySet())) {
          Optional<String> dangling = References.dangling(id, resources);
          if (dangling.isPresent()) {
            refused = true;
            refuse(id, dangling.get());
          }
        }
      }
      resources.forEach(
          (id, resource) -> {
            if (resource instanceof AppMesh.VirtualNode node) {
              References.missingBackends(id, node, resources)
                  .forEach(reason -> problems.add(Problem.error(where(id), id + ": " + reason)));
            }
          });
    }

    private String where(ResourceId id) {
      Node document = documents.get(id);
      return document == null ? id.toString() : document.where();
    }

    private void refuse(ResourceId id, String reason) {
      problems.add(Problem.error(where(id), id + ": " + reason));
      Specification kept = before.resources.get(id);
      if (kept != null
          && !kept.equals(resources.get(id))
          && References.dangling(id, kept, resources).isEmpty()) {
        resources.put(id, kept);
      } else {
        resources.remove(id);
      }
    }
  }
}
