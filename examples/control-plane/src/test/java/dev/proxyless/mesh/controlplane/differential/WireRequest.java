package dev.proxyless.mesh.controlplane.differential;

import dev.proxyless.mesh.call.Header;
import dev.proxyless.mesh.route.RequestHead;
import java.util.List;

/**
 * A request as it stands on the wire.
 *
 * @param scheme what {@code x-forwarded-proto} says; only heard where a hop is trusted
 * @param headers in order, names as they are sent
 * @param external whether it comes from a caller that is not trusted
 */
record WireRequest(
    String method,
    String scheme,
    String authority,
    String path,
    List<Header> headers,
    boolean external)
    implements RequestHead {

  static final int PORT = 8000;

  /** Names a request in Envoy's access log; no table knows it. */
  static final String ID = "x-differential-id";

  /** The head in HTTP/1.1. */
  String wire(String id) {
    StringBuilder head = new StringBuilder();
    head.append(method).append(' ').append(path).append(" HTTP/1.1\r\n");
    head.append("host: ").append(authority).append("\r\n");
    if (!scheme.equals("http")) {
      head.append("x-forwarded-proto: ").append(scheme).append("\r\n");
    }
    if (external) {
      head.append("x-forwarded-for: 203.0.113.7\r\n");
    }
    headers.forEach(
        each -> head.append(each.name()).append(": ").append(each.value()).append("\r\n"));
    if (method.equals("POST")) {
      head.append("content-length: 0\r\n");
    }
    return head.append(ID).append(": ").append(id).append("\r\n\r\n").toString();
  }

  @Override
  public int port() {
    return PORT;
  }

  @Override
  public int headerCount() {
    return headers.size();
  }

  @Override
  public String headerName(int index) {
    return headers.get(index).name();
  }

  @Override
  public String headerValue(int index) {
    return headers.get(index).value();
  }

  @Override
  public String toString() {
    return wire("").replace(ID + ": \r\n", "").replace("\r\n", "\n").strip();
  }
}
