package dev.proxyless.mesh.okhttp;

import java.util.List;
import java.util.stream.Collectors;
import okhttp3.Cookie;
import okhttp3.CookieJar;
import okhttp3.Request;
import okhttp3.Response;

/**
 * The application's cookies, above the mesh: they belong to the caller's URL, whatever a route
 * makes of it, and routes may match them.
 */
final class Cookies {

  private Cookies() {}

  /** The request with the jar's cookies, in place of those it has. */
  static Request added(Request request, CookieJar jar) {
    if (jar == CookieJar.NO_COOKIES) {
      return request;
    }
    List<Cookie> cookies = jar.loadForRequest(request.url());
    if (cookies.isEmpty()) {
      return request;
    }
    String header =
        cookies.stream()
            .map(each -> each.name() + "=" + each.value())
            .collect(Collectors.joining("; "));
    return request.newBuilder().header("Cookie", header).build();
  }

  /** Gives the jar what the response sets. */
  static void keep(Response response, Request request, CookieJar jar) {
    if (jar == CookieJar.NO_COOKIES) {
      return;
    }
    List<Cookie> cookies = Cookie.parseAll(request.url(), response.headers());
    if (!cookies.isEmpty()) {
      jar.saveFromResponse(request.url(), cookies);
    }
  }
}
