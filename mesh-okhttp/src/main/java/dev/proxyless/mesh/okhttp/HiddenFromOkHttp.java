package dev.proxyless.mesh.okhttp;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import okhttp3.Call;
import okhttp3.Headers;
import okhttp3.Interceptor;
import okhttp3.Response;

/**
 * Hides from OkHttp what makes it send a request again by itself, or refuse a response, whatever it
 * was told about retries: {@code Retry-After: 0} of a 503, a 421 of a shared connection, and a 407,
 * which it takes for a proxy's. Stands above the application's network interceptors, which see
 * everything as it came. Here the request of a try is edited as well, since OkHttp makes it anyway,
 * and a response whose head breaks the protocol is refused.
 */
enum HiddenFromOkHttp implements Interceptor {
  HIDE;

  private static final String RETRY_AFTER = "Retry-After";
  private static final int MISDIRECTED_REQUEST = 421;

  /** A status that OkHttp does nothing about. */
  private static final int UNREMARKABLE = 599;

  /** What a try's response was, kept with its call. */
  private record Seen(int code, Headers headers) {}

  @Override
  public Response intercept(Chain chain) throws IOException {
    Response response = chain.proceed(Try.edited(chain));
    String breach = ResponseRules.breach(response);
    if (breach != null) {
      NetworkEdge.fail(chain.call());
      throw new ProtocolException(breach); // OkHttp gives its connection up
    }
    int code = response.code();
    boolean hidden = code == HttpURLConnection.HTTP_PROXY_AUTH || code == MISDIRECTED_REQUEST;
    if (!hidden && (code != 503 || response.header(RETRY_AFTER) == null)) {
      return response;
    }
    chain.call().tag(Seen.class, () -> new Seen(code, response.headers()));
    Response.Builder builder = response.newBuilder();
    return hidden ? builder.code(UNREMARKABLE).build() : builder.removeHeader(RETRY_AFTER).build();
  }

  /** The response of a try as it came. */
  static Response restored(Call inner, Response response) {
    if (response.code() != 503 && response.code() != UNREMARKABLE) {
      return response;
    }
    Seen seen = inner.tag(Seen.class);
    if (seen == null) {
      return response;
    }
    Headers.Builder headers = new Headers.Builder();
    for (int i = 0; i < seen.headers().size(); i++) {
      String name = seen.headers().name(i);
      // OkHttp takes those off that it has undone, such as Content-Encoding
      if (name.equalsIgnoreCase(RETRY_AFTER) || response.header(name) != null) {
        headers.addUnsafeNonAscii(name, seen.headers().value(i));
      }
    }
    return response.newBuilder().code(seen.code()).headers(headers.build()).build();
  }
}
