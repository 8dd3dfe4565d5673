package dev.proxyless.mesh.appmesh;

import dev.proxyless.mesh.appmesh.AppMesh.Route;
import dev.proxyless.mesh.appmesh.AppMesh.ServiceProvider;
import dev.proxyless.mesh.appmesh.AppMesh.Specification;
import dev.proxyless.mesh.appmesh.AppMesh.VirtualNode;
import dev.proxyless.mesh.appmesh.AppMesh.VirtualService;
import dev.proxyless.mesh.appmesh.AppMesh.WeightedTarget;
import dev.proxyless.mesh.appmesh.ResourceId.Kind;
import dev.proxyless.mesh.document.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Checks that what a resource refers to is there. References are by name, inside one mesh. */
final class References {

  private References() {}

  /**
   * A reference to what is not there, or cannot be meant.
   *
   * @param path the field's, or its end
   * @param reason what is wrong, and what would be right
   * @param target what is not there; empty where it is there and cannot be meant
   */
  record Dangling(String path, String reason, Optional<ResourceId> target) {}

  /** What a resource refers to and is not there; empty where all is. */
  static Optional<Dangling> dangling(ResourceId id, Map<ResourceId, Specification> all) {
    return dangling(id, all.get(id), all);
  }

  static Optional<Dangling> dangling(
      ResourceId id, @Nullable Specification resource, Map<ResourceId, Specification> all) {
    if (id.kind() != Kind.MESH
        && !all.containsKey(new ResourceId(Kind.MESH, id.mesh(), "", id.mesh()))) {
      return absent("meshName", Kind.MESH, id.mesh(), id.mesh(), all);
    }
    if (resource instanceof VirtualService service && service.provider().isPresent()) {
      ServiceProvider provider = service.provider().get();
      return absent(
          provider.isRouter()
              ? "spec.provider.virtualRouter.virtualRouterName"
              : "spec.provider.virtualNode.virtualNodeName",
          provider.isRouter() ? Kind.VIRTUAL_ROUTER : Kind.VIRTUAL_NODE,
          id.mesh(),
          provider.name(),
          all);
    }
    if (resource instanceof Route route) {
      return absent("virtualRouterName", Kind.VIRTUAL_ROUTER, id.mesh(), id.parent(), all)
          .or(() -> targets(id, route, all));
    }
    return Optional.empty();
  }

  /** The backends of a virtual node that are not there. The node itself is good without them. */
  static List<Dangling> missingBackends(
      ResourceId id, VirtualNode node, Map<ResourceId, Specification> all) {
    List<Dangling> missing = new ArrayList<>();
    for (int i = 0; i < node.backends().size(); i++) {
      String path = "spec.backends[" + i + "].virtualService.virtualServiceName";
      String service = node.backends().get(i).virtualService();
      absent(path, Kind.VIRTUAL_SERVICE, id.mesh(), service, all).ifPresent(missing::add);
    }
    return missing;
  }

  private static Optional<Dangling> targets(
      ResourceId id, Route route, Map<ResourceId, Specification> all) {
    for (int i = 0; i < route.targets().size(); i++) {
      WeightedTarget target = route.targets().get(i);
      String path = "action.weightedTargets[" + i + "]";
      Optional<Dangling> absent =
          absent(path + ".virtualNode", Kind.VIRTUAL_NODE, id.mesh(), target.virtualNode(), all);
      if (absent.isPresent()) {
        return absent;
      }
      VirtualNode node =
          (VirtualNode)
              all.get(new ResourceId(Kind.VIRTUAL_NODE, id.mesh(), "", target.virtualNode()));
      if (node == null || node.listener(target.port()).isEmpty()) {
        String wanted = target.port().isPresent() ? " on port " + target.port().getAsInt() : "";
        return Optional.of(
            new Dangling(
                path,
                "virtual node \""
                    + target.virtualNode()
                    + "\" has no listener"
                    + wanted
                    + "; right would be "
                    + (node == null || node.listeners().isEmpty()
                        ? "a node that listens"
                        : "one of "
                            + node.listeners().stream()
                                .map(each -> each.mapping().port())
                                .toList()),
                Optional.empty()));
      }
      if (target.port().isEmpty() && node.listeners().size() > 1) {
        return Optional.of(
            new Dangling(
                path + ".port",
                "is missing; virtual node \""
                    + target.virtualNode()
                    + "\" has "
                    + node.listeners().size()
                    + " listeners, so the port must be told",
                Optional.empty()));
      }
    }
    return Optional.empty();
  }

  private static Optional<Dangling> absent(
      String path, Kind kind, String mesh, String name, Map<ResourceId, Specification> all) {
    ResourceId target = new ResourceId(kind, mesh, "", name);
    if (all.containsKey(target)) {
      return Optional.empty();
    }
    TreeSet<String> known = new TreeSet<>();
    all.keySet().stream()
        .filter(id -> id.kind() == kind && (kind == Kind.MESH || id.mesh().equals(mesh)))
        .forEach(id -> known.add(id.name()));
    return Optional.of(
        new Dangling(
            path,
            "there is no "
                + kind.word()
                + " \""
                + name
                + "\""
                + Nearest.hint(name, known)
                + "; right would be "
                + (known.isEmpty() ? "a document that creates it" : "one of " + known),
            Optional.of(target)));
  }
}
