package dev.proxyless.mesh.call;

import dev.proxyless.mesh.route.RequestHead;
import dev.proxyless.mesh.telemetry.CallInfo;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes local replies in the form that the request calls for. Source: Envoy's {@code
 * sendLocalReply}.
 */
final class LocalReplies {

  static final Header OVERLOADED = new Header("x-envoy-overloaded", "true");

  private static final int GRPC_DEADLINE_EXCEEDED = 4;

  private LocalReplies() {}

  /** A reply with a text and no headers of a route. */
  static LocalReply text(
      RequestHead head, int status, String body, List<Header> more, CallInfo info) {
    return reply(head, status, body, Optional.empty(), more, info);
  }

  /**
   * A reply. To a gRPC request it is a response of headers alone that says the same; to HEAD it has
   * no body, nor gRPC's message.
   *
   * @param contentType of the body, where it is not plain text
   * @param headers what stands in it already; a content type among them stays unless another is
   *     told
   */
  static LocalReply reply(
      RequestHead head,
      int status,
      String body,
      Optional<String> contentType,
      List<Header> headers,
      CallInfo info) {
    boolean bare = head.method().equals("HEAD");
    LocalReply reply =
        reply(
            head.header("content-type"),
            status,
            bare && isGrpc(head) ? "" : body,
            contentType,
            headers,
            info);
    return bare ? new LocalReply(reply.status(), reply.headers(), "", info) : reply;
  }

  /** A text for a request of this content type. */
  static LocalReply text(
      @Nullable String contentType, int status, String body, List<Header> more, CallInfo info) {
    return reply(contentType, status, body, Optional.empty(), more, info);
  }

  private static LocalReply reply(
      @Nullable String requestType,
      int status,
      String body,
      Optional<String> contentType,
      List<Header> more,
      CallInfo info) {
    List<Header> headers = new ArrayList<>(more);
    if (isGrpc(requestType)) {
      set(headers, "content-type", "application/grpc");
      boolean late = info.details().equals(LocalEnd.MAX_DURATION);
      int grpcStatus = late ? GRPC_DEADLINE_EXCEEDED : grpcStatus(status);
      set(headers, "grpc-status", Integer.toString(grpcStatus));
      if (!body.isEmpty()) {
        set(headers, "grpc-message", percentEncoded(body));
      }
      return new LocalReply(200, List.copyOf(headers), "", info);
    }
    boolean typed = headers.stream().anyMatch(line -> line.name().equals("content-type"));
    if (body.isEmpty()) {
      headers.removeIf(line -> line.name().equals("content-type"));
    } else {
      set(headers, "content-length", Integer.toString(utf8Length(body)));
      if (contentType.isPresent() || !typed) {
        set(headers, "content-type", contentType.orElse("text/plain"));
      }
    }
    return new LocalReply(status, List.copyOf(headers), body, info);
  }

  /** Where it stands, if it does, as Envoy sets the headers that it knows. */
  private static void set(List<Header> headers, String name, String value) {
    for (int i = 0; i < headers.size(); i++) {
      if (headers.get(i).name().equals(name)) {
        headers.set(i, new Header(name, value));
        return;
      }
    }
    headers.add(new Header(name, value));
  }

  private static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  static boolean isGrpc(RequestHead head) {
    return isGrpc(head.header("content-type"));
  }

  private static boolean isGrpc(@Nullable String contentType) {
    return contentType != null
        && (contentType.equals("application/grpc") || contentType.startsWith("application/grpc+"));
  }

  private static int grpcStatus(int httpStatus) {
    return switch (httpStatus) {
      case 400 -> 13;
      case 401 -> 16;
      case 403 -> 7;
      case 404 -> 12;
      case 429, 502, 503, 504 -> 14;
      default -> 2;
    };
  }

  /** As the gRPC protocol asks: printable ASCII stays, but for the percent sign. */
  private static String percentEncoded(String text) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b >= 0x20 && b < 0x7f && b != '%') {
        out.append((char) b);
      } else {
        out.append('%');
        out.append(Character.toUpperCase(Character.forDigit((b >> 4) & 0xf, 16)));
        out.append(Character.toUpperCase(Character.forDigit(b & 0xf, 16)));
      }
    }
    return out.toString();
  }
}
