package dev.proxyless.mesh.spring;

import dev.proxyless.mesh.route.RequestHead;
import java.util.ArrayList;
import java.util.List;
import okhttp3.HttpUrl;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;

/** The head of a request that is not made. */
record ExplainedRequest(String method, HttpUrl url, List<String> names, List<String> values)
    implements RequestHead {

  static ExplainedRequest of(String method, String url, List<String> headers) {
    HttpUrl parsed = HttpUrl.parse(url);
    if (parsed == null) {
      throw new InvalidEndpointRequestException(
          "url is \"" + url + "\"; right would be a URL such as http://orders.apps.local:8000/cart",
          "url must be an http or https URL");
    }
    List<String> names = new ArrayList<>();
    List<String> values = new ArrayList<>();
    for (String header : headers) {
      int colon = header.indexOf(':');
      if (colon < 1) {
        throw new InvalidEndpointRequestException(
            "header is \"" + header + "\"; right would be name:value", "header must be name:value");
      }
      names.add(header.substring(0, colon).trim());
      values.add(header.substring(colon + 1).trim());
    }
    return new ExplainedRequest(method, parsed, names, values);
  }

  @Override
  public String scheme() {
    return url.scheme();
  }

  @Override
  public String authority() {
    int at = indexOfHost();
    if (at >= 0) {
      return values.get(at);
    }
    String host = url.host().indexOf(':') < 0 ? url.host() : "[" + url.host() + "]";
    return url.port() == HttpUrl.defaultPort(url.scheme()) ? host : host + ":" + url.port();
  }

  private int indexOfHost() {
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equalsIgnoreCase("host")) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public int port() {
    return url.port();
  }

  @Override
  public String path() {
    String query = url.encodedQuery();
    return query == null ? url.encodedPath() : url.encodedPath() + "?" + query;
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
