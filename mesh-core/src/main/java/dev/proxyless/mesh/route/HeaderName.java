package dev.proxyless.mesh.route;

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

  private final String text;
  private final Origin origin;
  private final boolean joined;

  private HeaderName(String text) {
    this.text = text;
    joined = InlineHeaders.OF_REQUESTS.contains(text);
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
