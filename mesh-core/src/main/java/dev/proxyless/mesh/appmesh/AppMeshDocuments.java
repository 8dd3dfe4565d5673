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

  /** Which resource a file is about, by the file's name: for when it can no longer be read. */
  private final Map<String, ResourceId> subjects;

  private final List<Problem> problems;
  private final int documentCount;

  private AppMeshDocuments(
      Map<ResourceId, Specification> resources,
      Map<String, ResourceId> subjects,
      List<Problem> problems,
      int documentCount) {
    this.resources = resources;
    this.subjects = subjects;
    this.problems = problems;
    this.documentCount = documentCount;
  }

  /** What only other rooms can tell of a document before it is used. */
  public interface Checks {

    /** Nothing is checked. */
    Checks NONE = expression -> Optional.empty();

    /** Why a regular expression cannot be used; empty if it can. */
    Optional<String> expressionRefusal(String expression);
  }

  /**
   * Reads a directory: its files that end in {@code .json}, {@code .yaml} or {@code .yml}.
   *
   * @param before the documents that were in force until now; {@link #NONE} at first
   * @throws DocumentException if the directory cannot be read
   */
  public static AppMeshDocuments read(Path directory, AppMeshDocuments before, Checks checks) {
    Reading reading = new Reading(before, checks);
    List<Path> files = files(directory);
    files.forEach(reading::file);
    new ReferenceCheck(before.resources, reading.resources, reading.documents, reading.problems)
        .run();
    return new AppMeshDocuments(
        reading.resources, reading.subjects, List.copyOf(reading.problems), files.size());
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
    private final Checks checks;
    private final Map<ResourceId, Specification> resources = new LinkedHashMap<>();
    private final Map<String, ResourceId> subjects = new LinkedHashMap<>();

    /** The file that creates a resource, even where it cannot be used. */
    private final Map<ResourceId, String> creators = new LinkedHashMap<>();

    private final Map<ResourceId, Node> documents = new LinkedHashMap<>();
    private final List<Problem> problems = new ArrayList<>();

    Reading(AppMeshDocuments before, Checks checks) {
      this.before = before;
      this.checks = checks;
    }

    void file(Path file) {
      String name = file.getFileName().toString();
      try {
        read(file, name);
      } catch (DocumentException unusable) {
        problems.add(Problem.of(file, unusable));
        keepBefore(name);
      }
    }

    private void read(Path file, String name) {
      Node document = Documents.read(file);
      Spec spec = new Spec(document);
      ResourceId id = id(spec);
      spec.ignore("clientToken", "meshOwner", "tags", "spec");
      if (isNamed(id) || !spec.hasUnknown()) {
        subjects.put(name, id);
      }
      spec.end();
      Optional<Node> found =
          id.kind() == Kind.MESH ? spec.find("spec") : Optional.of(spec.required("spec"));
      if (isUpdate(name) && !creators.containsKey(id)) {
        throw document.error(
            "updates " + id + ", which no file before it creates",
            "a create file that sorts before this one");
      }
      String creator = isUpdate(name) ? null : creators.putIfAbsent(id, name);
      if (creator != null) {
        throw document.error(
            "creates " + id + ", which " + creator + " creates already",
            "one create file for each resource, or a name that begins with update-");
      }
      Specification resource =
          found.isPresent()
              ? new SpecReader(problems, checks).read(id.kind(), new Spec(found.get()))
              : new AppMesh.Mesh(false);
      documents.put(id, document);
      resources.put(id, resource);
    }

    private static boolean isUpdate(String name) {
      return name.startsWith("update-");
    }

    /** Of a file that cannot be read at all, the last reading knows what it was about. */
    private void keepBefore(String name) {
      ResourceId id = subjects.computeIfAbsent(name, before.subjects::get);
      if (id == null) {
        return;
      }
      if (!isUpdate(name)) {
        creators.putIfAbsent(id, name);
      }
      Specification kept = before.resources.get(id);
      if (kept != null) {
        resources.put(id, kept);
      }
    }

    private static ResourceId id(Spec spec) {
      String mesh = spec.required("meshName").name();
      Optional<String> router = name(spec, "virtualRouterName");
      Optional<String> gateway = name(spec, "virtualGatewayName");
      Optional<String> own =
          spec.union(
              false, "routeName", "gatewayRouteName", "virtualNodeName", "virtualServiceName");
      String name = own.map(field -> spec.required(field).name()).orElse("");
      return switch (own.orElse("")) {
        case "routeName" ->
            new ResourceId(Kind.ROUTE, mesh, spec.required("virtualRouterName").name(), name);
        case "gatewayRouteName" ->
            new ResourceId(Kind.GATEWAY_ROUTE, mesh, gateway.orElse(""), name);
        case "virtualNodeName" -> new ResourceId(Kind.VIRTUAL_NODE, mesh, "", name);
        case "virtualServiceName" -> new ResourceId(Kind.VIRTUAL_SERVICE, mesh, "", name);
        default ->
            gateway
                .map(each -> new ResourceId(Kind.VIRTUAL_GATEWAY, mesh, "", each))
                .or(() -> router.map(each -> new ResourceId(Kind.VIRTUAL_ROUTER, mesh, "", each)))
                .orElseGet(() -> new ResourceId(Kind.MESH, mesh, "", mesh));
      };
    }

    /**
     * Whether a document says outright which resource it is about. Routers, gateways and meshes are
     * known by what a document does not name, which may only be mistyped.
     */
    private static boolean isNamed(ResourceId id) {
      return switch (id.kind()) {
        case MESH, VIRTUAL_ROUTER, VIRTUAL_GATEWAY -> false;
        case VIRTUAL_NODE, VIRTUAL_SERVICE, ROUTE, GATEWAY_ROUTE -> true;
      };
    }

    private static Optional<String> name(Spec spec, String field) {
      return spec.find(field).map(Node::name);
    }
  }
}
