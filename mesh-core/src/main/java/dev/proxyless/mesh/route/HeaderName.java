package dev.proxyless.mesh.route;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The name of a request header as a condition asks for it: what of a request it stands for is found
 * out once. Besides the caller's lines there are the parts of the request line ({@code :authority},
 * also called {@code host}, {@code :method}, {@code :path}, {@code :scheme}), and two that Envoy's
 * connection manager writes and the mesh does not send: {@code x-forwarded-proto} and {@code
 * x-envoy-internal}. Immutable.
 */
final class HeaderName {

  /** Where a header's value comes from. */
  private enum Origin {
    LINES,
    AUTHORITY,
    METHOD,
    PATH,
    SCHEME,
    FORWARDED_PROTO,
    INTERNAL
  }

  /**
   * Names whose repeated lines Envoy keeps as one, joined by commas. Source: what Envoy 1.40 did
   * with two lines of each; its {@code INLINE_REQ} headers and those that its filters register.
   */
  private static final Set<String> JOINED =
      Set.of(
          "accept",
          "accept-encoding",
          "access-control-request-headers",
          "access-control-request-method",
          "access-control-request-private-network",
          "authentication",
          "authorization",
          "cache-control",
          "content-encoding",
          "content-type",
          "expect",
          "grpc-accept-encoding",
          "grpc-timeout",
          "if-match",
          "if-modified-since",
          "if-none-match",
          "if-range",
          "if-unmodified-since",
          "origin",
          "pragma",
          "proxy-status",
          "referer",
          "user-agent",
          "via",
          "x-client-trace-id",
          "x-envoy-attempt-count",
          "x-envoy-decorator-operation",
          "x-envoy-downstream-service-cluster",
          "x-envoy-downstream-service-node",
          "x-envoy-expected-rq-timeout-ms",
          "x-envoy-external-address",
          "x-envoy-force-trace",
          "x-envoy-hedge-on-per-try-timeout",
          "x-envoy-ip-tags",
          "x-envoy-is-timeout-retry",
          "x-envoy-max-retries",
          "x-envoy-original-host",
          "x-envoy-original-path",
          "x-envoy-original-url",
          "x-envoy-retriable-header-names",
          "x-envoy-retriable-status-codes",
          "x-envoy-retry-grpc-on",
          "x-envoy-retry-on",
          "x-envoy-upstream-alt-stat-name",
          "x-envoy-upstream-rq-per-try-timeout-ms",
          "x-envoy-upstream-rq-timeout-alt-response",
          "x-envoy-upstream-rq-timeout-ms",
          "x-envoy-upstream-stream-duration-ms",
          "x-forwarded-for",
          "x-forwarded-host",
          "x-forwarded-port",
          "x-request-id");

  private final String text;
  private final Origin origin;
  private final boolean joined;

  private HeaderName(String text) {
    this.text = text;
    joined = JOINED.contains(text);
    origin =
        switch (text) {
          case ":authority", "host" -> Origin.AUTHORITY;
          case ":method" -> Origin.METHOD;
          case ":path" -> Origin.PATH;
          case ":scheme" -> Origin.SCHEME;
          case "x-forwarded-proto" -> Origin.FORWARDED_PROTO;
          case "x-envoy-internal" -> Origin.INTERNAL;
          default -> Origin.LINES;
        };
  }

  static HeaderName of(String name) {
    return new HeaderName(Ascii.lower(name));
  }

  /** The name in lower case. */
  String text() {
    return text;
  }

  /** Whether several lines of this name count as one, joined by commas. */
  boolean joined() {
    return joined;
  }

  /** Whether the value is a part of the request line, so that the caller's lines do not count. */
  boolean pseudo() {
    return switch (origin) {
      case AUTHORITY, METHOD, PATH, SCHEME -> true;
      case LINES, FORWARDED_PROTO, INTERNAL -> false;
    };
  }

  /** What the header is where the caller sent no line of it; null where it is missing. */
  @Nullable String implied(RequestHead head, StreamInfo info) {
    return switch (origin) {
      case LINES -> null;
      case AUTHORITY -> head.authority();
      case METHOD -> head.method();
      case PATH -> head.path().isEmpty() ? null : head.path();
      case SCHEME, FORWARDED_PROTO -> head.scheme().isEmpty() ? null : head.scheme();
      case INTERNAL -> info.internal() ? "true" : null;
    };
  }

  /** The first value of a request's header, or null where it is missing. */
  @Nullable String first(RequestHead head, StreamInfo info) {
    String line = pseudo() ? null : head.header(text);
    if (line == null) {
      return implied(head, info);
    }
    return joined ? new RequestView(head, info).joined(this) : line;
  }

  @Override
  public String toString() {
    return text;
  }
}
