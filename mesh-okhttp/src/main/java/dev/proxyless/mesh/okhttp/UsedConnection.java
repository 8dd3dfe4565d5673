package dev.proxyless.mesh.okhttp;

import java.time.Duration;
import java.util.Set;
import okhttp3.Connection;
import okhttp3.Protocol;

/**
 * The connection under one try, and whether the try's failure is the connection's own: a server may
 * close a connection that nobody uses at the moment when it is used again, and what was sent then
 * was not read. Belongs to the try's thread.
 */
final class UsedConnection {

  /** A connection that was used until just now is not one that a server closes for idling. */
  static final Duration MIN_IDLE = Duration.ofSeconds(1);

  /** What HTTP calls safe: asking twice is no more than asking once. */
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

  /** More than a frame of HTTP/2 that says goodbye. */
  private static final long FAREWELL_BYTES = 31;

  /** OkHttp reads no longer head than this. */
  private static final long MAX_HEAD_BYTES = 256 * 1024;

  private final EndpointSocket socket;
  private final Connection connection;
  private final boolean reused;
  private final boolean multiplexed;
  private final long idleNanos;
  private final long receivedBefore;

  /**
   * The connection of a try.
   *
   * @param reused whether it was there before the try
   * @param idleNanos for how long nobody had used it then
   * @param receivedBefore what {@link #received} said then
   */
  UsedConnection(
      EndpointSocket socket,
      Connection connection,
      boolean reused,
      long idleNanos,
      long receivedBefore) {
    this.socket = socket;
    this.connection = connection;
    this.reused = reused;
    this.idleNanos = idleNanos;
    this.receivedBefore = receivedBefore;
    multiplexed = connection.protocol() != Protocol.HTTP_1_1;
  }

  /** How many bytes of HTTP came over a connection so far. */
  static long received(EndpointSocket socket, Connection connection) {
    return connection.handshake() == null ? socket.received() : socket.receivedInTls();
  }

  private long received() {
    return received(socket, connection) - receivedBefore;
  }

  /** Whether the other side ended the connection, which ends its streams one by one. */
  boolean isEnded() {
    return socket.isEnded();
  }

  /** Whether it carries several streams. */
  boolean isMultiplexed() {
    return multiplexed;
  }

  /**
   * Whether a failure before the head of a response is that of a connection which had died while it
   * idled, of a request that may be sent again. On HTTP/2, where frames come that are no
   * response's, a few bytes count as none.
   */
  boolean diedIdle(String method) {
    return reused
        && idleNanos >= MIN_IDLE.toNanos()
        && received() <= (multiplexed ? FAREWELL_BYTES : 0)
        && SAFE.contains(method);
  }

  /**
   * Whether any of a response's head came, so that the end of the connection, in order or not, is a
   * breach of the protocol, as it is for Envoy; not known of HTTP/2.
   */
  boolean hasBegunToAnswer() {
    return !multiplexed && received() > 0;
  }

  /** Whether the try failed since the head of its response did not end. */
  boolean headNeverEnded() {
    return !multiplexed && received() >= MAX_HEAD_BYTES;
  }
}
