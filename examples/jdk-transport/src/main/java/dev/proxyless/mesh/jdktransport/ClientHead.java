package dev.proxyless.mesh.jdktransport;

import dev.proxyless.mesh.route.RequestHead;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A request of the JDK's client as the mesh reads it, with the user agent that is sent where the
 * caller names none.
 */
final class ClientHead implements RequestHead {

  private static final String USER_AGENT = "user-agent";
  private static final String DEFAULT_AGENT = "Java-http-client/" + Runtime.version().feature();

  private final HttpRequest request;
  private final List<Map.Entry<String, String>> lines = new ArrayList<>();

  ClientHead(HttpRequest request) {
    this.request = request;
    request
        .headers()
        .map()
        .forEach((name, values) -> values.forEach(value -> lines.add(Map.entry(name, value))));
    if (request.headers().firstValue(USER_AGENT).isEmpty()) {
      lines.add(Map.entry(USER_AGENT, DEFAULT_AGENT));
    }
  }

  /** The headers as they go out, before the mesh edits them. */
  List<Map.Entry<String, String>> lines() {
    return lines;
  }

  @Override
  public String method() {
    return request.method();
  }

  @Override
  public String scheme() {
    return request.uri().getScheme();
  }

  @Override
  public String authority() {
    URI uri = request.uri();
    return request
        .headers()
        .firstValue("host")
        .orElseGet(
            () ->
                uri.getPort() < 0 || uri.getPort() == impliedPort()
                    ? uri.getHost()
                    : uri.getHost() + ":" + uri.getPort());
  }

  @Override
  public int port() {
    int port = request.uri().getPort();
    return port < 0 ? impliedPort() : port;
  }

  private int impliedPort() {
    return scheme().equalsIgnoreCase("https") ? 443 : 80;
  }

  @Override
  public String path() {
    URI uri = request.uri();
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
  }

  @Override
  public int headerCount() {
    return lines.size();
  }

  @Override
  public String headerName(int index) {
    return lines.get(index).getKey();
  }

  @Override
  public String headerValue(int index) {
    return lines.get(index).getValue();
  }
}
