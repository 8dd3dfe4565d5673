package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.appmesh.NodeName;
import dev.proxyless.mesh.model.Cluster.Discovery;
import dev.proxyless.mesh.proto.InvalidMessageException;
import dev.proxyless.mesh.xds.ResourceType;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.net.SocketAddress;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's stream. What it is sent follows the catalog: clusters and assignments at once,
 * listeners and routes when the clusters are taken, and the removal of clusters when the routes are
 * (make before break). Envoy takes clusters only once they are warm, so that no route leads to a
 * cluster that is not ready.
 *
 * <p>A response that the client refuses is not sent again; the next change is. The node need stand
 * in the first request alone. Source: the xDS protocol specification, "Eventual consistency
 * considerations". Used on the control thread, gRPC's callbacks included.
 */
final class AdsStream extends ServerCall.Listener<byte[]> {

  private static final Logger log = LoggerFactory.getLogger(AdsStream.class);

  private final ServerCall<byte[], byte[]> call;
  private final Clients clients;
  private final String peer;
  private final Map<ResourceType, Subscription> subscriptions = new EnumMap<>(ResourceType.class);
  private @Nullable Identity identity;
  private Map<String, ServedResource> clustersSent = Map.of();
  private long responses;
  private boolean ended;

  /** Who is at the other end. */
  record Identity(NodeName node, Client client, String userAgent) {}

  /** What streams belong to. */
  interface Clients {
    Catalog catalog();

    EndpointBook endpoints();

    void connected(AdsStream stream);

    void rejected(AdsStream stream, ResourceType type, String version, String reason);

    /** A node that is not served asks. */
    void refused(String nodeId, String peer, String reason);

    /** Endpoints are asked for and not looked for here. */
    void unfilled(AdsStream stream, String name);

    void disconnected(AdsStream stream, String reason);
  }

  AdsStream(ServerCall<byte[], byte[]> call, Clients clients) {
    this.call = call;
    this.clients = clients;
    SocketAddress address = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    peer = address == null ? "an unknown address" : address.toString().replaceFirst("^/", "");
    for (ResourceType type : ResourceType.values()) {
      subscriptions.put(type, new Subscription(type));
    }
    call.request(1);
  }

  String peer() {
    return peer;
  }

  /** Who asks; known once the first request was taken. */
  Identity identity() {
    if (identity == null) {
      throw new IllegalStateException("no request has come from " + peer);
    }
    return identity;
  }

  @Override
  public void onMessage(byte[] bytes) {
    if (ended) {
      return;
    }
    try {
      AdsMessages.Request request = AdsMessages.request(bytes);
      if (identity != null || identify(request)) {
        ResourceType.of(request.typeUrl())
            .ifPresentOrElse(
                type -> take(type, request),
                () ->
                    log.debug(
                        "{} asks for {}, of which there is nothing", peer, request.typeUrl()));
        call.request(1);
      }
    } catch (InvalidMessageException malformed) {
      end(
          Status.INVALID_ARGUMENT.withDescription(
              "a request that cannot be read: " + malformed.getMessage()));
    }
  }

  private boolean identify(AdsMessages.Request request) {
    Optional<ServedNode> node = NodeName.parse(request.nodeId()).flatMap(clients.catalog()::find);
    if (node.isEmpty()) {
      String reason = clients.catalog().refusal(request.nodeId());
      clients.refused(request.nodeId(), peer, reason);
      end(Status.NOT_FOUND.withDescription(reason));
      return false;
    }
    identity = new Identity(node.get().name(), Client.of(request.userAgent()), request.userAgent());
    call.sendHeaders(new Metadata());
    clients.connected(this);
    return true;
  }

  private void take(ResourceType type, AdsMessages.Request request) {
    Subscription subscription = subscription(type);
    if (!subscription.take(request)) {
      return;
    }
    request
        .error()
        .ifPresent(reason -> clients.rejected(this, type, subscription.sentVersion(), reason));
    if (type == ResourceType.CLUSTER_LOAD_ASSIGNMENT) {
      view().ifPresent(this::nameUnfilled);
    }
    refresh();
  }

