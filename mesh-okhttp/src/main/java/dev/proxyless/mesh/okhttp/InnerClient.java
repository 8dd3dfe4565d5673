package dev.proxyless.mesh.okhttp;

import dev.proxyless.mesh.call.Attempt;
import dev.proxyless.mesh.model.Cluster.Protocol;
import dev.proxyless.mesh.tls.ClientTls;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * The client of one endpoint for one TLS identity and one set of settings. Safe for use by several
 * threads.
 */
final class InnerClient {

  private final ClientTls.@Nullable Identity identity;
  private final Protocol protocol;
  private final Duration connectTimeout;
  private final Duration idleTimeout;
  private final Duration maxAge;
  private final long maxRequests;
  private final EndpointSockets sockets;
  private final OkHttpClient client;
  private final boolean hasInterceptors;
  private volatile @Nullable OkHttpClient upgrading;

  /**
   * The clients of the lanes, each with the bounds on idling that it was asked for of late: one for
   * requests that are sent at once and one for others, since an application makes both in turn.
   */
  private final AtomicReferenceArray<@Nullable OkHttpClient> lanes =
      new AtomicReferenceArray<>(2 * Lanes.COUNT);

  private final Lanes counting;
  private volatile boolean retired;

  /**
   * @param counting what counts the calls of each lane
   * @param hasInterceptors whether the application has network interceptors
   */
  InnerClient(
      ClientTls.@Nullable Identity identity,
      Attempt attempt,
      EndpointSockets sockets,
      OkHttpClient client,
      Lanes counting,
      boolean hasInterceptors) {
    this.identity = identity;
    protocol = attempt.protocol();
    connectTimeout = attempt.connectTimeout();
    idleTimeout = attempt.connectionIdleTimeout();
    maxAge = attempt.maxConnectionAge();
    maxRequests = attempt.maxConnectionRequests();
    this.sockets = sockets;
    this.client = client;
    this.counting = counting;
    this.hasInterceptors = hasInterceptors;
  }

  @SuppressWarnings("ReferenceEquality") // a generation is itself
  boolean serves(ClientTls.@Nullable Identity wanted, Attempt attempt) {
    return identity == wanted
        && protocol == attempt.protocol()
        && connectTimeout.equals(attempt.connectTimeout())
        && idleTimeout.equals(attempt.connectionIdleTimeout())
        && maxAge.equals(attempt.maxConnectionAge())
        && maxRequests == attempt.maxConnectionRequests();
  }

  /** Whether a request asks for another protocol on its connection, as a WebSocket does. */
  static boolean isUpgrade(Request request) {
    return "websocket".equalsIgnoreCase(request.header("Upgrade"));
  }

  /**
   * A call for a try. What interceptors have set for the caller's own call holds for it as well.
   *
   * @param idle the route's bound on idling; zero is none
   * @param isBounded whether the call as a whole ends by itself
   */
  Call newCall(Request request, Interceptor.Chain chain, Duration idle, boolean isBounded) {
    int read = shorter(chain.readTimeoutMillis(), idle);
    boolean atOnce = isBounded && isSentAtOnce(request);
    int write = atOnce ? 0 : shorter(chain.writeTimeoutMillis(), idle);
    if (isUpgrade(request)) {
      return timed(upgrading(), read, write).newCall(request);
    }
    int lane = Lanes.ofThisThread();
    int place = atOnce ? lane + Lanes.COUNT : lane;
    OkHttpClient known = lanes.get(place);
    if (known == null || !isTimed(known, read, write)) {
      known = timed(client.newBuilder().dispatcher(counting.dispatcher(lane)).build(), read, write);
      lanes.set(place, known); // a second one does no harm: they share their connections
    }
    return known.newCall(request);
  }

  /**
   * Whether sending cannot idle but for as long as the call may last: a head alone goes to the
   * socket's buffer. OkHttp bounds each write by a queue of time-outs under one lock for the whole
   * process, where threads wait for each other; an application's interceptor may rely on the bound.
   */
  private boolean isSentAtOnce(Request request) {
    return request.body() == null && protocol == Protocol.HTTP1 && !hasInterceptors;
  }

  private static OkHttpClient timed(OkHttpClient client, int read, int write) {
    return isTimed(client, read, write)
        ? client
        : client
            .newBuilder()
            .readTimeout(read, TimeUnit.MILLISECONDS)
            .writeTimeout(write, TimeUnit.MILLISECONDS)
            .build();
  }

  private static boolean isTimed(OkHttpClient client, int read, int write) {
    return client.readTimeoutMillis() == read && client.writeTimeoutMillis() == write;
  }

  /** Zero is no bound, for both. */
  private static int shorter(int clientMillis, Duration idle) {
    long idleMillis = idle.toMillis();
    boolean bounds = idleMillis > 0 && (clientMillis == 0 || idleMillis < clientMillis);
    return bounds ? (int) Math.min(idleMillis, Integer.MAX_VALUE) : clientMillis;
  }

  /** Whether it is the route's bound on idling that cuts a read, and not the application's. */
  static boolean isBoundBy(Duration idle, Interceptor.Chain chain) {
    return shorter(chain.readTimeoutMillis(), idle) != chain.readTimeoutMillis();
  }

  /** A call that leaves nothing with the application. */
  Call newUntracedCall(Request request) {
    return (client.cache() == null ? client : client.newBuilder().cache(null).build())
        .newCall(request);
  }

  /** As OkHttp makes WebSockets: by HTTP/1.1 and past the network interceptors. */
  private OkHttpClient upgrading() {
    OkHttpClient known = upgrading;
    if (known == null) {
      OkHttpClient.Builder builder =
          client.newBuilder().protocols(List.of(okhttp3.Protocol.HTTP_1_1));
      builder.networkInterceptors().clear();
      builder.addNetworkInterceptor(HiddenFromOkHttp.HIDE);
      known = builder.build();
      upgrading = known; // a second one does no harm: they share their connections
    }
    return known;
  }

  /**
   * Whether the failure of a try that had a connection came from the network, and not from an
   * interceptor of the application.
   */
  boolean failedByNetwork(Call inner) {
    return !hasInterceptors || isUpgrade(inner.request()) || NetworkEdge.hasFailed(inner);
  }

  /** The socket below a connection of this client. */
  @Nullable EndpointSocket socket(Connection connection) {
    return sockets.below(connection);
  }

  /** Idle connections close now, busy ones when they are released. */
  void retire() {
    retired = true;
    client.connectionPool().evictAll();
  }

  /** A call has given its connection back. */
  void released() {
    if (retired) {
      client.connectionPool().evictAll();
    }
  }
}
