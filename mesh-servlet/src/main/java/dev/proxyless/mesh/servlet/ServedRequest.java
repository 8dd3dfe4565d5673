package dev.proxyless.mesh.servlet;

import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.authz.Access;
import dev.proxyless.mesh.call.CallContexts;
import dev.proxyless.mesh.call.Inbound;
import dev.proxyless.mesh.call.ServedRetries;
import dev.proxyless.mesh.telemetry.AccessLog;
import dev.proxyless.mesh.telemetry.MeshMeters.ServerTlsMode;
import dev.proxyless.mesh.telemetry.MeshTracing;
import dev.proxyless.mesh.telemetry.ResponseFlag;
import dev.proxyless.mesh.telemetry.ResponseFlags;
import dev.proxyless.mesh.tls.PeerIdentity;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One request from its begin to its end, through all its dispatches. What the end needs of the
 * request is read at the begin, since a container may use a request's object for another then.
 */
final class ServedRequest {

  private static final String ATTRIBUTE = "dev.proxyless.mesh.served";
  private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";
  private static final String CIPHER_SUITE = "jakarta.servlet.request.cipher_suite";
  private static final int MAX_TRACE_CHARS = 8_192;

  private final Mesh mesh;
  private final @Nullable ServedRequest outer;
  private final HttpServletResponse response;
  private final PeerIdentity peer;
  private final ServerTlsMode tls;
  private final boolean external;
  private final Inbound inbound;
  private final ServedRetries retries;
  private final MeshTracing.ServerSpan span;
  private final Instant start;
  private final long startNanos;
  private final String method;
  private final String scheme;
  private final String path;
  private final String protocol;
  private final String authority;
  private final String forwardedFor;
  private final String userAgent;
  private final long declaredLength;
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong sent = new AtomicLong();
  private final AtomicBoolean over = new AtomicBoolean();
  private volatile boolean async;
  private volatile boolean disconnected;

  private ServedRequest(
      Mesh mesh, HttpServletRequest request, HttpServletResponse response, boolean edge) {
    this.mesh = mesh;
    this.response = response;
    outer = of(request);
    start = mesh.time().now();
    startNanos = mesh.time().nanoTime();
    peer = Peers.of(request.getAttribute(CERTIFICATES));
    tls = tls(peer, request);
    external = edge && !peer.isPresent();
    method = request.getMethod();
    scheme = request.getScheme();
    String raw = Paths.raw(request);
    path = external ? raw : text(request.getHeader("x-envoy-original-path"), raw);
    protocol = request.getProtocol().equals("HTTP/2.0") ? "HTTP/2" : request.getProtocol();
    authority = Paths.authority(request);
    forwardedFor = text(request.getHeader("x-forwarded-for"), "");
    userAgent = text(request.getHeader("user-agent"), "");
    declaredLength = request.getContentLengthLong();
    MeshTracing tracing = mesh.telemetry().tracing();
    inbound = Inbound.read(name -> lines(request, name), external, tracing.isActive(), mesh.time());
    retries = new ServedRetries(inbound.retry());
    span =
        tracing.serve(
            name -> external ? null : traceHeader(request, name),
            method,
            scheme,
            request.getRequestURI());
  }

  static ServedRequest begin(
      Mesh mesh, HttpServletRequest request, HttpServletResponse response, boolean edge) {
    ServedRequest served = new ServedRequest(mesh, request, response, edge);
    request.setAttribute(ATTRIBUTE, served);
    request.setAttribute(MeshFilter.PEER_ATTRIBUTE, served.peer);
    request.setAttribute(MeshFilter.REQUEST_ID_ATTRIBUTE, served.inbound.requestId());
    return served;
  }

  /** What is being served by the last filter that the request passed; null where it passed none. */
  static @Nullable ServedRequest of(ServletRequest request) {
    return request.getAttribute(ATTRIBUTE) instanceof ServedRequest served ? served : null;
  }

  /** What is being served by this mesh; null where the request is new to it. */
  static @Nullable ServedRequest of(ServletRequest request, Mesh mesh) {
    ServedRequest served = of(request);
    while (served != null && served.mesh != mesh) {
      served = served.outer;
    }
    return served;
  }

  private static ServerTlsMode tls(PeerIdentity peer, HttpServletRequest request) {
    if (peer.isPresent()) {
      return ServerTlsMode.MUTUAL;
    }
    return request.getAttribute(CIPHER_SUITE) == null ? ServerTlsMode.NONE : ServerTlsMode.SERVER;
  }

