package dev.proxyless.mesh.spring;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.InetAddressFilter;

/**
 * Sockets that connect to the addresses that a filter matches, and to no others. OkHttp asks its
 * resolver for names alone; here addresses that stand in URLs come by as well.
 */
final class FilteredSockets extends SocketFactory {

  private final InetAddressFilter filter;

  FilteredSockets(InetAddressFilter filter) {
    this.filter = filter;
  }

  @Override
  public Socket createSocket() {
    return new Filtered();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connected(new InetSocketAddress(host, port), null);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return connected(
        new InetSocketAddress(host, port), new InetSocketAddress(localHost, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connected(new InetSocketAddress(host, port), null);
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
      throws IOException {
    return connected(
        new InetSocketAddress(address, port), new InetSocketAddress(localAddress, localPort));
  }

  private Socket connected(InetSocketAddress to, @Nullable InetSocketAddress from)
      throws IOException {
    Socket socket = new Filtered();
    try {
      if (from != null) {
        socket.bind(from);
      }
      socket.connect(to);
      return socket;
    } catch (IOException failed) {
      socket.close();
      throw failed;
    }
  }

  private final class Filtered extends Socket {
    @Override
    public void connect(SocketAddress endpoint, int timeout) throws IOException {
      if (!(endpoint instanceof InetSocketAddress to) || to.isUnresolved() || !filter.matches(to)) {
        throw new IOException(
            endpoint
                + " is not among the addresses that the application's"
                + " InetAddressFilter allows");
      }
      super.connect(endpoint, timeout);
    }
  }
}
