package dev.proxyless.mesh.benchmarks.grpc;

import dev.proxyless.mesh.route.RequestHead;
import java.util.List;

/** A request with two headers. */
record Head(String authority, String path) implements RequestHead {

  private static final List<String> NAMES = List.of("user-agent", "accept");
  private static final List<String> VALUES = List.of("benchmark", "*/*");

  @Override
  public String method() {
    return "POST";
  }

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
    return NAMES.size();
  }

  @Override
  public String headerName(int index) {
    return NAMES.get(index);
  }

  @Override
  public String headerValue(int index) {
    return VALUES.get(index);
  }
}
