package dev.proxyless.mesh.okhttp;

import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * The authorities of URLs, host and port as OkHttp sends them: without a port that the scheme
 * implies. A client speaks to few, so that each is as a rule made once. Safe for use by several
 * threads.
 */
final class Authorities {

  private static final int KEPT = 32;

  /** Immutable, so that threads may race for a place. */
  private record Known(String scheme, String host, int port, String authority) {
    boolean isOf(HttpUrl url) {
      return port == url.port() && host.equals(url.host()) && scheme.equals(url.scheme());
    }
  }

  private final @Nullable Known[] known = new Known[KEPT];

  String of(HttpUrl url) {
    int place = (url.host().hashCode() + url.port()) & (KEPT - 1);
    Known there = known[place];
    if (there == null || !there.isOf(url)) {
      there = new Known(url.scheme(), url.host(), url.port(), make(url));
      known[place] = there;
    }
    return there.authority();
  }

  private static String make(HttpUrl url) {
    String host = url.host().indexOf(':') < 0 ? url.host() : "[" + url.host() + "]";
    boolean implied = url.port() == HttpUrl.defaultPort(url.scheme());
    return implied ? host : host + ":" + url.port();
  }
}
