package dev.proxyless.mesh.jdktransport;

import dev.proxyless.mesh.telemetry.CallInfo;
import java.net.URI;
import java.net.http.HttpClient.Version;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/** A response under the caller's own request. */
record MeshResponse<T>(HttpRequest request, HttpResponse.ResponseInfo head, T body, CallInfo info)
    implements HttpResponse<T> {

  /** A response's head with headers of our own. */
  record Head(int statusCode, HttpHeaders headers, Version version) implements ResponseInfo {}

  @Override
  public int statusCode() {
    return head.statusCode();
  }

  @Override
  public HttpHeaders headers() {
    return head.headers();
  }

  @Override
  public Version version() {
    return head.version();
  }

  @Override
  public URI uri() {
    return request.uri();
  }

  /** Tries that were discarded leave nothing. */
  @Override
  public Optional<HttpResponse<T>> previousResponse() {
    return Optional.empty();
  }

  @Override
  public Optional<SSLSession> sslSession() {
    return Optional.empty();
  }

  @Override
  public String toString() {
    return "(" + request.method() + " " + request.uri() + ") " + statusCode();
  }
}