  private void nameUnfilled(NodeView view) {
    for (String name : subscription(ResourceType.CLUSTER_LOAD_ASSIGNMENT).names()) {
      Discovery.CloudMap service = view.cloudMap().get(name);
      if (service != null && !clients.endpoints().asks(service)) {
        clients.unfilled(this, name);
      }
    }
  }

  private Optional<NodeView> view() {
    return clients.catalog().find(identity().node()).map(node -> node.view(identity().client()));
  }

  /** Sends what the client lacks. Ends the stream if its node is gone. */
  void refresh() {
    if (ended || identity == null) {
      return;
    }
    Optional<NodeView> found = view();
    if (found.isEmpty()) {
      end(Status.NOT_FOUND.withDescription(clients.catalog().refusal(identity().node().id())));
      return;
    }
    NodeView view = found.get();
    clusters(view);
    send(ResourceType.CLUSTER_LOAD_ASSIGNMENT, assignments(view));
    if (!subscription(ResourceType.CLUSTER).isPending()) {
      send(ResourceType.LISTENER, view.of(ResourceType.LISTENER));
      send(ResourceType.ROUTE_CONFIGURATION, view.of(ResourceType.ROUTE_CONFIGURATION));
    }
  }

  private void clusters(NodeView view) {
    Map<String, ServedResource> clusters = new TreeMap<>(view.of(ResourceType.CLUSTER));
    if (!hasNewest(ResourceType.LISTENER, view)
        || !hasNewest(ResourceType.ROUTE_CONFIGURATION, view)) {
      clustersSent.forEach(clusters::putIfAbsent);
    }
    boolean first = subscription(ResourceType.CLUSTER).sentVersion().isEmpty();
    if (send(ResourceType.CLUSTER, clusters)) {
      clustersSent = clusters;
      if (!first) {
        // Envoy makes a cluster that was changed anew, and waits for its endpoints once more.
        subscription(ResourceType.CLUSTER_LOAD_ASSIGNMENT).sendAgain();
      }
    }
  }

  /** Whether the client, if it asks for the type at all, uses what is served now. */
  private boolean hasNewest(ResourceType type, NodeView view) {
    Subscription subscription = subscription(type);
    return !subscription.isBegun()
        || subscription.has(ServedResource.version(subscription.select(view.of(type))));
  }

  private Map<String, ServedResource> assignments(NodeView view) {
    Map<String, ServedResource> known = new HashMap<>();
    for (String name : subscription(ResourceType.CLUSTER_LOAD_ASSIGNMENT).names()) {
      Optional.ofNullable(view.cloudMap().get(name))
          .flatMap(clients.endpoints()::find)
          .ifPresent(assignment -> known.put(name, assignment));
    }
    return known;
  }

  private boolean send(ResourceType type, Map<String, ServedResource> all) {
    Subscription subscription = subscription(type);
    Collection<ServedResource> wanted = subscription.select(all);
    String version = ServedResource.version(wanted);
    if (!subscription.lacks(version, wanted)) {
      return false;
    }
    String nonce = Long.toString(++responses);
    subscription.sent(version, nonce);
    call.sendMessage(AdsMessages.response(type, wanted, version, nonce));
    return true;
  }

  private Subscription subscription(ResourceType type) {
    Subscription found = subscriptions.get(type);
    if (found == null) {
      throw new IllegalStateException("no subscription of " + type);
    }
    return found;
  }

  @Override
  public void onHalfClose() {
    end(Status.OK);
  }

  @Override
  public void onCancel() {
    gone("the client went away");
  }

  /** Ends the stream; the client keeps what it has. */
  void end(Status status) {
    if (!ended) {
      call.close(status, new Metadata());
      gone(status.getDescription() == null ? "the client ended it" : status.getDescription());
    }
  }

  private void gone(String reason) {
    if (!ended) {
      ended = true;
      if (identity != null) {
        clients.disconnected(this, reason);
      }
    }
  }
}
