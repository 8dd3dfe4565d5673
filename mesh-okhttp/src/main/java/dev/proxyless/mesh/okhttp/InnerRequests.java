package dev.proxyless.mesh.okhttp;

import dev.proxyless.mesh.call.Attempt;
import dev.proxyless.mesh.call.MeshCall;
import dev.proxyless.mesh.route.HeaderEdit;
import java.util.List;
import kotlin.jvm.JvmClassMappingKt;
import kotlin.reflect.KClass;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/** Makes the requests of tries from the caller's own. */
final class InnerRequests {

  /** Asking by the Java class makes an object each time. */
  private static final KClass<MeshCall> CALL = JvmClassMappingKt.getKotlinClass(MeshCall.class);

  private static final RewrittenUrls URLS = new RewrittenUrls();

  private InnerRequests() {}

  /**
   * The request of one try. The application's cache, if it has one, keeps the response under the
   * caller's own URL.
   */
  static Request of(Request request, MeshCall call, Attempt attempt) {
    Request.Builder builder = request.newBuilder();
    edit(builder, attempt.headerEdits());
    RequestBody body = request.body();
    @Nullable RequestBody sent =
        body != null && attempt.sendsBody() ? ReplayLimit.watched(body, call) : null;
    if (sent != body || !attempt.method().equals(request.method())) {
      builder.method(attempt.method(), sent);
    }
    OkHttpHead head = new OkHttpHead(request);
    HttpUrl url = request.url();
    boolean secure = attempt.tls() != null && !url.isHttps();
    boolean moved =
        !attempt.path().equals(head.path()) || !attempt.authority().equals(head.authority());
    if (secure || moved) {
      builder.url(URLS.of(url, secure, attempt.path())).header("Host", attempt.authority());
      if (request.method().equals("GET") && request.cacheUrlOverride() == null) {
        builder.cacheUrlOverride(url);
      }
    }
    return builder.tag(CALL, call).build();
  }

  private static void edit(Request.Builder builder, List<HeaderEdit> edits) {
    for (int i = 0; i < edits.size(); i++) { // an iterator less to make for each call
      HeaderEdit edit = edits.get(i);
      switch (edit.kind()) {
        case SET -> builder.header(edit.name(), edit.value());
        case ADD -> builder.addHeader(edit.name(), edit.value());
        case REMOVE -> builder.removeHeader(edit.name());
      }
    }
  }

  /** Whether the try can be made with the caller's own request, and edited on its way out. */
  static boolean isDirect(Request request, Attempt attempt) {
    return (attempt.tls() == null || request.isHttps())
        && request.body() == null
        && attempt.method().equals(request.method());
  }

  /**
   * What is sent of a try that was made with the caller's own request. Making request and response
   * anew around an inner call costs more than the call; here the request is made anew anyway.
   *
   * @param network as OkHttp would send it
   * @param call that the response's network request tells of
   */
  static Request edited(Request network, MeshCall call, Attempt attempt) {
    Request.Builder builder = network.newBuilder();
    edit(builder, attempt.headerEdits());
    if (!attempt.authority().equals(network.header("Host"))) {
      builder.header("Host", attempt.authority());
    }
    HttpUrl url = network.url();
    if (!isPathOf(url, attempt.path())) {
      builder.url(URLS.of(url, false, attempt.path()));
    }
    return builder.tag(CALL, call).build();
  }

  /** Without making the path: this is asked for every call. */
  private static boolean isPathOf(HttpUrl url, String path) {
    String text = url.toString();
    int start = text.indexOf('/', url.scheme().length() + 3);
    int end = text.indexOf('#', start);
    int length = (end < 0 ? text.length() : end) - start;
    return length == path.length() && text.regionMatches(start, path, 0, length);
  }
}
