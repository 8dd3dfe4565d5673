package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.RouteAction.PathRewrite;
import dev.proxyless.mesh.model.RouteAction.Redirect;
import dev.proxyless.mesh.model.RouteMatch.PathMatch;
import org.jspecify.annotations.Nullable;

/**
 * The {@code Location} of a redirect, compiled. Source: {@code
 * envoy.config.route.v3.RedirectAction} and Envoy's {@code newUri}. Immutable.
 */
final class Redirects {

  private final @Nullable String scheme;
  private final @Nullable String host;
  private final String port;
  private final @Nullable String path;
  private final @Nullable Format pathFormat;
  private final PathRewriter rewriter;
  private final boolean stripQuery;

  private Redirects(Redirect redirect, PathMatch match, String at) {
    scheme = redirect.scheme().orElse(null);
    host = redirect.host().orElse(null);
    port = redirect.port().isPresent() ? ":" + redirect.port().getAsInt() : "";
    path = redirect.path().orElse(null);
    stripQuery = redirect.stripQuery();
    pathFormat =
        redirect.pathRewrite() instanceof PathRewrite.Format format
            ? Format.compile(format.format(), at + ".path_rewrite")
            : null;
    rewriter =
        pathFormat == null
            ? PathRewriter.compile(redirect.pathRewrite(), match, at)
            : PathRewriter.NONE;
  }

  static Redirects compile(Redirect redirect, PathMatch match, String at) {
    return new Redirects(redirect, match, at);
  }

  String location(RequestHead head, FormatContext context) {
    String newScheme = scheme == null ? head.scheme() : scheme;
    String newPath = path(head.path(), context);
    return newScheme
        + "://"
        + (host == null ? host(head, newScheme) : host)
        + port
        + (newPath.startsWith("/") ? "" : "/")
        + newPath;
  }

  /** Where a response with the status of a redirect points to that has no redirect of its own. */
  static String unchanged(RequestHead head) {
    return head.scheme() + "://" + head.authority() + head.path();
  }

  /**
   * The request's host; its port goes where a new one is set, or where the old scheme implied it.
   */
  private String host(RequestHead head, String newScheme) {
    String authority = head.authority();
    int colon = Hosts.portStart(authority);
    if (colon < 0) {
      return authority;
    }
    String oldPort = authority.substring(colon);
    String forwarded = head.header("x-forwarded-proto");
    String oldScheme = Ascii.lower(forwarded == null ? head.scheme() : forwarded);
    boolean implied =
        (oldScheme.equals("https") && oldPort.equals(":443"))
            || (oldScheme.equals("http") && oldPort.equals(":80"));
    boolean drop = !port.isEmpty() || (implied && !newScheme.equals(oldScheme));
    return drop ? authority.substring(0, colon) : authority;
  }

  /** The path that the rewrite of a redirect makes of a request's; null where it stays. */
  @Nullable String rewritten(String path, FormatContext context) {
    return rewriter.rewrite(path, context);
  }

  private String path(String full, FormatContext context) {
    String fixed = pathFormat == null ? path : pathFormat.evaluate(context);
    int query = full.indexOf('?');
    if (fixed != null && !fixed.isEmpty()) {
      boolean keepQuery = query >= 0 && fixed.indexOf('?') < 0 && !stripQuery;
      return keepQuery ? fixed + full.substring(query) : fixed;
    }
    String rewritten = rewriter.rewrite(full, context);
    String result = rewritten == null ? full : rewritten;
    int end = result.indexOf('?');
    return stripQuery && end >= 0 ? result.substring(0, end) : result;
  }
}
