package dev.proxyless.mesh.okhttp;

import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * URLs as routes change them: another path, or TLS where the application asks for none. OkHttp
 * makes a URL anew for more than the rest of a try costs, and most applications ask for few: those
 * without a query are kept. Safe for use by several threads.
 */
final class RewrittenUrls {

  private static final int KEPT = 256;

  /** Immutable, so that threads may race for a place. */
  private record Known(HttpUrl url, boolean secure, String path, HttpUrl rewritten) {
    boolean isOf(HttpUrl asked, boolean askedSecure, String askedPath) {
      return secure == askedSecure && url.equals(asked) && path.equals(askedPath);
    }
  }

  private final @Nullable Known[] known = new Known[KEPT];

  /**
   * A URL as it is sent. It decides over TLS and the path; where it leads is the socket factory's
   * to say.
   *
   * @param secure whether it becomes one of https
   * @param path that it gets, with its query
   */
  HttpUrl of(HttpUrl url, boolean secure, String path) {
    if (url.encodedQuery() != null || path.indexOf('?') >= 0) {
      return rewritten(url, secure, path);
    }
    int place = (31 * url.hashCode() + path.hashCode()) & (KEPT - 1);
    Known there = known[place];
    if (there == null || !there.isOf(url, secure, path)) {
      there = new Known(url, secure, path, rewritten(url, secure, path));
      known[place] = there;
    }
    return there.rewritten();
  }

  private static HttpUrl rewritten(HttpUrl url, boolean secure, String path) {
    HttpUrl.Builder builder = url.newBuilder();
    if (secure) {
      builder.scheme("https").port(url.port());
    }
    int query = path.indexOf('?');
    return builder
        .encodedPath(query < 0 ? path : path.substring(0, query))
        .encodedQuery(query < 0 ? null : path.substring(query + 1))
        .build();
  }
}
