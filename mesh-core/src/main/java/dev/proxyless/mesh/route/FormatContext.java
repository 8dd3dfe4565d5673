package dev.proxyless.mesh.route;

import org.jspecify.annotations.Nullable;

/**
 * What command operators can ask about: the request as it stands, its route and, once there is one,
 * its response. Used by one thread.
 */
final class FormatContext {

  final RequestHead head;
  final StreamInfo info;
  final RouteEntry route;
  final @Nullable RouteTarget target;

  /** Changes to the request so far; null once it was sent, when the head has them. */
  private final @Nullable HeaderEdits requestEdits;

  private final @Nullable HeaderEdits responseEdits;
  final @Nullable ResponseInfo response;
  String authority;
  String localReplyBody = "";

  private FormatContext(
      RequestHead head,
      StreamInfo info,
      RouteEntry route,
      @Nullable RouteTarget target,
      @Nullable HeaderEdits requestEdits,
      @Nullable HeaderEdits responseEdits,
      @Nullable ResponseInfo response) {
    this.head = head;
    this.info = info;
    this.route = route;
    this.target = target;
    this.requestEdits = requestEdits;
    this.responseEdits = responseEdits;
    this.response = response;
    authority = head.authority();
  }

  /** A request on its way; what its edits hold counts. */
  static FormatContext ofRequest(
      RequestHead head,
      StreamInfo info,
      RouteEntry route,
      @Nullable RouteTarget target,
      @Nullable HeaderEdits edits) {
    return new FormatContext(head, info, route, target, edits, null, null);
  }

  /** A response on its way back. */
  static FormatContext ofResponse(
      RequestHead head,
      StreamInfo info,
      RouteEntry route,
      @Nullable RouteTarget target,
      HeaderEdits responseEdits,
      ResponseInfo response) {
    return new FormatContext(head, info, route, target, null, responseEdits, response);
  }

  /** The first value of a header of the request, by its name in lower case, or null. */
  @Nullable String requestHeader(String name) {
    return switch (name) {
      case ":authority", "host" -> authority;
      case ":path" -> head.path();
      case ":method" -> head.method();
      case ":scheme" -> head.scheme();
      default -> requestEdits == null ? head.header(name) : requestEdits.first(name);
    };
  }

  /** The first value of a header of the response, by its name in lower case, or null. */
  @Nullable String responseHeader(String name) {
    if (response != null && name.equals(":status")) {
      return Integer.toString(response.status());
    }
    return responseEdits == null ? null : responseEdits.first(name);
  }
}
