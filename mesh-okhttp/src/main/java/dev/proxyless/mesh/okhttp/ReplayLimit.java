package dev.proxyless.mesh.okhttp;

import dev.proxyless.mesh.call.MeshCall;
import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.Buffer;
import okio.BufferedSink;
import okio.ForwardingSink;
import okio.Okio;
import okio.Sink;
import org.jspecify.annotations.Nullable;

/**
 * Tells a call when its body is longer than what is sent a second time. Nothing is kept: OkHttp
 * asks the application to write a body again. A body of unknown length is counted while it is
 * written.
 */
final class ReplayLimit extends RequestBody {

  private final RequestBody body;
  private final MeshCall call;

  private ReplayLimit(RequestBody body, MeshCall call) {
    this.body = body;
    this.call = call;
  }

  /** The body to send: itself where its length is known, or where it is not sent again anyway. */
  static RequestBody watched(RequestBody body, MeshCall call) {
    if (body.isOneShot() || body.isDuplex()) {
      return body;
    }
    long length = lengthOf(body);
    if (length < 0) {
      return new ReplayLimit(body, call);
    }
    if (length > call.replayLimit()) {
      call.tooLongToReplay();
    }
    return body;
  }

  /** A length that cannot be told is unknown here, and a failure where the body is sent. */
  private static long lengthOf(RequestBody body) {
    try {
      return body.contentLength();
    } catch (IOException untold) {
      return -1;
    }
  }

  @Override
  public @Nullable MediaType contentType() {
    return body.contentType();
  }

  @Override
  public long contentLength() throws IOException {
    return body.contentLength();
  }

  @Override
  public void writeTo(BufferedSink sink) throws IOException {
    BufferedSink counted = Okio.buffer((Sink) new Counted(sink));
    body.writeTo(counted);
    counted.emit();
  }

  private final class Counted extends ForwardingSink {
    private long left = call.replayLimit();

    Counted(Sink sink) {
      super(sink);
    }

    @Override
    public void write(Buffer source, long count) throws IOException {
      if (left >= 0) {
        left -= count;
        if (left < 0) {
          call.tooLongToReplay();
        }
      }
      super.write(source, count);
    }
  }
}
