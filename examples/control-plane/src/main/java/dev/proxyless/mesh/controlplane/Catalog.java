package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.appmesh.AppMeshDocuments;
import dev.proxyless.mesh.appmesh.NodeName;
import dev.proxyless.mesh.appmesh.Problem;
import dev.proxyless.mesh.model.Cluster.Discovery;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;

/** The documents of a directory, and what they come to for each virtual node. Immutable. */
final class Catalog {

  /** No documents. */
  static final Catalog EMPTY = new Catalog(AppMeshDocuments.NONE, Map.of());

  private final AppMeshDocuments documents;
  private final Map<NodeName, ServedNode> nodes;

  private Catalog(AppMeshDocuments documents, Map<NodeName, ServedNode> nodes) {
    this.documents = documents;
    this.nodes = nodes;
  }

  /** The catalog that follows this one. */
  Catalog next(AppMeshDocuments newDocuments, int envoyPortOffset) {
    Map<NodeName, ServedNode> newNodes = new LinkedHashMap<>();
    for (NodeName name : DocumentDirectory.nodes(newDocuments)) {
      newNodes.put(
          name,
          ServedNode.of(name, newDocuments, envoyPortOffset, Optional.ofNullable(nodes.get(name))));
    }
    return new Catalog(newDocuments, newNodes);
  }

  AppMeshDocuments documents() {
    return documents;
  }

  Collection<ServedNode> nodes() {
    return nodes.values();
  }

  Optional<ServedNode> find(NodeName name) {
    return Optional.ofNullable(nodes.get(name));
  }

  /** Why a node id is not served. */
  String refusal(String id) {
    List<NodeName> known = List.copyOf(nodes.keySet());
    return NodeName.parse(id)
        .map(name -> DocumentDirectory.unknown(name, known))
        .orElseGet(() -> DocumentDirectory.notANodeId(id, known));
  }

  /** What is wrong, and what does not act: with the documents first, then with each node. */
  List<Problem> problems() {
    List<Problem> problems = new ArrayList<>(documents.problems());
    nodes.values().forEach(node -> problems.addAll(node.problems()));
    return problems;
  }

  /** What is served differently, by node; {@code clients} counts those who hear of it. */
  List<Event.NodeChange> changesSince(Catalog before, ToIntFunction<String> clients) {
    List<Event.NodeChange> changes = new ArrayList<>();
    for (ServedNode node : nodes.values()) {
      ServedNode then = before.nodes.get(node.name());
      Set<String> different = new LinkedHashSet<>();
      if (then == null) {
        different.add("is new");
      } else {
        different.addAll(node.library().changesSince(then.library()));
        different.addAll(node.envoy().changesSince(then.envoy()));
      }
      if (!different.isEmpty()) {
        changes.add(change(node.name(), List.copyOf(different), clients));
      }
    }
    for (NodeName name : before.nodes.keySet()) {
      if (!nodes.containsKey(name)) {
        changes.add(change(name, List.of("is gone"), clients));
      }
    }
    return changes;
  }

  private static Event.NodeChange change(
      NodeName name, List<String> changes, ToIntFunction<String> clients) {
    return new Event.NodeChange(name.id(), changes, clients.applyAsInt(name.id()));
  }

  /** Every Cloud Map service that a cluster's endpoints come from. */
  Set<Discovery.CloudMap> cloudMap() {
    Set<Discovery.CloudMap> all = new HashSet<>();
    nodes.values().forEach(node -> all.addAll(node.library().cloudMap().values()));
    return all;
  }
}
