package dev.proxyless.mesh.tls;

import dev.proxyless.mesh.Internal;
import dev.proxyless.mesh.model.DownstreamTlsContext;
import java.security.KeyManagementException;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * How a server protects a port: the certificate to show and the clients to accept.
 *
 * <p>{@link #sslContext} gives one {@link SSLContext} for a container's lifetime; every engine that
 * it makes is of the generation in force at that moment, with client authentication as configured:
 * demanded where {@code require_client_certificate} is set or names are checked, asked for where
 * there is a trusted CA alone, as in Envoy. Containers that make engines (Jetty, Tomcat, Netty)
 * follow every rotation, and every change of the port's configuration; where configuration no
 * longer protects the port, it stays protected as it was.
 */
public final class ServerTls {

  private static final Provider PROVIDER = new MeshProvider();

  private final DownstreamTlsContext config;
  private final RotatingContext context;
  private final SSLContext delegating;
  private final Supplier<Optional<ServerTls>> port;
  private volatile ServerTls newest = this;

  ServerTls(DownstreamTlsContext config, RotatingContext context) {
    this(config, context, Optional::empty);
  }

  private ServerTls(
      DownstreamTlsContext config, RotatingContext context, Supplier<Optional<ServerTls>> port) {
    this.config = config;
    this.context = context;
    this.port = port;
    delegating = new DelegatingContext(new Spi());
  }

  /** This, until a port's configuration gives another, which counts from then on. */
  @Internal
  public ServerTls following(Supplier<Optional<ServerTls>> ofPort) {
    return new ServerTls(config, context, ofPort);
  }

  private ServerTls newest() {
    port.get().ifPresent(found -> newest = found);
    return newest;
  }

  /** A context whose engines are always of the current generation. */
  public SSLContext sslContext() {
    return delegating;
  }

  /** Whether a client without certificate is refused. */
  public boolean needsClientCertificate() {
    ServerTls now = newest();
    return now.config.requireClientCertificate() || !now.context.current().names().isEmpty();
  }

  /** Whether a client is asked for a certificate. */
  public boolean wantsClientCertificate() {
    return newest().config.common().validation().isPresent();
  }

  DownstreamTlsContext config() {
    return config;
  }

  RotatingContext context() {
    return context;
  }

  private SSLParameters apply(SSLParameters parameters) {
    parameters.setProtocols(newest().context.current().protocols());
    if (needsClientCertificate()) {
      parameters.setNeedClientAuth(true);
    } else {
      parameters.setWantClientAuth(wantsClientCertificate());
    }
    return parameters;
  }

  private static final class DelegatingContext extends SSLContext {
    DelegatingContext(SSLContextSpi spi) {
      super(spi, PROVIDER, "TLS");
    }
  }

  /** Names who made the context; it is not registered with the JDK. */
  private static final class MeshProvider extends Provider {
    private static final long serialVersionUID = 1L;

    MeshProvider() {
      super("ProxylessMesh", "1", "SSL contexts that follow certificate files");
    }
  }

  private final class Spi extends SSLContextSpi {

    private SSLContext now() {
      return newest().context.current().context();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      return configured(now().createSSLEngine());
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      return configured(now().createSSLEngine(host, port));
    }

    private SSLEngine configured(SSLEngine engine) {
      engine.setUseClientMode(false);
      engine.setSSLParameters(apply(engine.getSSLParameters()));
      return engine;
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
      return apply(now().getDefaultSSLParameters());
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
      return now().getSupportedSSLParameters();
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      return now().getSocketFactory();
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      return now().getServerSocketFactory();
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      return now().getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      return now().getClientSessionContext();
    }

    @Override
    protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
        throws KeyManagementException {
      throw new KeyManagementException("a mesh's context is initialised by its configuration");
    }
  }
}
