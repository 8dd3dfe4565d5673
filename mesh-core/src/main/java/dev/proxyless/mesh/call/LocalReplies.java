package dev.proxyless.mesh.call;

import dev.proxyless.mesh.route.RequestHead;
import dev.proxyless.mesh.telemetry.CallInfo;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes local replies in the form that the request calls for. Source: Envoy's {@code
 * sendLocalReply}.
 */
final class LocalReplies {

  static final Header OVERLOADED = new Header("x-envoy-overloaded", "true");
  private static final Header TEXT = new Header("content-type", "text/plain");

  private LocalReplies() {}

  /** A reply with a text; to a gRPC request, a response of headers alone that says the same. */
  static LocalReply text(
      RequestHead head, int status, String body, List<Header> more, CallInfo info) {
    return text(head.header("content-type"), status, body, more, info);
  }

  /** The same for a request of this content type. */
  static LocalReply text(
      @Nullable String contentType, int status, String body, List<Header> more, CallInfo info) {
    List<Header> headers = new ArrayList<>(more);
    if (isGrpc(contentType)) {
      headers.add(new Header("content-type", "application/grpc"));
      headers.add(new Header("grpc-status", Integer.toString(grpcStatus(status))));
      if (!body.isEmpty()) {
        headers.add(new Header("grpc-message", percentEncoded(body)));
      }
      return new LocalReply(200, List.copyOf(headers), "", info);
    }
    if (!body.isEmpty()) {
      headers.add(TEXT);
    }
    return new LocalReply(status, List.copyOf(headers), body, info);
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
