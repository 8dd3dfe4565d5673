package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.proto.InvalidMessageException;
import dev.proxyless.mesh.telemetry.Telemetry;
import dev.proxyless.mesh.time.MeshTime;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stream to a control plane: ADS, state of the world.
 *
 * <p>Clusters and listeners are subscribed to as a whole, assignments and routes by the names that
 * those refer to. Every response of a subscribed type is answered once, with its nonce: accepted by
 * its version, or refused by the version before and what is wrong with which field. Versions
 * outlive a stream, nonces do not. Every request carries the node, as Envoy's do: the protocol asks
 * for it on the first alone, but there are servers that look for it on each. A stream that ends is
 * opened again after a jittered back-off, which a response resets; what was received stays in force
 * all the while.
 *
 * <p>Everything here runs on the configuration thread, gRPC's callbacks included. Sources: the xDS
 * protocol specification; gRFC A57 for what ends a stream well.
 */
public final class AdsClient implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(AdsClient.class);
  private static final Duration MIN_BACKOFF = Duration.ofMillis(500);
  private static final Duration MAX_BACKOFF = Duration.ofSeconds(30);
  private static final MethodDescriptor<byte[], byte[]> STREAM_AGGREGATED_RESOURCES =
      MethodDescriptor.<byte[], byte[]>newBuilder()
          .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
          .setFullMethodName(
              "envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources")
          .setRequestMarshaller(BytesMarshaller.INSTANCE)
          .setResponseMarshaller(BytesMarshaller.INSTANCE)
          .build();

  private final String server;
  private final NodeIdentity node;
  private final ManagedChannel channel;
  private final ResourceStore store;
  private final Runnable changed;
  private final MeshTime time;
  private final Executor configurationThread;
  private final Telemetry telemetry;
  private final Map<ResourceType, Subscription> subscriptions = new EnumMap<>(ResourceType.class);

  private @Nullable Stream stream;
  private Duration backoff = MIN_BACKOFF;
  private boolean closed;

  /** What is subscribed to of one type. */
  private static final class Subscription {
    private Set<String> names = new TreeSet<>();
    private String version = "";
    private String nonce = "";
    private boolean begun;
  }

  /**
   * A client that is not connected yet.
   *
   * @param server the control plane's address, for messages
   * @param channel to the control plane; closed with this client
   * @param configurationThread the executor that the channel calls back on
   * @param changed what follows once the store has taken over a response
   */
  public AdsClient(
      String server,
      NodeIdentity node,
      AdsChannel channel,
      ResourceStore store,
      Runnable changed,
      MeshTime time,
      Executor configurationThread,
      Telemetry telemetry) {
    this.server = server;
    this.node = node;
    this.channel = channel.channel();
    this.store = store;
    this.changed = changed;
    this.time = time;
    this.configurationThread = configurationThread;
    this.telemetry = telemetry;
    for (ResourceType type : ResourceType.values()) {
      subscriptions.put(type, new Subscription());
    }
  }

  /** Opens the stream, and keeps opening it until {@link #close}. */
  public void start() {
    configurationThread.execute(this::connect);
  }

  private void connect() {
    if (closed) {
      return;
    }
    channel
        .resetConnectBackoff(); // this client waits between streams; the channel need not as well
    stream = new Stream();
    stream.open();
  }

  private Subscription subscription(ResourceType type) {
    Subscription found = subscriptions.get(type);
    if (found == null) {
      throw new IllegalStateException("no subscription of " + type);
    }
    return found;
  }

  /** Ends the stream and the channel. */
  @Override
  public void close() {
    closed = true;
    Stream open = stream;
    if (open != null) {
      open.call.cancel("the mesh is closed", null);
    }
    channel.shutdownNow();
  }

  private final class Stream extends ClientCall.Listener<byte[]> {

    private final ClientCall<byte[], byte[]> call =
        channel.newCall(STREAM_AGGREGATED_RESOURCES, CallOptions.DEFAULT);
    private boolean answered;

    void open() {
      call.start(this, new Metadata());
      call.request(1);
      for (ResourceType type : ResourceType.values()) {
        Subscription subscription = subscription(type);
        subscription.nonce = "";
        subscription.begun = false;
        subscribe(type);
      }
    }

    /**
     * Asks for what is wanted of a type, if that has changed or was not asked for on this stream.
     */
    private void subscribe(ResourceType type) {
      Subscription subscription = subscription(type);
      Set<String> wanted = store.wanted(type);
      boolean nothing = !type.isWildcard() && wanted.isEmpty() && !subscription.begun;
      if (nothing || (subscription.begun && wanted.equals(subscription.names))) {
        return;
      }
      subscription.names = wanted;
      store.retainWanted(type);
      send(type, "");
    }

    private void send(ResourceType type, String error) {
      Subscription subscription = subscription(type);
      subscription.begun = true;
      call.sendMessage(
          AdsMessages.request(
              node, type, subscription.names, subscription.version, subscription.nonce, error));
    }

    @Override
    public void onMessage(byte[] bytes) {
      if (this != stream) {
        return;
      }
      if (!answered) {
        answered = true;
        backoff = MIN_BACKOFF;
        telemetry.meters().controlPlane(server, true);
        telemetry.tell(listener -> listener.controlPlane(server, true));
        log.info("connected to the control plane {} as node {}", server, node.id());
      }
      try {
        AdsMessages.Response response = AdsMessages.response(bytes);
        Optional<ResourceType> type = ResourceType.of(response.typeUrl());
        if (type.isPresent() && subscription(type.get()).begun) {
          take(type.get(), response);
        } else {
          log.debug("a response of type {} was not asked for", response.typeUrl());
        }
      } catch (InvalidMessageException malformed) {
        log.warn("{} sent a response that cannot be read: {}", server, malformed.getMessage());
      }
      call.request(1);
    }

    private void take(ResourceType type, AdsMessages.Response response) {
      Subscription subscription = subscription(type);
      List<String> errors = new ArrayList<>(response.errors());
      if (errors.isEmpty()) {
        errors.addAll(
            store.apply(type, wantedOnly(type, response), response.version(), type.isWildcard()));
      }
      subscription.nonce = response.nonce();
      if (errors.isEmpty()) {
        subscription.version = response.version();
        send(type, "");
      } else {
        send(type, "node " + node.id() + ": " + String.join("; ", errors));
      }
      for (ResourceType dependent : ResourceType.values()) {
        if (!dependent.isWildcard()) {
          subscribe(dependent);
        }
      }
      changed.run();
    }

    private List<XdsResource> wantedOnly(ResourceType type, AdsMessages.Response response) {
      if (type.isWildcard()) {
        return response.resources();
      }
      Set<String> names = subscription(type).names;
      return response.resources().stream()
          .filter(resource -> names.contains(resource.name()))
          .toList();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (this != stream || closed) {
        return;
      }
      stream = null;
      Duration delay = Duration.ofMillis(jittered(backoff.toMillis()));
      if (answered) {
        telemetry.meters().controlPlane(server, false);
        telemetry.tell(listener -> listener.controlPlane(server, false));
        log.info(
            "the stream to the control plane {} ended ({}); configuration stays in force; next try in"
                + " {} ms",
            server,
            describe(status),
            delay.toMillis());
      } else {
        log.warn(
            "the control plane {} does not answer node {}: {}; next try in {} ms",
            server,
            node.id(),
            describe(status),
            delay.toMillis());
      }
      backoff = min(backoff.multipliedBy(2), MAX_BACKOFF);
      time.schedule(delay, () -> configurationThread.execute(AdsClient.this::connect));
    }
  }

  /** From half of the interval to the whole of it. */
  private long jittered(long millis) {
    return millis / 2 + Long.remainderUnsigned(time.random(), millis / 2 + 1);
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static String describe(Status status) {
    String cause = status.getCause() == null ? "" : ", " + status.getCause().getMessage();
    String description = status.getDescription() == null ? "" : " " + status.getDescription();
    return (status.getCode() + description + cause).replaceAll("\\s+", " ");
  }
}
