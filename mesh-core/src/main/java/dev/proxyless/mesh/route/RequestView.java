package dev.proxyless.mesh.route;

import org.jspecify.annotations.Nullable;

/**
 * A request as conditions look at it: its path cut once, and the lines of the header that was asked
 * for last. Used by one thread.
 */
final class RequestView {

  private static final int NONE = -1;

  final RequestHead head;
  final StreamInfo info;

  /** {@code :path}, with query and fragment, as it is compared; empty where there is none. */
  final String target;

  /** Whether there is a {@code :path}, though nothing of it may be compared. */
  final boolean hasPath;

  private final boolean hasParametersCut;

  /** Where the path as it is compared ends within {@link #target}. */
  final int pathEnd;

  private @Nullable String path;

  /** Which header the next two are about. */
  private @Nullable HeaderName header;

  private int firstLine;
  private int lastLine;

  RequestView(RequestHead head, StreamInfo info) {
    this(head, info, false);
  }

  /**
   * A view of a request.
   *
   * @param cutParameters whether the path is compared without what follows a semicolon in each of
   *     its segments
   */
  RequestView(RequestHead head, StreamInfo info, boolean cutParameters) {
    this.head = head;
    this.info = info;
    String whole = head.path();
    hasPath = !whole.isEmpty();
    target = cutParameters ? withoutParameters(whole) : whole;
    hasParametersCut = target.length() != whole.length();
    pathEnd = before('#', before('?', target.length()));
  }

  /** As Envoy 1.40 does it: {@code /a;b/c;d?e} is {@code /a/c?e}. */
  private static String withoutParameters(String path) {
    int end = withoutQuery(path).length();
    int from = path.indexOf(';');
    if (from < 0 || from >= end) {
      return path;
    }
    StringBuilder kept = new StringBuilder(path.length());
    boolean parameter = false;
    for (int i = 0; i < end; i++) {
      char c = path.charAt(i);
      parameter = c == ';' || (parameter && c != '/');
      if (!parameter) {
        kept.append(c);
      }
    }
    return kept.append(path, end, path.length()).toString();
  }

  private int before(char stop, int end) {
    int at = target.indexOf(stop);
    return at < 0 || at > end ? end : at;
  }

  /** The path as it is compared: without query and fragment, not decoded. */
  String path() {
    String cut = path;
    if (cut == null) {
      cut = target.substring(0, pathEnd);
      path = cut;
    }
    return cut;
  }

  /** The path with its parameters, which templates see even where all else ignores them. */
  String wholePath() {
    return hasParametersCut ? withoutQuery(head.path()) : path();
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

  /** Whether a {@code connect_matcher} takes the request: CONNECT, or an upgrade to UDP. */
  boolean isConnect() {
    if (head.method().equals("CONNECT")) {
      return true;
    }
    String upgrade = head.header("upgrade");
    return upgrade != null
        && upgrade.length() == "connect-udp".length()
        && Ascii.region(upgrade, 0, "connect-udp", true);
  }

  /**
   * The first value of a query parameter, as it stands; {@code ""} for {@code ?k} and {@code ?k=};
   * null where the key is missing.
   */
  @Nullable String queryParameter(String name) {
    int fragment = target.indexOf('#');
    int queryEnd = fragment < 0 ? target.length() : fragment;
    int start = target.indexOf('?') + 1;
    if (start == 0) {
      return null;
    }
    while (start < queryEnd) {
      int end = target.indexOf('&', start);
      if (end < 0 || end > queryEnd) {
        end = queryEnd;
      }
      int equals = target.indexOf('=', start);
      int keyEnd = equals < 0 || equals > end ? end : equals;
      if (keyEnd - start == name.length() && target.startsWith(name, start)) {
        return keyEnd == end ? "" : target.substring(keyEnd + 1, end);
      }
      start = end + 1;
    }
    return null;
  }

  /** The index of the first line of a header, or -1. */
  int firstLine(HeaderName name) {
    find(name);
    return firstLine;
  }

  /** The index of the last line of a header, or -1. */
  int lastLine(HeaderName name) {
    find(name);
    return lastLine;
  }

  private void find(HeaderName name) {
    HeaderName known = header;
    if (known != null && known.text().equals(name.text())) {
      return;
    }
    header = name;
    firstLine = NONE;
    lastLine = NONE;
    int count = head.headerCount();
    for (int i = 0; i < count; i++) {
      if (is(name, i)) {
        firstLine = firstLine == NONE ? i : firstLine;
        lastLine = i;
      }
    }
  }

  /** Whether a line is one of this header. */
  boolean is(HeaderName name, int line) {
    return head.headerName(line).equalsIgnoreCase(name.text());
  }

  /** All values of a header, joined by commas; null where it is missing. */
  @Nullable String joined(HeaderName name) {
    int first = name.pseudo() ? NONE : firstLine(name);
    if (first == NONE) {
      return name.implied(head, info);
    }
    int last = lastLine(name);
    if (first == last) {
      return head.headerValue(first);
    }
    StringBuilder all = new StringBuilder(head.headerValue(first));
    for (int i = first + 1; i <= last; i++) {
      if (is(name, i)) {
        all.append(',').append(head.headerValue(i));
      }
    }
    return all.toString();
  }
}
