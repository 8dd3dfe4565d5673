package dev.proxyless.mesh.route;

import java.util.List;

/**
 * The head of a request, part by part.
 *
 * @param lines name and value of each header line
 */
record TestHead(String method, String authority, String path, List<Line> lines)
    implements RequestHead {

  record Line(String name, String value) {}

  @Override
  public String scheme() {
    return "http";
  }

  @Override
  public int port() {
    return 80;
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
