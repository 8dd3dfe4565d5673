package dev.proxyless.mesh.admin;

import dev.proxyless.mesh.route.RequestHead;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The head of a request that is asked about and not made.
 *
 * <pre>{@code
 * mesh.explain(ExplainedRequest.of("POST", "http://orders.apps.local:8000/cart", List.of()));
 * }</pre>
 *
 * Immutable.
 */
public final class ExplainedRequest implements RequestHead {

  private final String method;
  private final String scheme;
  private final String authority;
  private final int port;
  private final String path;
  private final List<String> names = new ArrayList<>();
  private final List<String> values = new ArrayList<>();

  private ExplainedRequest(String method, URI uri, List<String> headers) {
    this.method = method;
    scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    int usual = scheme.equals("https") ? 443 : 80;
    port = uri.getPort() >= 0 ? uri.getPort() : usual;
    String rawPath = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    path = uri.getRawQuery() == null ? rawPath : rawPath + "?" + uri.getRawQuery();
    String host = port == usual ? uri.getHost() : uri.getHost() + ":" + port;
    for (String header : headers) {
      int colon = header.indexOf(':');
      if (colon < 1) {
        throw new IllegalArgumentException(
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

  /**
   * A request.
   *
   * @param method such as {@code GET}
   * @param url an http or https URL
   * @param headers such as {@code x-version: 2}; {@code Host} stands for the URL's own
   * @throws IllegalArgumentException if the URL or a header is none; the message says what would be
   *     right
   */
  public static ExplainedRequest of(String method, String url, List<String> headers) {
    return new ExplainedRequest(method, parse(url), headers);
  }

  private static URI parse(String url) {
    String reason = "";
    try {
      URI uri = new URI(url);
      if (uri.getScheme() != null
          && uri.getScheme().toLowerCase(Locale.ROOT).matches("https?")
          && uri.getHost() != null) {
        return uri;
      }
    } catch (URISyntaxException notOne) {
      reason = " (" + notOne.getReason() + ")";
    }
    throw new IllegalArgumentException(
        "\"" + url + "\" is no URL of a service; right would be http://HOST[:PORT]/PATH" + reason);
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
