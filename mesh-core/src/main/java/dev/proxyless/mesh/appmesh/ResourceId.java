package dev.proxyless.mesh.appmesh;

/**
 * The identity of an App Mesh resource: its kind and the names by which it is created.
 *
 * @param kind which kind
 * @param mesh the mesh's name
 * @param parent the router's name for a route; else empty
 * @param name its own name; the mesh's for a mesh
 */
record ResourceId(Kind kind, String mesh, String parent, String name) {

  /** The kinds of resources, by the word that App Mesh uses in their ARNs. */
  enum Kind {
    MESH("mesh"),
    VIRTUAL_NODE("virtualNode"),
    VIRTUAL_SERVICE("virtualService"),
    VIRTUAL_ROUTER("virtualRouter"),
    ROUTE("route"),
    VIRTUAL_GATEWAY("virtualGateway"),
    GATEWAY_ROUTE("gatewayRoute");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  @Override
  public String toString() {
    return kind.word() + " " + (parent.isEmpty() ? "" : parent + "/") + name;
  }
}
