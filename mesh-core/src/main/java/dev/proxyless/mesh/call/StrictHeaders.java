package dev.proxyless.mesh.call;

import dev.proxyless.mesh.model.HttpConnectionManager.Router;
import dev.proxyless.mesh.model.RetryOn;
import dev.proxyless.mesh.route.RequestHead;
import dev.proxyless.mesh.route.RouteEntry;
import dev.proxyless.mesh.route.RouteTarget;
import dev.proxyless.mesh.route.StreamInfo;
import dev.proxyless.mesh.telemetry.CallInfo;
import dev.proxyless.mesh.telemetry.ResponseFlag;
import dev.proxyless.mesh.telemetry.ResponseFlags;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Refuses requests whose {@code x-envoy-} headers cannot be read: {@code strict_check_headers}. */
final class StrictHeaders {

  /** A condition that Envoy knows and that is never met here. */
  private static final String HTTP3 = "http3-post-connect-failure";

  private StrictHeaders() {}

  static Optional<Routed> refusal(
      Router router, RouteEntry route, RouteTarget routed, RequestHead head, StreamInfo info) {
    for (String name : router.strictCheckHeaders()) {
      String value = head.header(name);
      if (value != null && !isValid(name, value)) {
        return Optional.of(refusal(name, value, route, routed, head, info));
      }
    }
    return Optional.empty();
  }

  private static Routed refusal(
      String name,
      String value,
      RouteEntry route,
      RouteTarget routed,
      RequestHead head,
      StreamInfo info) {
    CallInfo call =
        new CallInfo(
            route.virtualHost().name(),
            route.name(),
            routed.cluster(),
            "",
            0,
            ResponseFlags.of(ResponseFlag.IH),
            "request_headers_failed_strict_check{" + name + "}",
            "the router checks this header (strict_check_headers)");
    List<Header> headers = RouteReplies.mutated(route, head, info, routed, List.of(), 400, call);
    String body = "invalid header '" + name + "' with value '" + value + "'";
    return new Routed.Answered("refuse", LocalReplies.text(head, 400, body, headers, call));
  }

  private static boolean isValid(String name, String value) {
    return switch (name) {
      case "x-envoy-retry-on" -> tokens(value, false);
      case "x-envoy-retry-grpc-on" -> tokens(value, true);
      default -> isUnsigned(value);
    };
  }

  /** Of 64 bits, though not each of these is a time that counts. */
  private static boolean isUnsigned(String value) {
    try {
      Long.parseUnsignedLong(value.strip());
      return true;
    } catch (NumberFormatException notOne) {
      return false;
    }
  }

  /** Blanks around words and words that are empty do not count, as where policies are read. */
  private static boolean tokens(String list, boolean grpc) {
    return Arrays.stream(list.split(","))
        .map(String::strip)
        .filter(token -> !token.isEmpty())
        .allMatch(token -> isKnown(token, grpc));
  }

  private static boolean isKnown(String token, boolean grpc) {
    return RetryOn.of(token).map(each -> (each.grpcStatus() >= 0) == grpc).orElse(false)
        || (!grpc && token.equals(HTTP3));
  }
}
