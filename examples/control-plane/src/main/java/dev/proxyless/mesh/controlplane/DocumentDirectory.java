package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.appmesh.AppMeshDocuments;
import dev.proxyless.mesh.appmesh.NodeName;
import dev.proxyless.mesh.document.DocumentException;
import dev.proxyless.mesh.route.RouteTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads a directory of App Mesh documents for a command, and says in words what it holds. */
final class DocumentDirectory {

  private DocumentDirectory() {}

  /**
   * The first reading.
   *
   * @throws UnusableInputException if the directory cannot be read or has no document at all
   */
  static AppMeshDocuments read(Path directory) {
    AppMeshDocuments documents;
    try {
      documents =
          AppMeshDocuments.read(directory, AppMeshDocuments.NONE, RouteTable::expressionRefusal);
    } catch (DocumentException unreadable) {
      throw new UnusableInputException(String.valueOf(unreadable.getMessage()), unreadable);
    }
    if (documents.documentCount() == 0) {
      throw new UnusableInputException(
          directory
              + ": has no documents; right would be a directory of files that end in .json, .yaml or"
              + " .yml and hold what aws appmesh create-… and update-… take by --cli-input-json");
    }
    return documents;
  }

  /** How many resources there are of each kind, by App Mesh's word for it. */
  static Map<String, Integer> kinds(AppMeshDocuments documents) {
    Map<String, Integer> kinds = new LinkedHashMap<>();
    for (String kind : List.of("mesh", "virtualNode", "virtualService", "virtualRouter", "route")) {
      int count =
          (int)
              documents.resourceNames().stream()
                  .filter(name -> name.startsWith(kind + " "))
                  .count();
      if (count > 0) {
        kinds.put(kind, count);
      }
    }
    return kinds;
  }

  /** Such as {@code 10 documents became 8 resources: 1 mesh, 3 virtual nodes, …}. */
  static String inWords(AppMeshDocuments documents) {
    List<String> parts = new ArrayList<>();
    kinds(documents).forEach((kind, count) -> parts.add(count(count, spaced(kind))));
    return count(documents.documentCount(), "document")
        + " became "
        + count(documents.resourceCount(), "resource")
        + (parts.isEmpty() ? "" : ": " + String.join(", ", parts));
  }

  /** A number and its noun, in the plural where it is not one. */
  static String count(int number, String noun) {
    String plural = noun.endsWith("sh") ? noun + "es" : noun + "s";
    return number + " " + (number == 1 ? noun : plural);
  }

  private static String spaced(String camelCase) {
    return camelCase.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
  }

  /** Every virtual node of every mesh. */
  static List<NodeName> nodes(AppMeshDocuments documents) {
    List<NodeName> nodes = new ArrayList<>();
    for (String mesh : documents.meshes()) {
      documents.virtualNodes(mesh).forEach(node -> nodes.add(new NodeName(mesh, node)));
    }
    return nodes;
  }

  /**
   * The virtual node that an id names.
   *
   * @throws UnusableInputException if it names none that there is
   */
  static NodeName node(String id, AppMeshDocuments documents) {
    NodeName name =
        NodeName.parse(id)
            .orElseThrow(() -> new UnusableInputException(notANodeId(id, nodes(documents))));
    if (!nodes(documents).contains(name)) {
      throw new UnusableInputException(unknown(name, nodes(documents)));
    }
    return name;
  }

  /**
   * The virtual node of documents that have but one.
   *
   * @throws UnusableInputException if there are several, or none
   */
  static NodeName onlyNode(AppMeshDocuments documents) {
    List<NodeName> nodes = nodes(documents);
    if (nodes.size() != 1) {
      throw new UnusableInputException(
          "--node is missing, and there are "
              + count(nodes.size(), "virtual node")
              + "; right would be "
              + oneOf(nodes));
    }
    return nodes.get(0);
  }

  static String notANodeId(String id, List<NodeName> known) {
    return "node id \"" + id + "\" is no virtual node's; right would be " + oneOf(known);
  }

  static String unknown(NodeName name, List<NodeName> known) {
    return "there is no " + name.id() + "; right would be " + oneOf(known);
  }

  private static String oneOf(List<NodeName> known) {
    return known.isEmpty()
        ? "mesh/MESH/virtualNode/NODE, but the documents have no virtual node"
        : (known.size() == 1 ? "" : "one of ")
            + String.join(", ", known.stream().map(NodeName::id).toList());
  }
}
