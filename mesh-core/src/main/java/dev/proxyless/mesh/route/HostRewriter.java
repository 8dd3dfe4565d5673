package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.RouteAction.HostRewrite;
import org.jspecify.annotations.Nullable;

/** An authority's rewrite before an endpoint is chosen, compiled. Immutable. */
interface HostRewriter {

  /** Nothing is rewritten. */
  HostRewriter NONE = context -> "";

  /** The new authority; empty where it stays. */
  String rewrite(FormatContext context);

  /** Compiles a rewrite; {@code at} is the action that holds it. */
  static HostRewriter compile(HostRewrite rewrite, String at) {
    if (rewrite instanceof HostRewrite.Literal literal) {
      return context -> literal.host();
    }
    if (rewrite instanceof HostRewrite.Header header) {
      String name = Ascii.lower(header.name());
      return context -> {
        String value = context.requestHeader(name);
        return value == null ? "" : value;
      };
    }
    if (rewrite instanceof HostRewrite.PathRegex regex) {
      Substitution substitution =
          Substitution.compile(regex.rewrite(), at + ".host_rewrite_path_regex");
      return context -> substitution.replaceAll(RequestView.withoutQuery(context.head.path()));
    }
    if (rewrite instanceof HostRewrite.Format text) {
      Format format = Format.compile(text.format(), at + ".host_rewrite");
      return context -> format.evaluate(context, "-");
    }
    return NONE;
  }

  /**
   * Tells of a rewrite: {@code x-forwarded-host} gets the old authority at its end unless that
   * stands there, {@code x-envoy-original-host} is it.
   */
  static void tell(
      String oldAuthority, boolean appendForwardedHost, boolean envoyHeaders, HeaderEdits edits) {
    if (appendForwardedHost && !oldAuthority.isEmpty()) {
      String value = forwardedHost(edits.first("x-forwarded-host"), oldAuthority);
      if (value != null) {
        edits.add(HeaderEdit.set("x-forwarded-host", value));
      }
    }
    if (envoyHeaders) {
      edits.add(HeaderEdit.set("x-envoy-original-host", oldAuthority));
    }
  }

  private static @Nullable String forwardedHost(@Nullable String there, String authority) {
    if (there == null || there.isEmpty()) {
      return authority;
    }
    int end = there.length();
    while (end > 0 && there.charAt(end - 1) == ',') {
      end--;
    }
    String last = there.substring(there.lastIndexOf(',', end - 1) + 1, end);
    return end == 0 || last.equals(authority) ? null : there + "," + authority;
  }
}
