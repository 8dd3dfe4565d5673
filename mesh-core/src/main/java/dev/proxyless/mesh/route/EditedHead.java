package dev.proxyless.mesh.route;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request's head after edits: what is handed on to it, what the connection manager makes of it,
 * what is sent upstream. Untouched lines keep their place and case; a header that is set stands
 * where its first line stood, or at the end. Used by one thread, as long as neither the head under
 * it nor the edits change.
 */
public final class EditedHead implements RequestHead {

  private final RequestHead head;
  private final String method;
  private final String scheme;
  private final String authority;
  private final String path;
  private final List<HeaderEdit> edits;
  private @Nullable Lines lines;

  private EditedHead(
      RequestHead head,
      String method,
      String scheme,
      String authority,
      String path,
      List<HeaderEdit> edits) {
    this.head = head;
    this.method = method;
    this.scheme = scheme;
    this.authority = authority;
    this.path = path;
    this.edits = edits;
  }

  /** A head with edits, another authority and another path. */
  public static RequestHead of(
      RequestHead head, String authority, String path, List<HeaderEdit> edits) {
    return new EditedHead(head, head.method(), head.scheme(), authority, path, edits);
  }

  /** A head with edits and another request line. */
  static RequestHead of(
      RequestHead head,
      String method,
      String scheme,
      String authority,
      String path,
      List<HeaderEdit> edits) {
    return new EditedHead(head, method, scheme, authority, path, edits);
  }

  /** Made when somebody looks: most heads are asked for their path alone, or for nothing. */
  private Lines lines() {
    Lines made = lines;
    if (made == null) {
      made = new Lines(head);
      for (int i = 0; i < edits.size(); i++) {
        made.apply(edits.get(i));
      }
      lines = made;
    }
    return made;
  }

  /** Header lines that edits are made to. */
  private static final class Lines {
    private final List<String> names = new ArrayList<>();
    private final List<String> values = new ArrayList<>();

    Lines(RequestHead head) {
      for (int i = 0; i < head.headerCount(); i++) {
        names.add(head.headerName(i));
        values.add(head.headerValue(i));
      }
    }

    void apply(HeaderEdit edit) {
      if (edit.kind() == HeaderEdit.Kind.ADD) {
        names.add(edit.name());
        values.add(edit.value());
        return;
      }
      boolean set = edit.kind() == HeaderEdit.Kind.SET;
      for (int i = 0; i < names.size(); ) {
        if (!names.get(i).equalsIgnoreCase(edit.name())) {
          i++;
        } else if (set) {
          values.set(i, edit.value());
          set = false;
          i++;
        } else {
          names.remove(i);
          values.remove(i);
        }
      }
      if (set) {
        names.add(edit.name());
        values.add(edit.value());
      }
    }
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
    return head.port();
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public int headerCount() {
    return lines().names.size();
  }

  @Override
  public String headerName(int index) {
    return lines().names.get(index);
  }

  @Override
  public String headerValue(int index) {
    return lines().values.get(index);
  }

  @Override
  public String toString() {
    return method + " " + scheme + "://" + authority + path;
  }
}
