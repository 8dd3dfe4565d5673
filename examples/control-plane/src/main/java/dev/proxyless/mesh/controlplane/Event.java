package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.appmesh.Problem;
import dev.proxyless.mesh.xds.ResourceType;
import java.time.Duration;
import java.util.List;

/** Something that happened to a control plane, for those who watch it. */
sealed interface Event {

  /** It is up. */
  record Started(String host, int port, String directory, Catalog catalog) implements Event {}

  /**
   * The documents changed, and what is served with them.
   *
   * @param nodes what changed for each node
   */
  record Changed(Catalog catalog, List<NodeChange> nodes) implements Event {}

  /**
   * What changed for one node.
   *
   * @param node its id
   * @param changes in words, such as {@code RDS rds_egress_http_8000}
   * @param clients how many clients are connected as this node
   */
  record NodeChange(String node, List<String> changes, int clients) {}

  /** Something is wrong with the documents, or does not act. */
  record ProblemFound(Problem problem) implements Event {}

  /** A problem that was told is gone. */
  record ProblemGone(Problem problem) implements Event {}

  /** A client has said who it is. */
  record Connected(AdsStream.Identity who, String peer) implements Event {}

  /** A client's stream has ended. */
  record Disconnected(AdsStream.Identity who, String peer, Duration after, String reason)
      implements Event {}

  /** A client asked as a node that is not served. */
  record Refused(String nodeId, String peer, String reason) implements Event {}

  /** A client did not take a response; it keeps what it had. */
  record Rejected(
      AdsStream.Identity who, String peer, ResourceType type, String version, String reason)
      implements Event {}

  /** Cloud Map has told other endpoints than before. */
  record Endpoints(String cluster, String service, int count) implements Event {}

  /** It ends. */
  record Stopped() implements Event {}
}
