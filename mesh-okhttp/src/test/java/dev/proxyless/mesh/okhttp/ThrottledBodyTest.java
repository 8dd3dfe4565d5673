package dev.proxyless.mesh.okhttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.testing.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import okio.Buffer;
import okio.BufferedSource;
import okio.ForwardingSource;
import okio.Okio;
import okio.Source;
import org.junit.jupiter.api.Test;

/** How fast a throttled body comes, on a virtual clock. */
final class ThrottledBodyTest {

  private static final int KIB = 1024;
  private static final Duration TICK = Duration.ofSeconds(1).dividedBy(16);

  private final VirtualTime time = new VirtualTime(7);
  private boolean closed;

  /** A body of so many bytes at 16 KiB a second, which is a slice of 1 KiB. */
  private BufferedSource body(int bytes) {
    Source all =
        new ForwardingSource(new Buffer().write(new byte[bytes])) {
          @Override
          public void close() {
            closed = true;
          }
        };
    return Okio.buffer(new ThrottledBody(all, 16, time, time::advance));
  }

  @Test
  void aSliceComesSixteenTimesASecond() throws IOException {
    assertEquals(64 * KIB, body(64 * KIB).readByteArray().length);
    assertEquals(TICK.multipliedBy(63), time.elapsed());
  }

  @Test
  void theFirstSliceAndTheEndAreNotWaitedFor() throws IOException {
    assertEquals(KIB, body(KIB).readByteArray().length);
    assertEquals(Duration.ZERO, time.elapsed());
  }

  @Test
  void smallPiecesAreNoSlower() throws IOException {
    Source body = body(2 * KIB);
    Buffer sink = new Buffer();
    while (body.read(sink, 1) >= 0) {
      assertTrue(sink.size() <= 2 * KIB);
    }
    assertEquals(2 * KIB, sink.size());
    assertEquals(TICK, time.elapsed());
  }

  @Test
  void aSlowReaderCatchesUpOnASecondAndNoMore() throws IOException {
    BufferedSource body = body(64 * KIB);
    body.skip(KIB);
    time.advance(Duration.ofSeconds(10));
    body.skip(16 * KIB);
    assertEquals(Duration.ofSeconds(10), time.elapsed());
    body.skip(KIB);
    assertEquals(Duration.ofSeconds(10).plus(TICK), time.elapsed());
  }

  @Test
  void aLimitBeyondAllBoundsIsNone() throws IOException {
    Source body = new Buffer().write(new byte[KIB]);
    Source fast = new ThrottledBody(body, Long.MAX_VALUE, time, time::advance);
    assertEquals(KIB, Okio.buffer(fast).readByteArray().length);
    assertEquals(Duration.ZERO, time.elapsed());
  }

  @Test
  void whatEndsTheWaitEndsTheRead() {
    Source body = new Buffer().write(new byte[2 * KIB]);
    Source slow =
        new ThrottledBody(
            body,
            16,
            time,
            wait -> {
              throw new IOException("Canceled");
            });
    BufferedSource reader = Okio.buffer(slow);
    assertEquals("Canceled", assertThrows(IOException.class, reader::readByteArray).getMessage());
  }

  @Test
  void closingItClosesTheBody() throws IOException {
    body(KIB).close();
    assertTrue(closed);
  }
}
