package dev.proxyless.mesh.call;

import dev.proxyless.mesh.route.HeaderEdit;
import dev.proxyless.mesh.route.RequestHead;
import dev.proxyless.mesh.route.RouteEntry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request's head as it is sent upstream: with its edits made and its authority and path
 * rewritten. It is what command operators of a response read. Used by one thread.
 */
final class SentHead implements RequestHead {

  private final RequestHead head;
  private final List<HeaderEdit> edits;
  private final RouteEntry.Rewritten rewritten;
  private @Nullable List<Header> lines;

  SentHead(RequestHead head, List<HeaderEdit> edits, RouteEntry.Rewritten rewritten) {
    this.head = head;
    this.edits = edits;
    this.rewritten = rewritten;
  }

  @Override
  public String method() {
    return head.method();
  }

  @Override
  public String scheme() {
    return head.scheme();
  }

  @Override
  public String authority() {
    return rewritten.authority();
  }

  @Override
  public int port() {
    return head.port();
  }

  @Override
  public String path() {
    return rewritten.path();
  }

  @Override
  public int headerCount() {
    return lines().size();
  }

  @Override
  public String headerName(int index) {
    return lines().get(index).name();
  }

  @Override
  public String headerValue(int index) {
    return lines().get(index).value();
  }

  /** Made when somebody looks: few routes write what a request said into its response. */
  private List<Header> lines() {
    List<Header> made = lines;
    if (made == null) {
      made = new ArrayList<>(head.headerCount());
      for (int i = 0; i < head.headerCount(); i++) {
        made.add(new Header(head.headerName(i), head.headerValue(i)));
      }
      made = HeaderLines.edited(made, edits);
      lines = made;
    }
    return made;
  }
}
