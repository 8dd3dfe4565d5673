package dev.proxyless.mesh.okhttp;

import dev.proxyless.mesh.route.RequestHead;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttp;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/**
 * An OkHttp request as the mesh reads it. What OkHttp will add by itself counts as headers where
 * routes may ask for it: the content type of the body and the user agent.
 */
final class OkHttpHead implements RequestHead {

  private static final String CONTENT_TYPE = "Content-Type";
  private static final String USER_AGENT = "User-Agent";
  private static final String OKHTTP = "okhttp/" + OkHttp.VERSION;

  private static final Authorities AUTHORITIES = new Authorities();

  private final Request request;
  private final @Nullable String bodyType;
  private final boolean agentIsOkHttp;
  private @Nullable String path;
  private @Nullable String authority;

  OkHttpHead(Request request) {
    this.request = request;
    bodyType = bodyType(request);
    agentIsOkHttp = request.header(USER_AGENT) == null;
  }

  private static @Nullable String bodyType(Request request) {
    RequestBody body = request.body();
    if (body == null || request.header(CONTENT_TYPE) != null) {
      return null;
    }
    MediaType type = body.contentType();
    return type == null ? null : type.toString();
  }

  @Override
  public String method() {
    return request.method();
  }

  @Override
  public String scheme() {
    return request.url().scheme();
  }

  @Override
  public String authority() {
    String known = authority;
    if (known == null) {
      String host = request.header("Host");
      known = host == null ? AUTHORITIES.of(request.url()) : host;
      authority = known;
    }
    return known;
  }

  @Override
  public int port() {
    return request.url().port();
  }

  @Override
  public String path() {
    String known = path;
    if (known == null) {
      HttpUrl url = request.url();
      String query = url.encodedQuery();
      known = query == null ? url.encodedPath() : url.encodedPath() + "?" + query;
      path = known;
    }
    return known;
  }

  @Override
  public int headerCount() {
    return request.headers().size() + (bodyType == null ? 0 : 1) + (agentIsOkHttp ? 1 : 0);
  }

  @Override
  public String headerName(int index) {
    Headers headers = request.headers();
    if (index < headers.size()) {
      return headers.name(index);
    }
    return index == headers.size() && bodyType != null ? CONTENT_TYPE : USER_AGENT;
  }

  @Override
  public String headerValue(int index) {
    Headers headers = request.headers();
    if (index < headers.size()) {
      return headers.value(index);
    }
    return index == headers.size() && bodyType != null ? bodyType : OKHTTP;
  }
}
