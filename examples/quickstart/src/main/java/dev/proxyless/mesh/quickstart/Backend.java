package dev.proxyless.mesh.quickstart;

import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.servlet.MeshFilter;
import dev.proxyless.mesh.tls.ServerTls;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
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
  private final ServerConnector connector;
  private final AtomicLong requests = new AtomicLong();
  private volatile int status = HttpServletResponse.SC_OK;
  private volatile String callerSerial = "";

  Backend(String name, Mesh mesh, ServerTls tls) throws Exception {
    this.name = name;
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS);
    threads.setDaemon(true);
    threads.setName(name);
    server = new Server(threads);
    SslContextFactory.Server ssl = new SslContextFactory.Server();
    ssl.setSslContext(tls.sslContext());
    ssl.setNeedClientAuth(tls.needsClientCertificate());
    HttpConfiguration http = new HttpConfiguration();
    http.addCustomizer(new SecureRequestCustomizer(false));
    connector =
        new ServerConnector(
            server,
            1,
            1,
            new SslConnectionFactory(ssl, "http/1.1"),
            new HttpConnectionFactory(http));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
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
      callerSerial = MeshFilter.peer(request).serialNumber();
      response.setStatus(status);
      response.setContentType("text/plain");
      response.getWriter().print(name);
    }
  }

  String name() {
    return name;
  }

  int port() {
    return connector.getLocalPort();
  }

  /** Requests served so far, whatever was answered. */
  long requests() {
    return requests.get();
  }

  /** Answers with this status from now on. */
  void answer(int newStatus) {
    status = newStatus;
  }

  /** The serial number of the certificate that the last caller showed. */
  String callerSerial() {
    return callerSerial;
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception failure) {
      throw new IllegalStateException(name + " did not stop", failure);
    }
  }
}
