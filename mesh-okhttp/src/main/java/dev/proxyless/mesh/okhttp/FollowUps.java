package dev.proxyless.mesh.okhttp;

import java.io.IOException;
import java.net.HttpURLConnection;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Follows redirects and answers demands for credentials above the mesh, as the application's client
 * is set to, so that each hop is routed anew and the authenticator sees the caller's URL. The rules
 * are OkHttp's own.
 */
final class FollowUps {

  /** OkHttp's own bound. */
  static final int MAX = 20;

  private FollowUps() {}

  /** The request that a response asks for, or null where it is to be given to the application. */
  static @Nullable Request next(Response response, Request request, Interceptor.Chain chain)
      throws IOException {
    Request next =
        response.code() == HttpURLConnection.HTTP_UNAUTHORIZED
            ? chain.getAuthenticator().authenticate(null, response)
            : redirected(response, request, chain);
    boolean written = next != null && next.body() != null && next.body().isOneShot();
    return written ? null : next;
  }

  private static @Nullable Request redirected(
      Response response, Request request, Interceptor.Chain chain) {
    if (!chain.getFollowRedirects() || !isRedirect(response.code())) {
      return null;
    }
    String location = response.header("Location");
    HttpUrl url = location == null ? null : request.url().resolve(location);
    if (url == null) {
      return null;
    }
    boolean sameScheme = url.scheme().equals(request.url().scheme());
    if (!sameScheme && !chain.getFollowSslRedirects()) {
      return null;
    }
    Request.Builder next = request.newBuilder().url(url);
    boolean keepsMethod = response.code() == 307 || response.code() == 308;
    boolean hasBody = !request.method().equals("GET") && !request.method().equals("HEAD");
    if (hasBody && !keepsMethod) {
      next.method("GET", null)
          .removeHeader("Transfer-Encoding")
          .removeHeader("Content-Length")
          .removeHeader("Content-Type");
    }
    if (!sameConnection(url, request.url())) {
      next.removeHeader("Authorization");
    }
    return next.removeHeader("Host").build();
  }

  private static boolean sameConnection(HttpUrl a, HttpUrl b) {
    return a.host().equals(b.host()) && a.port() == b.port() && a.scheme().equals(b.scheme());
  }

  private static boolean isRedirect(int code) {
    return switch (code) {
      case HttpURLConnection.HTTP_MULT_CHOICE,
          HttpURLConnection.HTTP_MOVED_PERM,
          HttpURLConnection.HTTP_MOVED_TEMP,
          HttpURLConnection.HTTP_SEE_OTHER,
          307,
          308 ->
          true;
      default -> false;
    };
  }
}
