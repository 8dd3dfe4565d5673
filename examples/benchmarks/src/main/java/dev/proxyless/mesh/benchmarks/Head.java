package dev.proxyless.mesh.benchmarks;

import dev.proxyless.mesh.route.RequestHead;
import java.util.List;

/** A request. */
record Head(String authority, String path, List<String> names, List<String> values)
    implements RequestHead {

  private static final List<String> NAMES = List.of("user-agent", "accept");
  private static final List<String> VALUES = List.of("benchmark", "*/*");

  /** A request with two headers. */
  Head(String authority, String path) {
    this(authority, path, NAMES, VALUES);
  }

  @Override
  public String method() {
    return "GET";
  }

  @Override
  public String scheme() {
    return "http";
  }

  @Override
  public int port() {
    return 8000;
  }

  @Override
  public int headerCount() {
    return names.size();
  }

  @Override
  public String headerName(int index) {
    return names.get(index);
  }

  @Override
  public String headerValue(int index) {
    return values.get(index);
  }
}
