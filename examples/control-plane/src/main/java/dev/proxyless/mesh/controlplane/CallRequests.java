package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.admin.ExplainedRequest;
import java.util.Optional;
import java.util.Set;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/** Makes requests that are sent of requests that are described. */
final class CallRequests {

  private static final Set<String> WITHOUT_BODY = Set.of("GET", "HEAD");
  private static final Set<String> WITH_BODY =
      Set.of("POST", "PUT", "PATCH", "PROPPATCH", "QUERY", "REPORT");

  private CallRequests() {}

  /**
   * The request of a head and a body.
   *
   * @throws IllegalArgumentException if it cannot be sent; the message names the part and what
   *     would be right
   */
  static Request of(ExplainedRequest head, Optional<byte[]> body) {
    Request.Builder request = new Request.Builder().url(url(head));
    if (!request.build().url().host().equals(head.authority())) {
      request.header("Host", head.authority());
    }
    Headers.Builder headers = request.build().headers().newBuilder();
    for (int i = 0; i < head.headerCount(); i++) {
      headers.addUnsafeNonAscii(head.headerName(i), head.headerValue(i));
    }
    return request.headers(headers.build()).method(head.method(), body(head, body)).build();
  }

  /** Where the request goes is the mesh's to say; the authority is sent as it stands. */
  private static HttpUrl url(ExplainedRequest head) {
    String path = head.path();
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException(
          "path is \"" + path + "\"; right would be a path that begins with /");
    }
    HttpUrl origin = HttpUrl.parse(head.scheme() + "://" + head.authority() + "/");
    HttpUrl.Builder url =
        origin == null || !origin.encodedPath().equals("/") || origin.query() != null
            ? new HttpUrl.Builder().scheme(head.scheme()).host("localhost").port(head.port())
            : origin.newBuilder().username("").password("").fragment(null).port(head.port());
    int query = path.indexOf('?');
    return url.encodedPath(query < 0 ? path : path.substring(0, query))
        .encodedQuery(query < 0 ? null : path.substring(query + 1))
        .build();
  }

  private static @Nullable RequestBody body(ExplainedRequest head, Optional<byte[]> body) {
    if (body.isEmpty()) {
      return WITH_BODY.contains(head.method()) ? RequestBody.create(new byte[0], null) : null;
    }
    if (WITHOUT_BODY.contains(head.method())) {
      throw new IllegalArgumentException(
          "body is given, and a " + head.method() + " has none; right would be another method");
    }
    return RequestBody.create(body.get(), null);
  }
}
