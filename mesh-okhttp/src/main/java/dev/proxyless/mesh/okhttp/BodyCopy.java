package dev.proxyless.mesh.okhttp;

import java.io.IOException;
import okhttp3.Request;
import okhttp3.RequestBody;
import okio.Buffer;
import okio.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Copies a request's body, so that the application writes it once at a time while several send it.
 */
final class BodyCopy {

  private BodyCopy() {}

  /**
   * The request with a body of its own; null where the body cannot be copied: it is written once,
   * or its length is unknown or more than the limit.
   */
  static @Nullable Request of(Request request, long limitBytes) {
    RequestBody body = request.body();
    if (body == null) {
      return request;
    }
    try {
      long length = body.contentLength();
      if (body.isOneShot() || body.isDuplex() || length < 0 || length > limitBytes) {
        return null;
      }
      Buffer bytes = new Buffer();
      body.writeTo(bytes);
      ByteString written = bytes.readByteString();
      return request
          .newBuilder()
          .method(request.method(), RequestBody.create(written, body.contentType()))
          .build();
    } catch (IOException | RuntimeException unwritable) {
      return null; // the call itself will say so where it matters
    }
  }
}
