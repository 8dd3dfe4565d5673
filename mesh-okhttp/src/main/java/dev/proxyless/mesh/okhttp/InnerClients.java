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
import okhttp3.CertificatePinner;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
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
 * client that can reach one endpoint alone has neither trouble. It re-sends and follows nothing:
 * that is the mesh's to decide.
 */
final class InnerClients {

  /** Idle connections kept for an endpoint; the cluster's limits bound how many there can be. */
  private static final int MAX_IDLE = 64;

  private static final long KEEP_ALIVE_SECONDS = 300;

  private final OkHttpClient base;

  InnerClients(OkHttpClient donor) {
    OkHttpClient.Builder builder =
        donor
            .newBuilder()
            .eventListener(EventListener.NONE)
            .retryOnConnectionFailure(false)
            .followRedirects(false)
            .followSslRedirects(false)
            .fastFallback(false)
            .proxy(Proxy.NO_PROXY)
            .callTimeout(0, TimeUnit.MILLISECONDS);
    builder.interceptors().clear();
    builder.addNetworkInterceptor(RetryAfter.HIDE);
    base = builder.build();
  }

  /** How long the application waits for a whole call; zero is for ever. */
  static Duration callTimeout(OkHttpClient donor) {
    return Duration.ofMillis(donor.callTimeoutMillis());
  }

  /** The clients of one endpoint; closed when the endpoint goes. */
  final class OfEndpoint implements AutoCloseable {
    private final Endpoint endpoint;
    private volatile @Nullable Derived current;

    OfEndpoint(Endpoint endpoint) {
      this.endpoint = endpoint;
    }

    /** The client for a try. A change of identity or settings retires the client before. */
    OkHttpClient client(Attempt attempt) {
      ClientTls.@Nullable Identity identity =
          attempt.tls() == null ? null : attempt.tls().current();
      Derived found = current;
      return found != null && found.serves(identity, attempt)
          ? found.client
          : derive(identity, attempt);
    }

    private synchronized OkHttpClient derive(
        ClientTls.@Nullable Identity identity, Attempt attempt) {
      Derived before = current;
      if (before != null && before.serves(identity, attempt)) {
        return before.client;
      }
      Derived next =
          new Derived(
              identity,
              attempt.protocol(),
              attempt.connectTimeout(),
              build(endpoint, identity, attempt));
      current = next;
      if (before != null) {
        before.retire();
      }
      return next.client;
    }

    /** Idle connections close now, busy ones when their call ends. */
    @Override
    public synchronized void close() {
      if (current != null) {
        current.retire();
        current = null;
      }
    }
  }

  private record Derived(
      ClientTls.@Nullable Identity identity,
      Protocol protocol,
      Duration connectTimeout,
      OkHttpClient client) {

    @SuppressWarnings("ReferenceEquality") // a generation is itself
    boolean serves(ClientTls.@Nullable Identity wanted, Attempt attempt) {
      return identity == wanted
          && protocol == attempt.protocol()
          && connectTimeout.equals(attempt.connectTimeout());
    }

    void retire() {
      client.connectionPool().evictAll();
    }
  }

  private OkHttpClient build(
      Endpoint endpoint, ClientTls.@Nullable Identity identity, Attempt attempt) {
    InetAddress address = address(endpoint);
    OkHttpClient.Builder builder =
        base.newBuilder()
            .dispatcher(new Dispatcher())
            .connectionPool(new ConnectionPool(MAX_IDLE, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS))
            .dns(host -> List.of(address))
            .socketFactory(new EndpointSockets(address, endpoint.port()))
            .connectTimeout(attempt.connectTimeout())
            .protocols(protocols(attempt.protocol(), identity != null));
    if (identity != null) {
      builder
          .sslSocketFactory(identity.socketFactory(), identity.trustManager())
          .hostnameVerifier(identity.hostnameVerifier())
          .certificatePinner(CertificatePinner.DEFAULT)
          .connectionSpecs(List.of(connectionSpec(identity)));
    }
    return builder.build();
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

  /** HTTP/2 without TLS is spoken by prior knowledge; with TLS, ALPN decides. */
  private static List<okhttp3.Protocol> protocols(Protocol protocol, boolean tls) {
    if (protocol == Protocol.HTTP1) {
      return List.of(okhttp3.Protocol.HTTP_1_1);
    }
    if (tls) {
      return List.of(okhttp3.Protocol.HTTP_2, okhttp3.Protocol.HTTP_1_1);
    }
    return protocol == Protocol.HTTP2
        ? List.of(okhttp3.Protocol.H2_PRIOR_KNOWLEDGE)
        : List.of(okhttp3.Protocol.HTTP_1_1);
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
