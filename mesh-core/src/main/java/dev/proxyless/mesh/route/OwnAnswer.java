package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.Route;
import dev.proxyless.mesh.model.RouteAction;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a route answers by itself, compiled: its redirect or its direct response. Of a route that
 * has neither, redirects lead to where the request was going. Immutable.
 */
final class OwnAnswer {

  private final Route route;
  private final @Nullable Redirects redirects;
  private final @Nullable ReplyBody replyBody;

  private OwnAnswer(Route route, @Nullable Redirects redirects, @Nullable ReplyBody replyBody) {
    this.route = route;
    this.redirects = redirects;
    this.replyBody = replyBody;
  }

  static OwnAnswer compile(Route route, String at) {
    return new OwnAnswer(
        route,
        route.action() instanceof RouteAction.Redirect redirect
            ? Redirects.compile(redirect, route.match().path(), at + ".redirect")
            : null,
        route.action() instanceof RouteAction.DirectResponse reply
            ? ReplyBody.compile(reply, at + ".direct_response")
            : null);
  }

  /** The request as it reads after its redirect; {@code context} is that of the request. */
  RequestHead redirected(RequestHead head, FormatContext context, boolean envoyHeaders) {
    String path = redirects == null ? null : redirects.rewritten(head.path(), context);
    if (path == null) {
      return head;
    }
    List<HeaderEdit> told =
        envoyHeaders ? List.of(HeaderEdit.set("x-envoy-original-path", head.path())) : List.of();
    return EditedHead.of(head, head.authority(), path, told);
  }

  /** Where the request is redirected to. */
  String location(RequestHead head, FormatContext context) {
    return redirects == null ? Redirects.unchanged(head) : redirects.location(head, context);
  }

  /** The direct response. */
  DirectReply directReply(RequestHead head, FormatContext context) {
    if (replyBody == null) {
      throw new IllegalStateException("the route " + route.name() + " has no direct response");
    }
    int status = ((RouteAction.DirectResponse) route.action()).status();
    boolean pointing = status == 201 || (status >= 300 && status < 400);
    return new DirectReply(
        status,
        replyBody.text(context),
        replyBody.contentType(),
        pointing ? Optional.of(location(head, context)) : Optional.empty());
  }
}
