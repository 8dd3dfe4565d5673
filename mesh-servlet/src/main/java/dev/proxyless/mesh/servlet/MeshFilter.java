package dev.proxyless.mesh.servlet;

import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.authz.Access;
import dev.proxyless.mesh.authz.Authorization;
import dev.proxyless.mesh.authz.Authorizer;
import dev.proxyless.mesh.authz.RequestPath;
import dev.proxyless.mesh.call.Header;
import dev.proxyless.mesh.call.Inbound;
import dev.proxyless.mesh.call.LocalReply;
import dev.proxyless.mesh.telemetry.AccessLog;
import dev.proxyless.mesh.tls.PeerIdentity;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves requests as a sidecar would: knows the peer by its certificate, keeps or makes the
 * request's id, measures, logs, and hands deadline, id and trace on to the calls that are made
 * through the mesh while the request is served.
 *
 * <pre>{@code
 * MeshFilter.install(mesh, servletContext);
 * ...
 * PeerIdentity peer = MeshFilter.peer(request);
 * }</pre>
 *
 * <p>Who the peer is comes from TLS alone. {@code x-forwarded-client-cert} is never read, and the
 * application does not see it. Whose word is taken on the other headers is said at {@link
 * MeshFilterOptions.Builder#edge}.
 *
 * <p>What is handed on holds on the thread that serves the request, in asynchronous dispatches, and
 * for calls that are enqueued there; {@link #serving} takes it to another thread. Each request is
 * measured and logged once, when it ends; an asynchronous one when it is complete. Safe for use by
 * several threads.
 */
public final class MeshFilter implements Filter {

  /** The request attribute that holds the peer, a {@link PeerIdentity}. */
  public static final String PEER_ATTRIBUTE = "dev.proxyless.mesh.peer";

  /** The request attribute that holds the request's id, a {@link String}. */
  public static final String REQUEST_ID_ATTRIBUTE = "dev.proxyless.mesh.request_id";

  private static final Logger authz = LoggerFactory.getLogger("dev.proxyless.mesh.authz");

  private final Mesh mesh;
  private final MeshFilterOptions options;

  /** A filter with the default options: every peer is let in. */
  public MeshFilter(Mesh mesh) {
    this(mesh, MeshFilterOptions.DEFAULT);
  }

  /**
   * A filter. Register it before all others, for all paths, for the dispatcher types {@code
   * REQUEST}, {@code ASYNC} and {@code ERROR}, with support for asynchronous requests; {@link
   * #install} does so.
   */
  public MeshFilter(Mesh mesh, MeshFilterOptions options) {
    this.mesh = mesh;
    this.options = options;
  }

  /** Adds a filter with the default options to an application that has not begun yet. */
  public static void install(Mesh mesh, ServletContext context) {
    install(mesh, context, MeshFilterOptions.DEFAULT);
  }

  /**
   * Adds a filter to an application that has not begun yet, before the filters that it has.
   *
   * @throws IllegalStateException if the application has begun, or has the filter already
   */
  public static void install(Mesh mesh, ServletContext context, MeshFilterOptions options) {
    FilterRegistration.Dynamic registration =
        context.addFilter("mesh", new MeshFilter(mesh, options));
    if (registration == null) {
      throw new IllegalStateException(
          "the application has a filter of the name \"mesh\" already; install the mesh once");
    }
    registration.setAsyncSupported(true);
    registration.addMappingForUrlPatterns(
        EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR),
        false,
        "/*");
  }

  /**
   * Who sent a request, by the certificate that TLS has verified; {@link PeerIdentity#NONE} where
   * none was shown or the request did not pass this filter.
   */
  public static PeerIdentity peer(ServletRequest request) {
    return request.getAttribute(PEER_ATTRIBUTE) instanceof PeerIdentity peer
        ? peer
        : PeerIdentity.NONE;
  }

  /** The id of a request; empty where it did not pass this filter. */
  public static String requestId(ServletRequest request) {
    return request.getAttribute(REQUEST_ID_ATTRIBUTE) instanceof String id ? id : "";
  }

  /** Ends with the block that opened it, on the same thread. */
  public interface Scope extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Makes the calling thread serve a request, for work that the application moved to a thread of
   * its own: calls through the mesh made inside carry the request's deadline, id and trace.
   *
   * <pre>{@code
   * async.start(() -> {
   *   try (MeshFilter.Scope serving = MeshFilter.serving(request)) {
   *     ...
   *   }
   * });
   * }</pre>
   */
  public static Scope serving(ServletRequest request) {
    @Nullable ServedRequest served = ServedRequest.of(request);
    return served == null ? () -> {} : served.enter();
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!(request instanceof HttpServletRequest http
        && response instanceof HttpServletResponse httpResponse)) {
      chain.doFilter(request, response);
      return;
    }
    @Nullable ServedRequest known = ServedRequest.of(request, mesh);
    if (known == null) {
      begin(http, httpResponse, chain);
    } else if (http.getDispatcherType() == DispatcherType.ASYNC
        || http.getDispatcherType() == DispatcherType.ERROR) {
      goOn(known, http, httpResponse, chain);
    } else {
      chain.doFilter(request, response); // a forward or include, or a filter registered twice
    }
  }

  private void begin(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    ServedRequest served = ServedRequest.begin(mesh, request, response, options.isEdge());
    int failure = 500;
    try {
      @Nullable LocalReply refusal = refusal(request, served);
      if (refusal == null) {
        serve(served, request, response, chain);
      } else {
        reply(refusal, served.wrap(response));
      }
      failure = 0;
    } catch (UnavailableException unavailable) {
      failure = unavailable.isPermanent() ? 404 : 503;
      throw unavailable;
    } finally {
      served.dispatched(request, failure);
    }
  }

  /** A later dispatch of a request that has begun. Its end is told by whoever began it. */
  private static void goOn(
      ServedRequest served,
      HttpServletRequest request,
      HttpServletResponse response,
      FilterChain chain)
      throws IOException, ServletException {
    serve(served, request, response, chain);
  }

  @SuppressWarnings("try") // the scope acts by being open
  private static void serve(
      ServedRequest served,
      HttpServletRequest request,
      HttpServletResponse response,
      FilterChain chain)
      throws IOException, ServletException {
    try (Scope serving = served.enter()) {
      chain.doFilter(served.wrap(request), served.wrap(response));
    }
  }

  private @Nullable LocalReply refusal(HttpServletRequest request, ServedRequest served) {
    @Nullable Authorizer authorizer = options.authorizer();
    if (authorizer == null) {
      return null;
    }
    @Nullable String contentType = request.getContentType();
    String path = "";
    if (authorizer.readsPath()) {
      @Nullable String decoded = Paths.decoded(request);
      if (decoded == null || RequestPath.isAmbiguous(request.getRequestURI(), decoded)) {
        return Inbound.refuse(contentType, 400, "ambiguous path", "path_normalization_failed");
      }
      path = decoded;
    }
    Authorization answer =
        authorizer.authorize(new Access(request.getMethod(), path, served.accessPeer()));
    mesh.telemetry().meters().server().authorization(answer.policy(), answer.allowed());
    if (answer.allowed()) {
      return null;
    }
    authz.info(
        "refused {} {} of \"{}\": {}",
        AccessLog.escaped(request.getMethod()),
        AccessLog.escaped(request.getRequestURI()),
        AccessLog.escaped(served.peer().principal()),
        answer.details());
    return Inbound.refuse(contentType, 403, Authorization.DENIED, answer.details());
  }

  private static void reply(LocalReply reply, HttpServletResponse response) throws IOException {
    response.setStatus(reply.status());
    for (Header header : reply.headers()) {
      response.setHeader(header.name(), header.value());
    }
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }

  @Override
  public String toString() {
    return "MeshFilter[" + mesh.nodeId() + "]";
  }
}
