package dev.proxyless.mesh.appmesh;

import dev.proxyless.mesh.document.DocumentException;
import dev.proxyless.mesh.document.Nearest;
import dev.proxyless.mesh.document.Node;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A map of a document that is read field by field and then asked what was left over: a field that
 * nobody reads is a typing error, and App Mesh's own API refused it too.
 */
final class Spec {

  private final Node node;
  private final Set<String> known = new LinkedHashSet<>();

  Spec(Node node) {
    this.node = node;
    node.fields(); // complains where the value is no map
  }

  Node node() {
    return node;
  }

  Optional<Node> find(String field) {
    known.add(field);
    return node.find(field);
  }

  Node required(String field) {
    known.add(field);
    return node.required(field);
  }

  Optional<Spec> child(String field) {
    return find(field).map(Spec::new);
  }

  Spec requiredChild(String field) {
    return new Spec(required(field));
  }

  List<Node> list(String field) {
    known.add(field);
    return node.list(field);
  }

  /** A list of at least {@code min} and at most {@code max} items, where it is there at all. */
  List<Node> list(String field, int min, int max) {
    List<Node> items = list(field);
    Optional<Node> present = node.find(field);
    if (present.isPresent() && (items.size() < min || items.size() > max)) {
      throw present.get().error("has " + items.size() + " items", min + " to " + max + " items");
    }
    return items;
  }

  /** The one member of a union that is set; empty where none is and none is required. */
  Optional<String> union(boolean required, String... members) {
    String found = null;
    for (String member : members) {
      known.add(member);
      if (node.find(member).isPresent()) {
        if (found != null) {
          throw node.error("has both " + found + " and " + member, "exactly one of them");
        }
        found = member;
      }
    }
    if (found == null && required) {
      throw node.error("has none of " + String.join(", ", members), "exactly one of them");
    }
    return Optional.ofNullable(found);
  }

  /** Names a field that is read elsewhere, or that is known and not read. */
  Spec ignore(String... fields) {
    known.addAll(List.of(fields));
    return this;
  }

  /** Whether there is a field that nobody has asked for. */
  boolean hasUnknown() {
    return !known.containsAll(node.fields().keySet());
  }

  /** Complains about the first field that nobody has asked for. */
  void end() {
    for (Map.Entry<String, Node> field : node.fields().entrySet()) {
      if (!known.contains(field.getKey())) {
        throw new DocumentException(
            field.getValue().where()
                + ": "
                + field.getValue().path()
                + ": is no field that App Mesh has here"
                + Nearest.hint(field.getKey(), known)
                + "; right would be one of "
                + new TreeSet<>(known));
      }
    }
  }
}
