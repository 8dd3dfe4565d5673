package dev.proxyless.mesh.okhttp;

import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/** The body of a response that was not given to the caller: there is none. */
final class Discarded extends ResponseBody {

  private final ResponseBody body;

  private Discarded(ResponseBody body) {
    this.body = body;
  }

  /**
   * A response that is discarded, as a {@link Response#priorResponse} without a body, under the
   * caller's own request.
   *
   * @param before what was discarded before it
   */
  static Response head(Response response, Request request, @Nullable Response before) {
    return response
        .newBuilder()
        .request(request)
        .body(new Discarded(response.body()))
        .priorResponse(before)
        .build();
  }

  @Override
  public @Nullable MediaType contentType() {
    return body.contentType();
  }

  @Override
  public long contentLength() {
    return body.contentLength();
  }

  @Override
  public BufferedSource source() {
    throw new IllegalStateException("the body of a discarded response cannot be read");
  }

  @Override
  public void close() {
    // there is nothing to close
  }
}