  private static String text(@Nullable String header, String otherwise) {
    return header == null ? otherwise : header;
  }

  private static List<String> lines(HttpServletRequest request, String name) {
    return Collections.list(request.getHeaders(name));
  }

  private static @Nullable String traceHeader(HttpServletRequest request, String name) {
    List<String> lines = lines(request, name);
    String value = String.join(",", lines);
    return lines.isEmpty() || value.length() > MAX_TRACE_CHARS ? null : value;
  }

  PeerIdentity peer() {
    return peer;
  }

  /** The peer as a policy sees it. */
  Access.Peer accessPeer() {
    return new Access.Peer(tls != ServerTlsMode.NONE, peer.uris(), peer.dnsNames(), peer.subject());
  }

  /** Makes the calling thread serve this request. */
  MeshFilter.Scope enter() {
    CallContexts.Scope context =
        mesh.contexts().serving(inbound.deadlineNanos(), inbound.handedOn(), retries);
    MeshTracing.Scope trace = span.makeCurrent();
    return () -> {
      trace.close();
      context.close();
    };
  }

  /** The request as the application sees it. */
  HttpServletRequest wrap(HttpServletRequest request) {
    return InboundRequest.isIn(request, this) ? request : new InboundRequest(request, this);
  }

  /** The response as the application sees it. */
  HttpServletResponse wrap(HttpServletResponse toWrap) {
    return InboundResponse.isIn(toWrap, this) ? toWrap : new InboundResponse(toWrap, this);
  }

  String requestId() {
    return inbound.requestId();
  }

  boolean hides(String header) {
    return Inbound.isHidden(header, external);
  }

  void received(long bytes) {
    received.addAndGet(bytes);
  }

  void sent(long bytes) {
    sent.addAndGet(bytes);
  }

  /** What was written so far is thrown away. */
  void unsent() {
    sent.set(0);
  }

  /** The response could not be written: the peer has gone. */
  void disconnected() {
    disconnected = true;
  }

  /** The request goes on after its dispatch; it ends when the context says so. */
  void asyncStarted(AsyncContext context) {
    context.addListener(new EndOfAsync(this));
    async = true;
  }

  /**
   * Tells the caller where retries have been spent on its request, so that it does not multiply
   * them. To be called before the head of the response is written.
   */
  void tellSpentRetries() {
    if (retries.isSpent() && !external && !response.isCommitted()) {
      response.setHeader(ServedRetries.RETRIES_SPENT, "true");
    }
  }

  /** The first dispatch is over, by a failure with this status or, with 0, well. */
  void dispatched(HttpServletRequest request, int failure) {
    if (!async && request.isAsyncStarted()) { // of the request below the wrapper
      try {
        asyncStarted(request.getAsyncContext());
      } catch (IllegalStateException complete) {
        // it ended in between
      }
    }
    tellSpentRetries();
    if (!async) {
      finish(failure == 0 || response.isCommitted() ? response.getStatus() : failure);
    }
  }

  /** The request is complete. */
  void completed() {
    finish(response.getStatus());
  }

  private void finish(int answered) {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    int status = disconnected && !response.isCommitted() ? 0 : answered;
    long nanos = mesh.time().nanoTime() - startNanos;
    mesh.telemetry().meters().server().request(method, scheme, status, tls, nanos);
    span.end(status, peer.principal());
    if (AccessLog.isEnabled()) {
      AccessLog.write(entry(status, nanos));
    }
  }

  private AccessLog.Entry entry(int status, long nanos) {
    return new AccessLog.Entry(
        start,
        method,
        path,
        protocol,
        status,
        disconnected ? ResponseFlags.of(ResponseFlag.DC) : ResponseFlags.NONE,
        declaredLength >= 0 ? declaredLength : received.get(),
        bytesSent(status),
        TimeUnit.NANOSECONDS.toMillis(nanos),
        text(response.getHeader("x-envoy-upstream-service-time"), ""),
        forwardedFor,
        userAgent,
        inbound.requestId(),
        authority);
  }

  /** What was written around the wrapper is known by its declared length, if at all. */
  private long bytesSent(int status) {
    long counted = sent.get();
    if (method.equals("HEAD") || status == 204 || status == 304) {
      return 0;
    }
    @Nullable String declared = response.getHeader("content-length");
    if (counted > 0 || declared == null) {
      return counted;
    }
    try {
      return Long.parseLong(declared);
    } catch (NumberFormatException notANumber) {
      return counted;
    }
  }
}
