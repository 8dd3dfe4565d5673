package dev.proxyless.mesh.call;

import dev.proxyless.mesh.route.HeaderEdit;
import dev.proxyless.mesh.route.RequestHead;
import java.util.ArrayList;
import java.util.List;

/**
 * A request's head with the headers that the request being served hands on, so that routes see them
 * as the endpoint will. A header that the call sets itself stays as it is.
 */
final class HandedOnHead implements RequestHead {

  private final RequestHead head;
  private final List<Header> more;
  private final int count;

  private HandedOnHead(RequestHead head, List<Header> more) {
    this.head = head;
    this.more = more;
    count = head.headerCount();
  }

  /** The head that routes see; the same where nothing is handed on. */
  static RequestHead of(RequestHead head, List<Header> handedOn) {
    if (handedOn.isEmpty()) {
      return head;
    }
    List<Header> more = new ArrayList<>(handedOn.size());
    for (Header header : handedOn) {
      if (head.header(header.name()) == null) {
        more.add(header);
      }
    }
    return more.isEmpty() ? head : new HandedOnHead(head, more);
  }

  /** What has to change for an endpoint to see the same. */
  static void edits(RequestHead seen, List<HeaderEdit> edits) {
    if (seen instanceof HandedOnHead handedOn) {
      handedOn.more.forEach(each -> edits.add(HeaderEdit.add(each.name(), each.value())));
    }
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
    return head.authority();
  }

  @Override
  public int port() {
    return head.port();
  }

  @Override
  public String path() {
    return head.path();
  }

  @Override
  public int headerCount() {
    return count + more.size();
  }

  @Override
  public String headerName(int index) {
    return index < count ? head.headerName(index) : more.get(index - count).name();
  }

  @Override
  public String headerValue(int index) {
    return index < count ? head.headerValue(index) : more.get(index - count).value();
  }
}
