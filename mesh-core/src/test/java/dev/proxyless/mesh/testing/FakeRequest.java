package dev.proxyless.mesh.testing;

import dev.proxyless.mesh.route.RequestHead;
import java.util.ArrayList;
import java.util.List;

/** The head of a request, written by hand: a method, a URL and header lines. Immutable. */
public final class FakeRequest implements RequestHead {

  private final String method;
  private final String scheme;
  private final String authority;
  private final String path;
  private final List<String> names;
  private final List<String> values;

  private FakeRequest(
      String method,
      String scheme,
      String authority,
      String path,
      List<String> names,
      List<String> values) {
    this.method = method;
    this.scheme = scheme;
    this.authority = authority;
    this.path = path;
    this.names = names;
    this.values = values;
  }

  /** A GET of a URL such as {@code http://host:80/path?query}; it is taken as it is written. */
  public static FakeRequest get(String url) {
    return of("GET", url);
  }

  public static FakeRequest of(String method, String url) {
    int schemeEnd = url.indexOf("://");
    int pathStart = url.indexOf('/', schemeEnd + 3);
    return new FakeRequest(
        method,
        url.substring(0, schemeEnd),
        pathStart < 0 ? url.substring(schemeEnd + 3) : url.substring(schemeEnd + 3, pathStart),
        pathStart < 0 ? "/" : url.substring(pathStart),
        List.of(),
        List.of());
  }

  /** The same request with one more header line. */
  public FakeRequest header(String name, String value) {
    List<String> moreNames = new ArrayList<>(names);
    moreNames.add(name);
    List<String> moreValues = new ArrayList<>(values);
    moreValues.add(value);
    return new FakeRequest(
        method, scheme, authority, path, List.copyOf(moreNames), List.copyOf(moreValues));
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
    int colon = authority.lastIndexOf(':');
    if (colon >= 0 && authority.indexOf(']', colon) < 0) {
      return Integer.parseInt(authority.substring(colon + 1));
    }
    return scheme.equals("https") ? 443 : 80;
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
