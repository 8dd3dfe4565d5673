package dev.proxyless.mesh.okhttp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.SocketFactory;

/** Makes sockets that connect to one endpoint, whatever host and port the request's URL names. */
final class EndpointSockets extends SocketFactory {

  private final InetAddress address;
  private final int port;

  EndpointSockets(InetAddress address, int port) {
    this.address = address;
    this.port = port;
  }

  @Override
  public Socket createSocket() {
    return new Socket() {
      @Override
      public void connect(SocketAddress ignored, int timeout) throws IOException {
        super.connect(new InetSocketAddress(address, port), timeout);
      }
    };
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
