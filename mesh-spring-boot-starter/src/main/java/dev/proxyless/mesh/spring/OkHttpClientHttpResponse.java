package dev.proxyless.mesh.spring;

import java.io.InputStream;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

/** A response whose body is read from the connection. */
final class OkHttpClientHttpResponse implements ClientHttpResponse {

  private final Response response;
  private @Nullable HttpHeaders headers;

  OkHttpClientHttpResponse(Response response) {
    this.response = response;
  }

  @Override
  public HttpStatusCode getStatusCode() {
    return HttpStatusCode.valueOf(response.code());
  }

  @Override
  public String getStatusText() {
    return response.message();
  }

  @Override
  public HttpHeaders getHeaders() {
    HttpHeaders known = headers;
    if (known == null) {
      HttpHeaders copied = new HttpHeaders();
      response.headers().forEach(header -> copied.add(header.getFirst(), header.getSecond()));
      known = HttpHeaders.readOnlyHttpHeaders(copied);
      headers = known;
    }
    return known;
  }

  @Override
  public InputStream getBody() {
    return response.body().byteStream();
  }

  @Override
  public void close() {
    response.close();
  }
}
