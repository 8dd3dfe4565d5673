package dev.proxyless.mesh.okhttp;

import java.io.IOException;
import okhttp3.Request;
import okhttp3.RequestBody;
import okio.Buffer;
import org.jspecify.annotations.Nullable;

/** Copies of requests whose body is sent by several threads: the application writes it once. */
final class BodyCopy {

  private BodyCopy() {}

  /**
   * The request with a body of its own; null where the body cannot be copied: it can be written
   * only once, it is longer than the limit, of unknown length, or failed to be written.
   */
  static @Nullable Request of(Request request, long limit) {
    RequestBody body = request.body();
    if (body == null) {
      return request;
    }
    try {
      long length = body.contentLength();
      if (body.isOneShot() || body.isDuplex() || length < 0 || length > limit) {
        return null;
      }
      Buffer bytes = new Buffer();
      body.writeTo(bytes);
      return request
          .newBuilder()
          .method(request.method(), RequestBody.create(bytes.readByteString(), body.contentType()))
          .build();
    } catch (IOException | RuntimeException unwritable) {
      return null; // the call itself will say so where it matters
    }
  }
}
