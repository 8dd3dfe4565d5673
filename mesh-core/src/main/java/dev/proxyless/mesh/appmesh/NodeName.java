package dev.proxyless.mesh.appmesh;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which virtual node a process is.
 *
 * @param mesh the mesh's name
 * @param virtualNode the node's name
 */
public record NodeName(String mesh, String virtualNode) {

  private static final Pattern ID =
      Pattern.compile("(?:arn:[^/]*:)?mesh/([^/]+)/virtualNode/([^/]+)");

  /** Reads {@code mesh/M/virtualNode/N}, or an ARN that ends so. */
  public static Optional<NodeName> parse(String id) {
    Matcher matcher = ID.matcher(id);
    return matcher.matches()
        ? Optional.of(new NodeName(matcher.group(1), matcher.group(2)))
        : Optional.empty();
  }

  /** The id by which the node asks a control plane. */
  public String id() {
    return "mesh/" + mesh + "/virtualNode/" + virtualNode;
  }

  @Override
  public String toString() {
    return id();
  }
}
