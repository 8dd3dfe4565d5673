package dev.proxyless.mesh.route;

import org.jspecify.annotations.Nullable;

/** A request as matchers look at it: parts cut once. Used by one thread. */
final class RequestView {

  final RequestHead head;
  final StreamInfo info;
  final String path;
  private final int queryStart;
  private final int queryEnd;

  RequestView(RequestHead head, StreamInfo info) {
    this.head = head;
    this.info = info;
    String full = head.path();
    int end = full.length();
    int fragment = full.indexOf('#');
    int query = full.indexOf('?');
    if (fragment >= 0) {
      end = fragment;
    }
    if (query >= 0 && query < end) {
      path = full.substring(0, query);
      queryStart = query + 1;
    } else {
      path = end == full.length() ? full : full.substring(0, end);
      queryStart = end;
    }
    queryEnd = end;
  }

  /** A path up to its query or fragment. */
  static String withoutQuery(String path) {
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '?' || c == '#') {
        return path.substring(0, i);
      }
    }
    return path;
  }

  /**
   * The first value of a query parameter, as it stands; {@code ""} for {@code ?k} and {@code ?k=};
   * null where the key is missing.
   */
  @Nullable String queryParameter(String name) {
    String full = head.path();
    int start = queryStart;
    while (start < queryEnd) {
      int end = full.indexOf('&', start);
      if (end < 0 || end > queryEnd) {
        end = queryEnd;
      }
      int equals = full.indexOf('=', start);
      int keyEnd = equals < 0 || equals > end ? end : equals;
      if (keyEnd - start == name.length() && full.startsWith(name, start)) {
        return keyEnd == end ? "" : full.substring(keyEnd + 1, end);
      }
      start = end + 1;
    }
    return null;
  }

  /** A part of the request line by its pseudo-header name, or null for a name that is none. */
  @Nullable String pseudoHeader(String name) {
    return switch (name) {
      case ":authority" -> head.authority();
      case ":method" -> head.method();
      case ":path" -> head.path();
      case ":scheme" -> head.scheme();
      default -> null;
    };
  }
}
