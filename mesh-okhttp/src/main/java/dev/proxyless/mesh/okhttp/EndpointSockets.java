package dev.proxyless.mesh.okhttp;

import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import javax.net.SocketFactory;
import okhttp3.Connection;
import org.jspecify.annotations.Nullable;

/** Makes sockets that connect to one endpoint, whatever host and port the request's URL names. */
final class EndpointSockets extends SocketFactory {

  private final InetAddress address;
  private final int port;
  private final LongSupplier clock;

  /** Open sockets by local port: TLS wraps a socket, and shows the port alone. */
  private final ConcurrentHashMap<Integer, EndpointSocket> open = new ConcurrentHashMap<>();

  EndpointSockets(InetAddress address, int port, LongSupplier clock) {
    this.address = address;
    this.port = port;
    this.clock = clock;
  }

  InetAddress address() {
    return address;
  }

  int port() {
    return port;
  }

  long nanoTime() {
    return clock.getAsLong();
  }

  void opened(EndpointSocket socket) {
    open.put(socket.getLocalPort(), socket);
  }

  void closed(EndpointSocket socket) {
    open.remove(socket.getLocalPort(), socket);
  }

  /** The socket below a connection; null where it is closed by now. */
  @Nullable EndpointSocket below(Connection connection) {
    Socket socket = connection.socket();
    return socket instanceof EndpointSocket own ? own : open.get(socket.getLocalPort());
  }

  @Override
  public Socket createSocket() {
    return new EndpointSocket(this);
  }

  @Override
  public Socket createSocket(String host, int ignored) {
    throw new UnsupportedOperationException("OkHttp connects sockets itself");
  }

  @Override
  public Socket createSocket(String host, int ignored, InetAddress local, int localPort) {
    throw new UnsupportedOperationException("OkHttp connects sockets itself");
  }

  @Override
  public Socket createSocket(InetAddress host, int ignored) {
    throw new UnsupportedOperationException("OkHttp connects sockets itself");
  }

  @Override
  public Socket createSocket(InetAddress host, int ignored, InetAddress local, int localPort) {
    throw new UnsupportedOperationException("OkHttp connects sockets itself");
  }
}
