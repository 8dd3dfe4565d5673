package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.route.RequestHead;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A request as it is told on the command line. */
final class ExplainedRequest implements RequestHead {

  private final String method;
  private final String scheme;
  private final String authority;
  private final int port;
  private final String path;
  private final List<String> names = new ArrayList<>();
  private final List<String> values = new ArrayList<>();

  /**
   * Reads a request.
   *
   * @param headers such as {@code x-version: 2}; {@code Host} stands for the URL's own
   * @throws UnusableInputException if the URL or a header is none
   */
  ExplainedRequest(String method, String url, List<String> headers) {
    this.method = method;
    URI uri = parse(url);
    scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    boolean https = scheme.equals("https");
    port = uri.getPort() >= 0 ? uri.getPort() : https ? 443 : 80;
    String rawPath =
        uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    path = uri.getRawQuery() == null ? rawPath : rawPath + "?" + uri.getRawQuery();
    String host = port == (https ? 443 : 80) ? uri.getHost() : uri.getHost() + ":" + port;
    for (String header : headers) {
      int colon = header.indexOf(':');
      if (colon < 1) {
        throw new UnusableInputException(
            "header \"" + header + "\" has no name; right would be 'name: value'");
      }
      String name = header.substring(0, colon).strip();
      String value = header.substring(colon + 1).strip();
      if (name.equalsIgnoreCase("host")) {
        host = value;
      } else {
        names.add(name);
        values.add(value);
      }
    }
    authority = host;
  }

  private static URI parse(String url) {
    try {
      URI uri = new URI(url);
      if (uri.getScheme() != null
          && uri.getScheme().toLowerCase(Locale.ROOT).matches("https?")
          && uri.getHost() != null) {
        return uri;
      }
    } catch (URISyntaxException notOne) {
      throw new UnusableInputException(wrong(url) + " (" + notOne.getReason() + ")", notOne);
    }
    throw new UnusableInputException(wrong(url));
  }

  private static String wrong(String url) {
    return "\"" + url + "\" is no URL of a service; right would be http://HOST[:PORT]/PATH";
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

  @Override
  public String toString() {
    return method + " " + scheme + "://" + authority + path;
  }
}
