package dev.proxyless.mesh.okhttp;

import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.call.CallContext;
import dev.proxyless.mesh.call.Decision;
import dev.proxyless.mesh.call.LocalReply;
import dev.proxyless.mesh.call.MeshCallException;
import dev.proxyless.mesh.telemetry.CallInfo;
import dev.proxyless.mesh.telemetry.CallListener;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import kotlin.jvm.JvmClassMappingKt;
import kotlin.reflect.KClass;
import okhttp3.Call;
import okhttp3.CookieJar;
import okhttp3.Headers;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings each request to the mesh and does what it decides. */
final class MeshInterceptor implements Interceptor {

  private static final Logger log = LoggerFactory.getLogger(MeshInterceptor.class);

  /** Asking by the Java class makes an object each time. */
  private static final KClass<CallListener> LISTENER =
      JvmClassMappingKt.getKotlinClass(CallListener.class);

  private final Mesh mesh;
  private final InnerClients clients;
  private final Mirroring mirroring;
  private final CacheAbove cache;
  private final MeshOkHttp.Options options;
  private final List<Interceptor> installed;
  private final AtomicBoolean checked = new AtomicBoolean();
  private volatile boolean ready;

  MeshInterceptor(
      Mesh mesh, InnerClients clients, MeshOkHttp.Options options, List<Interceptor> installed) {
    this.mesh = mesh;
    this.clients = clients;
    mirroring = new Mirroring(mesh, clients);
    cache = new CacheAbove(clients);
    this.options = options;
    this.installed = installed;
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    if (!checked.get() && checked.compareAndSet(false, true)) {
      warnOfInterceptorsAfterMesh();
    }
    OuterCall outer = OuterCall.of(chain.call(), mesh.contexts());
    CallContext context = outer.context();
    Request request = chain.request();
    CallListener listener = request.tag(LISTENER);
    if (listener != null) {
      context = context.toldTo(listener);
    }
    Response before = null;
    for (int hop = 0; ; hop++) {
      Response response = cache.answer(chain, request);
      if (response == null) {
        Request sent = Cookies.added(request, chain.getCookieJar());
        Decision decision = begin(chain.call(), sent, context);
        if (decision instanceof Decision.PassThrough through) {
          return passThrough(chain, request, through.info());
        }
        response = own(taken(chain, outer, sent, decision, before), request, chain);
      }
      OpenResponses.add(chain.call(), response);
      Request next = FollowUps.next(response, request, chain);
      chain.getEventListener().followUpDecision(chain.call(), response, next);
      if (next == null) {
        return response;
      }
      response.close();
      if (hop == FollowUps.MAX) {
        throw new ProtocolException("Too many follow-up requests: " + (hop + 1));
      }
      before = Discarded.head(response, response.request(), response.priorResponse());
      request = next;
    }
  }

  Mesh mesh() {
    return mesh;
  }

  InnerClients clients() {
    return clients;
  }

  private void warnOfInterceptorsAfterMesh() {
    int at = installed.indexOf(this);
    if (at >= 0 && at < installed.size() - 1) {
      log.warn(
          "{} was added after MeshOkHttp.install and does not run for calls that the mesh takes:"
              + " call MeshOkHttp.install(mesh, builder) again on the same builder, after all"
              + " interceptors; the mesh then moves to the end",
          installed.subList(at + 1, installed.size()));
    }
  }

  private Decision begin(Call call, Request request, CallContext context) throws IOException {
    try {
      if (ready) {
        return mesh.calls().begin(new OkHttpHead(request), isReplayable(request), context);
      }
      try (ReadyWait wait = new ReadyWait()) {
        call.addEventListener(wait);
        if (call.isCanceled()) {
          throw new IOException("Canceled");
        }
        Decision decision =
            mesh.calls().begin(new OkHttpHead(request), isReplayable(request), context);
        ready = mesh.awaitReady(Duration.ZERO);
        return decision;
      }
    } catch (InterruptedException interrupted) {
      if (call.isCanceled()) {
        throw (IOException) new IOException("Canceled").initCause(interrupted);
      }
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(interrupted);
    }
  }

  private Response taken(
      Chain chain, OuterCall outer, Request sent, Decision decision, @Nullable Response before)
      throws IOException {
    if (decision instanceof Decision.Forward forward) {
      mirroring.send(sent, forward.mirrors());
      return new Forwarding(this, chain, outer, sent, forward.call(), before).run(forward.delay());
    }
    Decision.Respond respond = (Decision.Respond) decision;
    if (!respond.delay().isZero()) {
      outer.await(mesh.time(), respond.delay());
    }
    return local(sent, respond.reply(), before);
  }

  /** The response under the caller's own request, which has none of the jar's cookies. */
  private static Response own(Response response, Request request, Chain chain) throws IOException {
    Cookies.keep(response, request, chain.getCookieJar());
    CacheAbove.forget(chain, request, response);
    if (chain.getCookieJar() == CookieJar.NO_COOKIES) {
      return response;
    }
    CallInfo info = MeshOkHttp.callInfo(response).orElse(null);
    return info == null ? response : response.newBuilder().request(tagged(request, info)).build();
  }

  private static Response passThrough(Chain chain, Request request, CallInfo info)
      throws IOException {
    Response response = chain.proceed(request);
    return response.newBuilder().request(tagged(response.request(), info)).build();
  }

  private static boolean isReplayable(Request request) {
    @Nullable RequestBody body = request.body();
    return body == null || !(body.isOneShot() || body.isDuplex());
  }

  static Request tagged(Request request, CallInfo info) {
    return request.newBuilder().tag(CallInfo.class, info).build();
  }

  /**
   * A reply of the mesh as a response, or as an exception where the application wants failures so.
   */
  Response local(Request request, LocalReply reply, @Nullable Response before) throws IOException {
    if (reply.isFailure()) {
      log.debug(
          "{} {}: {} {}", request.method(), request.url().redact(), reply.status(), reply.info());
      if (options.failuresAsExceptions()) {
        throw new MeshCallException(reply);
      }
    }
    Headers.Builder headers = new Headers.Builder();
    MediaType type = null;
    for (var header : reply.headers()) {
      headers.add(header.name(), header.value());
      if (header.name().equals("content-type")) {
        type = MediaType.parse(header.value());
      }
    }
    String message = reply.info().explanation();
    long now = mesh.time().now().toEpochMilli();
    return new Response.Builder()
        .request(tagged(request, reply.info()))
        .priorResponse(before)
        .protocol(Protocol.HTTP_1_1)
        .code(reply.status())
        .message(message.isEmpty() ? reply.info().details() : message)
        .headers(headers.build())
        .body(ResponseBody.create(reply.body(), type))
        .sentRequestAtMillis(now)
        .receivedResponseAtMillis(now)
        .build();
  }
}
