package dev.proxyless.mesh.quickstart;

import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.servlet.MeshFilter;
import dev.proxyless.mesh.tls.ServerTls;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * One task of a service: Jetty with the mesh's TLS and filter, and a servlet that says its name.
 */
final class Backend implements AutoCloseable {

  private static final int MAX_THREADS = 16;

  private final String name;
  private final Server server;
  private final SslContextFactory.Server ssl = new SslContextFactory.Server();
  private final ServerConnector connector;
  private final AtomicLong requests = new AtomicLong();
  private volatile int status = HttpServletResponse.SC_OK;
  private volatile String callerSerial = "";
  private volatile Handshake handshake = new Handshake(0, "");

  /** How a handshake ended: with the client on this port, and why it was refused, if it was. */
  record Handshake(int clientPort, String refusal) {}

  /** Opens a port on loopback; calls wait there until {@link #serve}. */
  Backend(String service, int task) throws IOException {
    name = service + "-" + task;
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS);
    threads.setDaemon(true);
    threads.setName(name);
    server = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    http.addCustomizer(new SecureRequestCustomizer(false));
    SslConnectionFactory tls = new SslConnectionFactory(ssl, "http/1.1");
    tls.addBean(new Handshakes());
    connector = new ServerConnector(server, 1, 1, tls, new HttpConnectionFactory(http));
    connector.setHost("127.0.0.1");
    connector.open();
    server.addConnector(connector);
  }

  /** Serves, as the mesh says. */
  void serve(Mesh mesh, ServerTls tls) throws Exception {
    ssl.setSslContext(tls.sslContext());
    ssl.setNeedClientAuth(tls.needsClientCertificate());
    ServletContextHandler context = new ServletContextHandler();
    MeshFilter.install(mesh, context.getServletContext());
    context.addServlet(new ServletHolder(new SayName()), "/*");
    server.setHandler(context);
    server.start();
  }

  private final class SayName extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      requests.incrementAndGet();
      callerSerial = Certificates.shortened(MeshFilter.peer(request).serialNumber());
      response.setStatus(status);
      response.setContentType("text/plain");
      response.getWriter().print(name);
    }
  }

  private final class Handshakes implements SslHandshakeListener {
    @Override
    public void handshakeSucceeded(Event event) {
      handshake = new Handshake(clientPort(event), "");
    }

    @Override
    public void handshakeFailed(Event event, Throwable failure) {
      Throwable cause = failure;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      handshake = new Handshake(clientPort(event), String.valueOf(cause.getMessage()));
    }

    private int clientPort(Event event) {
      return event.getEndPoint().getRemoteSocketAddress() instanceof InetSocketAddress client
          ? client.getPort()
          : 0;
    }
  }

  /** Such as {@code serviceB-1}. */
  String name() {
    return name;
  }

  int port() {
    return connector.getLocalPort();
  }

  /** What Cloud Map gives out, host and port. */
  String address() {
    return connector.getHost() + ":" + port();
  }

  /** Requests served so far, whatever was answered. */
  long requests() {
    return requests.get();
  }

  /** Answers with this status from now on. */
  void answer(int newStatus) {
    status = newStatus;
  }

  /** The serial number of the certificate that the last caller showed; empty before. */
  String callerSerial() {
    return callerSerial;
  }

  /** How the last handshake ended. */
  Handshake handshake() {
    return handshake;
  }

  @Override
  public void close() {
    try {
      server.stop();
      connector.close();
    } catch (Exception failure) {
      throw new IllegalStateException(name + " did not stop", failure);
    }
  }
}
