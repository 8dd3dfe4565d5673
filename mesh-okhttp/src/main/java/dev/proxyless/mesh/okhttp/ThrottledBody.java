package dev.proxyless.mesh.okhttp;

import dev.proxyless.mesh.time.MeshTime;
import java.io.IOException;
import java.time.Duration;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.ForwardingSource;
import okio.Okio;
import okio.Source;

/**
 * A response's body that a fault slows down: a slice of what may come in a second, sixteen times a
 * second. Who reads slowly may catch up on a second's worth. Source: Envoy's {@code
 * StreamRateLimiter}. Belongs to the thread that reads.
 */
final class ThrottledBody extends ForwardingSource {

  private static final int SLICES = 16;
  private static final long TICK_NANOS = 1_000_000_000L / SLICES;
  private static final long MAX_LATE = (SLICES - 1) * TICK_NANOS;
  private static final long MAX_KIB = Long.MAX_VALUE / 1024;

  private final MeshTime time;
  private final Pause pause;
  private final long sliceBytes;

  /** Has been read and not given out, so that the end of the body is not waited for. */
  private final Buffer held = new Buffer();

  /** What may be given out now. */
  private long paid;

  /** When the next slice may be, once there was one. */
  private long nextNanos;

  private boolean begun;

  /** Waits for a while, unless the call ends. */
  interface Pause {
    void pause(Duration duration) throws IOException;
  }

  ThrottledBody(Source body, long kibPerSecond, MeshTime time, Pause pause) {
    super(body);
    this.time = time;
    this.pause = pause;
    sliceBytes = Math.min(kibPerSecond, MAX_KIB) * 1024 / SLICES;
  }

  /** The same response with a slow body; what was upgraded has none. */
  static Response slowed(Response response, long kibPerSecond, MeshTime time, Pause pause) {
    if (response.socket() != null) {
      return response;
    }
    ResponseBody body = response.body();
    Source slow = new ThrottledBody(body.source(), kibPerSecond, time, pause);
    return response
        .newBuilder()
        .body(ResponseBody.create(Okio.buffer(slow), body.contentType(), body.contentLength()))
        .build();
  }

  @Override
  public long read(Buffer sink, long byteCount) throws IOException {
    if (held.exhausted() && super.read(held, Math.min(byteCount, sliceBytes)) < 0) {
      return -1;
    }
    if (paid == 0) {
      awaitSlice();
      paid = sliceBytes;
    }
    long given = Math.min(byteCount, Math.min(paid, held.size()));
    sink.write(held, given);
    paid -= given;
    return given;
  }

  private void awaitSlice() throws IOException {
    long now = time.nanoTime();
    if (!begun) {
      begun = true;
      nextNanos = now;
    } else if (now - nextNanos > MAX_LATE) {
      nextNanos = now - MAX_LATE;
    }
    long wait = nextNanos - now;
    nextNanos += TICK_NANOS;
    if (wait > 0) {
      pause.pause(Duration.ofNanos(wait));
    }
  }
}
