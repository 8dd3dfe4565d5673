package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.RouteAction.PathRewrite;
import dev.proxyless.mesh.model.RouteAction.Redirect;

/**
 * The {@code Location} of a redirect. Source: {@code envoy.config.route.v3.RedirectAction} and
 * Envoy's {@code newUri}.
 */
final class Redirects {

  private Redirects() {}

  static String location(Redirect redirect, RequestHead head, RouteEntry route) {
    String scheme = redirect.scheme().orElse(head.scheme());
    StringBuilder location = new StringBuilder(scheme).append("://");
    location.append(redirect.host().orElseGet(() -> host(redirect, head, scheme)));
    redirect.port().ifPresent(port -> location.append(':').append(port));
    String path = path(redirect, head, route);
    if (!path.startsWith("/")) {
      location.append('/');
    }
    return location.append(path).toString();
  }

  /**
   * The request's host; its port goes where a new one is set, or where the old scheme implied it.
   */
  private static String host(Redirect redirect, RequestHead head, String scheme) {
    String authority = head.authority();
    int colon = Hosts.portStart(authority);
    if (colon < 0) {
      return authority;
    }
    String port = authority.substring(colon);
    boolean implied =
        (head.scheme().equals("https") && port.equals(":443"))
            || (head.scheme().equals("http") && port.equals(":80"));
    boolean drop = redirect.port().isPresent() || (implied && !scheme.equals(head.scheme()));
    return drop ? authority.substring(0, colon) : authority;
  }

  private static String path(Redirect redirect, RequestHead head, RouteEntry route) {
    String full = head.path();
    int query = full.indexOf('?');
    if (redirect.path().isPresent()) {
      String path = redirect.path().get();
      boolean keepQuery = query >= 0 && path.indexOf('?') < 0 && !redirect.stripQuery();
      return keepQuery ? path + full.substring(query) : path;
    }
    String path =
        redirect.pathRewrite() instanceof PathRewrite.Prefix prefix
            ? route.rewritePrefix(full, prefix.replacement())
            : full;
    int end = path.indexOf('?');
    return redirect.stripQuery() && end >= 0 ? path.substring(0, end) : path;
  }
}
