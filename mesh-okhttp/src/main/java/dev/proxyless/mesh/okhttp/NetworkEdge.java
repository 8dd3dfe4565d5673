package dev.proxyless.mesh.okhttp;

import java.io.IOException;
import java.time.Duration;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * The last network interceptor of a try: what is thrown below it is the network's, what is thrown
 * above is the application's own. A connection past its age, or at the last request that it may
 * take, is told to close after this exchange; HTTP/2 has no such header, and OkHttp takes no new
 * stream there all the same.
 */
final class NetworkEdge implements Interceptor {

  private final EndpointSockets sockets;
  private final long maxAgeNanos;
  private final long maxRequests;

  /** Marks a try whose failure came from the network. */
  private record Failed() {}

  /**
   * @param maxAge zero is none
   * @param maxRequests on one connection; zero is no bound
   */
  NetworkEdge(EndpointSockets sockets, Duration maxAge, long maxRequests) {
    this.sockets = sockets;
    maxAgeNanos = maxAge.isZero() ? Long.MAX_VALUE : maxAge.toNanos();
    this.maxRequests = maxRequests == 0 ? Long.MAX_VALUE : maxRequests;
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    Request request = chain.request();
    if (isLast(chain.connection()) && request.header("Upgrade") == null) {
      request = request.newBuilder().header("Connection", "close").build();
    }
    try {
      return chain.proceed(request);
    } catch (IOException failure) {
      fail(chain.call());
      throw failure;
    }
  }

  /** A try that had a connection fails by the network. */
  static void fail(Call inner) {
    inner.tag(Failed.class, Failed::new);
  }

  /** Whether the connection is to take no more requests than this one, which is counted. */
  private boolean isLast(@Nullable Connection connection) {
    if (connection == null || (maxAgeNanos == Long.MAX_VALUE && maxRequests == Long.MAX_VALUE)) {
      return false;
    }
    EndpointSocket socket = sockets.below(connection);
    return socket != null
        && (socket.countRequest() >= maxRequests || socket.ageNanos() >= maxAgeNanos);
  }

  /** Whether a try that had a connection failed by the network. */
  static boolean hasFailed(Call inner) {
    return inner.tag(Failed.class) != null;
  }
}
