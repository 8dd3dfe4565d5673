package dev.proxyless.mesh.admin;

import dev.proxyless.mesh.route.RequestHead;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The head of a request that is asked about and not made.
 *
 * <pre>{@code
 * mesh.explain(ExplainedRequest.of("POST", "http://orders.apps.local:8000/cart", List.of()));
 * mesh.explain(ExplainedRequest.builder().authority("orders.apps.local:8000").path("/a%2Fb?x")
 *     .header("x-version", "2").trusted(false).build());
 * }</pre>
 *
 * Immutable.
 */
public final class ExplainedRequest implements RequestHead {

  private static final int HTTP = 80;
  private static final int HTTPS = 443;
  private static final int MAX_PORT = 65_535;

  private final String method;
  private final String scheme;
  private final String authority;
  private final int port;
  private final String path;
  private final List<String> names;
  private final List<String> values;
  private final Optional<Boolean> trusted;

  private ExplainedRequest(Builder builder) {
    method = builder.method;
    scheme = builder.scheme;
    authority = builder.authority;
    port = builder.port >= 0 ? builder.port : port(authority, scheme);
    path = builder.path;
    names = List.copyOf(builder.names);
    values = List.copyOf(builder.values);
    trusted = builder.trusted;
  }

  /**
   * A request by its URL.
   *
   * @param method such as {@code GET}
   * @param url an http or https URL
   * @param headers such as {@code x-version: 2}; {@code Host} stands for the URL's own
   * @throws IllegalArgumentException if the URL or a header is none; the message says what would be
   *     right
   */
  public static ExplainedRequest of(String method, String url, List<String> headers) {
    URI uri = parse(url);
    Builder builder = builder().method(method).scheme(uri.getScheme().toLowerCase(Locale.ROOT));
    int usual = usualPort(builder.scheme);
    builder.port = uri.getPort() >= 0 ? uri.getPort() : usual;
    builder.authority(builder.port == usual ? uri.getHost() : uri.getHost() + ":" + builder.port);
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    builder.path(uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery());
    for (String header : headers) {
      int colon = header.indexOf(':');
      if (colon < 1) {
        throw new IllegalArgumentException(
            "header \"" + header + "\" has no name; right would be 'name: value'");
      }
      String name = header.substring(0, colon).strip();
      String value = header.substring(colon + 1).strip();
      if (name.equalsIgnoreCase("host")) {
        builder.authority(value);
      } else {
        builder.header(name, value);
      }
    }
    return builder.build();
  }

  /** A builder of a request: {@code GET}, {@code http}, {@code /}, no header. */
  public static Builder builder() {
    return new Builder();
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

  /** The port that an authority names, else the one that its scheme implies. */
  private static int port(String authority, String scheme) {
    int colon = authority.lastIndexOf(':');
    if (colon >= 0 && authority.indexOf(']', colon) < 0) {
      try {
        int named = Integer.parseInt(authority.substring(colon + 1));
        if (named >= 0 && named <= MAX_PORT) {
          return named;
        }
      } catch (NumberFormatException noPort) {
        return usualPort(scheme);
      }
    }
    return usualPort(scheme);
  }

  private static int usualPort(String scheme) {
    return scheme.equals("https") ? HTTPS : HTTP;
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

  /** The port of the URL, or of the authority, or that of the scheme. */
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

  /** Whether the caller is trusted, where the request says so. */
  public Optional<Boolean> trusted() {
    return trusted;
  }

  @Override
  public String toString() {
    return method + " " + scheme + "://" + authority + path;
  }

  /** Collects a request's parts. Not thread-safe. */
  public static final class Builder {
    private String method = "GET";
    private String scheme = "http";
    private String authority = "";
    private int port = -1;
    private String path = "/";
    private final List<String> names = new ArrayList<>();
    private final List<String> values = new ArrayList<>();
    private Optional<Boolean> trusted = Optional.empty();

    private Builder() {}

    /** The method; unset is {@code GET}. */
    public Builder method(String value) {
      method = value;
      return this;
    }

    /** {@code http} or {@code https}, as {@code x-forwarded-proto} says; unset is {@code http}. */
    public Builder scheme(String value) {
      scheme = value;
      return this;
    }

    /** Host and port as they stand in {@code Host} or {@code :authority}; must be set. */
    public Builder authority(String value) {
      authority = value;
      return this;
    }

    /** The path with its query, as it is sent: nothing is escaped or checked. Unset is "/". */
    public Builder path(String value) {
      path = value;
      return this;
    }

    /** One more line; a name may stand several times. */
    public Builder header(String name, String value) {
      names.add(name);
      values.add(value);
      return this;
    }

    /** Whether the caller is trusted; unset is what the connection manager makes of it. */
    public Builder trusted(boolean value) {
      trusted = Optional.of(value);
      return this;
    }

    /**
     * The request.
     *
     * @throws IllegalArgumentException if it has no authority
     */
    public ExplainedRequest build() {
      if (authority.isEmpty()) {
        throw new IllegalArgumentException("authority is missing; right would be HOST[:PORT]");
      }
      return new ExplainedRequest(this);
    }
  }
}
