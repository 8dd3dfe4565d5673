package dev.proxyless.mesh.servlet;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/** The paths of a request. */
final class Paths {

  private Paths() {}

  /** The path and query as sent. */
  static String raw(HttpServletRequest request) {
    @Nullable String query = request.getQueryString();
    String path = request.getRequestURI();
    return query == null ? path : path + "?" + query;
  }

  /** Host and port as the caller named them. */
  static String authority(HttpServletRequest request) {
    @Nullable String host = request.getHeader("host");
    return host == null ? request.getServerName() + ":" + request.getServerPort() : host;
  }

  /**
   * What the container made of the path and routes on; null where it refuses to tell, as Jetty does
   * of a path that it finds ambiguous.
   */
  static @Nullable String decoded(HttpServletRequest request) {
    try {
      @Nullable String more = request.getPathInfo();
      String path = request.getServletContext().getContextPath() + request.getServletPath();
      return more == null ? path : path + more;
    } catch (IllegalArgumentException ambiguous) {
      return null;
    }
  }
}
