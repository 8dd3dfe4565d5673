package dev.proxyless.mesh.okhttp;

import dev.proxyless.mesh.call.Attempt;
import dev.proxyless.mesh.cluster.Endpoint;
import dev.proxyless.mesh.model.Cluster.Protocol;
import dev.proxyless.mesh.model.TlsContext;
import dev.proxyless.mesh.tls.ClientTls;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.LongSupplier;
import okhttp3.Authenticator;
import okhttp3.CertificatePinner;
import okhttp3.ConnectionSpec;
import okhttp3.CookieJar;
import okhttp3.Dispatcher;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import okhttp3.TlsVersion;
import org.jspecify.annotations.Nullable;

/**
 * Derives the clients that tries are made with: one for each endpoint and TLS identity, with a
 * connection pool of its own.
 *
 * <p>OkHttp's pool is a list that every acquisition walks, so that one client for a thousand
 * endpoints costs several times the CPU; and its pool key knows nothing of socket factories. A
 * client that can reach one endpoint alone has neither trouble. It re-sends and follows nothing,
 * and knows neither cookies nor credentials: that is decided above, on the caller's own URL.
 */
final class InnerClients {

  /** Idle connections kept for an endpoint; the cluster's limits bound how many there can be. */
  private static final int MAX_IDLE = 64;

  private final OkHttpClient base;
  private final boolean hasInterceptors;
  private final MeshOkHttp.Options options;
  private final LongSupplier clock;
  private final Lanes lanes = new Lanes();
  private final Function<Endpoint, OfEndpoint> ofEndpoint = OfEndpoint::new;

  InnerClients(OkHttpClient donor, MeshOkHttp.Options options, LongSupplier clock) {
    OkHttpClient.Builder builder =
        donor
            .newBuilder()
            .dispatcher(new Dispatcher())
            .eventListener(EventListener.NONE)
            .retryOnConnectionFailure(false)
            .followRedirects(false)
            .followSslRedirects(false)
            .authenticator(Authenticator.NONE)
            .cookieJar(CookieJar.NO_COOKIES)
            .fastFallback(false)
            .proxy(Proxy.NO_PROXY)
            .callTimeout(0, TimeUnit.MILLISECONDS);
    builder.interceptors().clear();
    hasInterceptors = !builder.networkInterceptors().isEmpty();
    builder.networkInterceptors().add(0, HiddenFromOkHttp.HIDE);
    base = builder.build();
    this.options = options;
    this.clock = clock;
  }

  /** A client that never connects: it asks the application's cache, and nothing else. */
  OkHttpClient cacheAlone() {
    OkHttpClient.Builder builder = base.newBuilder();
    builder.networkInterceptors().clear();
    return builder.build();
  }

  /** Whether a request may be sent once more where its idle connection had died. */
  boolean resendsOnDeadConnection() {
    return options.resendsOnDeadConnection();
  }

  /** The clients of an endpoint. To be asked while a try runs there. */
  OfEndpoint of(Endpoint endpoint) {
    return endpoint.resource(this, ofEndpoint);
  }

  /** The clients of one endpoint; closed when the endpoint goes. */
  final class OfEndpoint implements AutoCloseable {
    private final Endpoint endpoint;
    private final AtomicReference<@Nullable InnerClient> current = new AtomicReference<>();
    private volatile boolean closed;

    OfEndpoint(Endpoint endpoint) {
      this.endpoint = endpoint;
    }

    /** The client for a try. A change of identity or settings retires the client before. */
    InnerClient client(Attempt attempt) {
      ClientTls.@Nullable Identity identity =
          attempt.tls() == null ? null : attempt.tls().current();
      InnerClient found = current.get();
      if (found != null && found.serves(identity, attempt)) {
        return found;
      }
      InnerClient next = derive(endpoint, identity, attempt);
      while (!current.compareAndSet(found, next)) {
        found = current.get();
        if (found != null && found.serves(identity, attempt)) {
          return found;
        }
      }
      if (found != null) {
        found.retire();
      }
      if (closed) { // a try that began before still ends; nothing is kept after it
        renew(next);
      }
      return next;
    }

    /** Gives up the connections of this client; the next try makes a fresh one. */
    void renew(InnerClient dead) {
      if (current.compareAndSet(dead, null)) {
        dead.retire();
      }
    }

    /** Idle connections close now, busy ones when they are released. */
    @Override
    public void close() {
      closed = true;
      InnerClient last = current.getAndSet(null);
      if (last != null) {
        last.retire();
      }
    }
  }

  private InnerClient derive(
      Endpoint endpoint, ClientTls.@Nullable Identity identity, Attempt attempt) {
    InetAddress address = address(endpoint);
    Duration idleTime = shorter(options.idleTime(), attempt.connectionIdleTimeout());
    Duration maxAge = shorter(options.maxConnectionAge(), attempt.maxConnectionAge());
    EndpointSockets sockets = new EndpointSockets(address, endpoint.port(), clock);
    OkHttpClient.Builder builder =
        base.newBuilder()
            .connectionPool(IdleConnections.pool(MAX_IDLE, idleTime))
            .dns(host -> List.of(address))
            .socketFactory(sockets)
            .connectTimeout(attempt.connectTimeout())
            .protocols(protocols(attempt.protocol(), identity != null));
    if (hasInterceptors || !maxAge.isZero() || attempt.maxConnectionRequests() > 0) {
      builder.addNetworkInterceptor(
          new NetworkEdge(sockets, maxAge, attempt.maxConnectionRequests()));
    }
    if (identity != null) {
      builder
          .sslSocketFactory(identity.socketFactory(), identity.trustManager())
          .hostnameVerifier(identity.hostnameVerifier())
          .certificatePinner(CertificatePinner.DEFAULT)
          .connectionSpecs(List.of(connectionSpec(identity)));
    }
    return new InnerClient(identity, attempt, sockets, builder.build(), lanes, hasInterceptors);
  }

  /** Zero is no bound, for both. */
  private static Duration shorter(Duration one, Duration other) {
    return one.isZero() || (!other.isZero() && other.compareTo(one) < 0) ? other : one;
  }

  /** Endpoints are addresses; no name is looked up here. */
  private static InetAddress address(Endpoint endpoint) {
    try {
      return InetAddress.getByName(endpoint.address());
    } catch (UnknownHostException notAnAddress) {
      throw new IllegalArgumentException(
          "endpoint " + endpoint + " is no IP address", notAnAddress);
    }
  }

  /**
   * HTTP/2 without TLS is spoken by prior knowledge; with TLS, ALPN decides. Without either it is
   * HTTP/1.1, whatever else is listed; OkHttp compares the list for each call, and does so with
   * less where it has two.
   */
  private static List<okhttp3.Protocol> protocols(Protocol protocol, boolean tls) {
    if (tls && protocol == Protocol.HTTP1) {
      return List.of(okhttp3.Protocol.HTTP_1_1);
    }
    return !tls && protocol == Protocol.HTTP2
        ? List.of(okhttp3.Protocol.H2_PRIOR_KNOWLEDGE)
        : List.of(okhttp3.Protocol.HTTP_2, okhttp3.Protocol.HTTP_1_1);
  }

  private static ConnectionSpec connectionSpec(ClientTls.Identity identity) {
    List<TlsVersion> versions = new ArrayList<>();
    for (TlsContext.Version version : identity.versions()) {
      versions.add(TlsVersion.forJavaName(version.protocol()));
    }
    return new ConnectionSpec.Builder(ConnectionSpec.MODERN_TLS)
        .tlsVersions(versions.toArray(new TlsVersion[0]))
        .build();
  }
}
