package dev.proxyless.mesh.appmesh;

import dev.proxyless.mesh.appmesh.AppMesh.Specification;
import dev.proxyless.mesh.appmesh.References.Dangling;
import dev.proxyless.mesh.document.Node;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps references whole after a reading: what is still referred to stays in force although its
 * file is gone, and a resource that refers to what never was is refused.
 */
final class ReferenceCheck {

  private final Map<ResourceId, Specification> before;
  private final Map<ResourceId, Specification> resources;
  private final Map<ResourceId, Node> documents;
  private final List<Problem> problems;

  /**
   * A check.
   *
   * @param before what was in force until now
   * @param resources what was read; changed in place
   * @param documents where each of them stands
   * @param problems to be added to
   */
  ReferenceCheck(
      Map<ResourceId, Specification> before,
      Map<ResourceId, Specification> resources,
      Map<ResourceId, Node> documents,
      List<Problem> problems) {
    this.before = before;
    this.resources = resources;
    this.documents = documents;
    this.problems = problems;
  }

  void run() {
    boolean changed = true;
    while (changed) {
      changed = keepWhatIsReferredTo();
    }
    changed = true;
    while (changed) {
      changed = refuseWhatDangles();
    }
    resources.forEach(
        (id, resource) -> {
          if (resource instanceof AppMesh.VirtualNode node) {
            References.missingBackends(id, node, resources)
                .forEach(missing -> problems.add(problem(id, missing, "")));
          }
        });
  }

  /** App Mesh refused to delete what was referred to; so a file that goes takes nothing along. */
  private boolean keepWhatIsReferredTo() {
    boolean kept = false;
    for (ResourceId id : List.copyOf(resources.keySet())) {
      Optional<Dangling> dangling = References.dangling(id, resources);
      ResourceId target = dangling.flatMap(Dangling::target).orElse(id);
      Specification gone = before.get(target);
      if (dangling.isPresent() && gone != null && !resources.containsKey(target)) {
        problems.add(problem(id, dangling.get(), "; what it said before stays in force"));
        resources.put(target, gone);
        kept = true;
      }
    }
    return kept;
  }

  /** A resource that refers to what is not there is refused, and so may be what refers to it. */
  private boolean refuseWhatDangles() {
    boolean refused = false;
    for (ResourceId id : List.copyOf(resources.keySet())) {
      Optional<Dangling> dangling = References.dangling(id, resources);
      if (dangling.isPresent()) {
        refused = true;
        refuse(id, dangling.get());
      }
    }
    return refused;
  }

  private void refuse(ResourceId id, Dangling dangling) {
    problems.add(problem(id, dangling, ""));
    Specification kept = before.get(id);
    if (kept != null
        && !kept.equals(resources.get(id))
        && References.dangling(id, kept, resources).isEmpty()) {
      resources.put(id, kept);
    } else {
      resources.remove(id);
    }
  }

  /** The document may know the field's line, and what leads there. */
  private Problem problem(ResourceId id, Dangling dangling, String more) {
    Node document = documents.get(id);
    Optional<Node> field = document == null ? Optional.empty() : find(document, dangling.path());
    String where =
        field.or(() -> Optional.ofNullable(document)).map(Node::where).orElse(id.toString());
    String path = field.map(Node::path).orElse(dangling.path());
    return Problem.error(where, id + ": " + path + ": " + dangling.reason() + more);
  }

  /** The first value whose path ends so. */
  private static Optional<Node> find(Node node, String path) {
    if (node.path().equals(path) || node.path().endsWith("." + path)) {
      return Optional.of(node);
    }
    List<Node> children =
        node.isMap()
            ? List.copyOf(node.fields().values())
            : node.isList() ? node.items() : List.of();
    return children.stream().flatMap(child -> find(child, path).stream()).findFirst();
  }
}
