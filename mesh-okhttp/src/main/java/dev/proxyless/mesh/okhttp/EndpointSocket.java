package dev.proxyless.mesh.okhttp;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A socket that connects to one endpoint, and knows how old its connection is, since when nobody
 * has used it, and how many bytes came. Times are readings of the mesh's clock. Safe for use by
 * several threads.
 */
final class EndpointSocket extends Socket {

  private final EndpointSockets owner;
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong data = new AtomicLong();
  private final AtomicInteger users = new AtomicInteger();
  private final AtomicLong requests = new AtomicLong();
  private volatile long connectedNanos;
  private volatile long releasedNanos;
  private volatile boolean ended;

  EndpointSocket(EndpointSockets owner) {
    this.owner = owner;
  }

  @Override
  public void connect(SocketAddress ignored, int timeout) throws IOException {
    super.connect(new InetSocketAddress(owner.address(), owner.port()), timeout);
    long now = owner.nanoTime();
    connectedNanos = now;
    releasedNanos = now;
    owner.opened(this);
  }

  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // no I/O under a lock of ours
  public void close() throws IOException {
    owner.closed(this);
    super.close();
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new Counted(super.getInputStream());
  }

  /** A try begins to use the connection. Returns for how long nobody did; 0 where somebody does. */
  long acquired() {
    return users.getAndIncrement() == 0 ? owner.nanoTime() - releasedNanos : 0;
  }

  /** A try no longer uses the connection. */
  void released() {
    releasedNanos = owner.nanoTime();
    users.decrementAndGet();
  }

  /** Counts a request. Returns how many have been counted so far. */
  long countRequest() {
    return requests.incrementAndGet();
  }

  /** How long ago the connection was made, in nanoseconds. */
  long ageNanos() {
    return owner.nanoTime() - connectedNanos;
  }

  /** Bytes that came so far, those of TLS included. */
  long received() {
    return received.get();
  }

  /** Bytes of data that came so far inside TLS. */
  long receivedInTls() {
    return data.get();
  }

  /**
   * Whether the other side has ended the connection. OkHttp closes one by itself whose only stream
   * was reset.
   */
  boolean isEnded() {
    return ended;
  }

  private final class Counted extends FilterInputStream {
    private final TlsRecords records = new TlsRecords();

    Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read;
      try {
        read = super.read(bytes, offset, length);
      } catch (SocketTimeoutException slow) {
        throw slow;
      } catch (IOException broken) {
        ended |= !isClosed();
        throw broken;
      }
      if (read > 0) {
        received.addAndGet(read);
        data.addAndGet(records.read(bytes, offset, read));
      } else if (read < 0) {
        ended = true;
      }
      return read;
    }
  }
}
