package dev.proxyless.mesh.servlet;

import dev.proxyless.mesh.Mesh;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.EnumSet;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import okhttp3.HttpUrl;
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
import org.jspecify.annotations.Nullable;

/** Jetty on a free port of loopback, with the mesh's filter and what a test adds. */
final class TestServer implements AutoCloseable {

  /** What a servlet does. */
  interface Body {
    void serve(HttpServletRequest request, HttpServletResponse response)
        throws IOException, ServletException;
  }

  final QueuedThreadPool threads = new QueuedThreadPool(32);
  final Server server = new Server(threads);
  final ServletContextHandler context = new ServletContextHandler("/");
  final HttpConfiguration http = new HttpConfiguration();
  private @Nullable SSLContext tls;
  private @Nullable ServerConnector connector;

  /** A server whose servlet at {@code /} does this. */
  TestServer(Body body) {
    servlet("/", body);
  }

  TestServer servlet(String path, Body body) {
    ServletHolder holder = new ServletHolder(new BodyServlet(body));
    holder.setAsyncSupported(true);
    context.addServlet(holder, path);
    return this;
  }

  /** A filter for all requests and dispatches; those that are added first see them first. */
  TestServer filter(String name, Filter filter) {
    var registration = context.getServletContext().addFilter(name, filter);
    registration.setAsyncSupported(true);
    registration.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), true, "/*");
    return this;
  }

  TestServer mesh(Mesh mesh) {
    MeshFilter.install(mesh, context.getServletContext());
    return this;
  }

  TestServer mesh(Mesh mesh, Consumer<MeshFilterOptions.Builder> options) {
    MeshFilterOptions.Builder builder = MeshFilterOptions.builder();
    options.accept(builder);
    MeshFilter.install(mesh, context.getServletContext(), builder.build());
    return this;
  }

  TestServer tls(SSLContext context) {
    tls = context;
    return this;
  }

  TestServer start() throws Exception {
    HttpConnectionFactory plain = new HttpConnectionFactory(http);
    ServerConnector made;
    if (tls == null) {
      made = new ServerConnector(server, 1, 1, plain);
    } else {
      http.addCustomizer(new SecureRequestCustomizer(false)); // a mesh has no host names to check
      SslContextFactory.Server factory = new SslContextFactory.Server();
      factory.setSslContext(tls);
      made =
          new ServerConnector(
              server, 1, 1, new SslConnectionFactory(factory, plain.getProtocol()), plain);
    }
    made.setHost("127.0.0.1");
    server.addConnector(made);
    server.setHandler(context);
    server.start();
    connector = made;
    return this;
  }

  int port() {
    ServerConnector started = connector;
    return started == null ? -1 : started.getLocalPort();
  }

  HttpUrl url(String path) {
    return HttpUrl.get((tls == null ? "http" : "https") + "://127.0.0.1:" + port() + path);
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception failed) {
      throw new IllegalStateException(failed);
    }
  }

  private static final class BodyServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private final transient Body body;

    BodyServlet(Body body) {
      this.body = body;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws ServletException, IOException {
      body.serve(request, response);
    }
  }
}
