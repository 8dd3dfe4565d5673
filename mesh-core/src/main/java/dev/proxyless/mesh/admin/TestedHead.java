package dev.proxyless.mesh.admin;

import dev.proxyless.mesh.admin.RouteTest.HeaderLine;
import dev.proxyless.mesh.route.HeaderEdit;
import dev.proxyless.mesh.route.RequestHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Headers that a route test looks at, of a request or a response, with the route's edits made to
 * them. Used by one thread.
 */
final class TestedHead implements RequestHead {

  private final List<HeaderLine> lines = new ArrayList<>();
  private final String method;
  private final String scheme;
  private String authority;
  private final int port;
  private String path;

  private TestedHead(String method, String scheme, String authority, int port, String path) {
    this.method = method;
    this.scheme = scheme;
    this.authority = authority;
    this.port = port;
    this.path = path;
  }

  /** The lines of a request. */
  static TestedHead ofRequest(RequestHead head) {
    TestedHead lines =
        new TestedHead(head.method(), head.scheme(), head.authority(), head.port(), head.path());
    for (int i = 0; i < head.headerCount(); i++) {
      lines.add(head.headerName(i), head.headerValue(i));
    }
    return lines;
  }

  /** The lines of a response, which has no request line. */
  static TestedHead ofResponse(List<HeaderLine> headers) {
    TestedHead lines = new TestedHead("", "", "", 0, "");
    headers.forEach(line -> lines.add(line.name(), line.value()));
    return lines;
  }

  void add(String name, String value) {
    String lower = name.toLowerCase(Locale.ROOT);
    lines.add(new HeaderLine(lower, value));
  }

  private void remove(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    lines.removeIf(line -> line.name().equals(lower));
  }

  void apply(List<HeaderEdit> edits) {
    for (HeaderEdit edit : edits) {
      switch (edit.kind()) {
        case ADD -> add(edit.name(), edit.value());
        case REMOVE -> remove(edit.name());
        case SET -> {
          remove(edit.name());
          add(edit.name(), edit.value());
        }
      }
    }
  }

  void rewrite(String newAuthority, String newPath) {
    authority = newAuthority;
    path = newPath;
  }

  /** The first value of a header or of a part of the request line, or null. */
  @Nullable String first(String name) {
    return switch (name) {
      case ":authority", "host" -> authority;
      case ":path" -> path;
      case ":method" -> method;
      case ":scheme" -> scheme;
      default -> header(name);
    };
  }

  @Override
  public String method() {
    return method;
  }

  @Override
  public String scheme() {
    return scheme;
  }

  @Override
  public String authority() {
    return authority;
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public int headerCount() {
    return lines.size();
  }

  @Override
  public String headerName(int index) {
    return lines.get(index).name();
  }

  @Override
  public String headerValue(int index) {
    return lines.get(index).value();
  }
}
