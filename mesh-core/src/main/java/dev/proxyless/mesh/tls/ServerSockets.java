package dev.proxyless.mesh.tls;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Sockets of a server, for those that do not use engines. Without this, sockets made from a
 * server's context would ask no client for a certificate.
 */
final class ServerSockets {

  private ServerSockets() {}

  /** Sockets over connections that a server has accepted. */
  static final class Accepted extends SSLSocketFactory {
    private final SSLSocketFactory sockets;
    private final UnaryOperator<SSLParameters> settings;

    Accepted(SSLSocketFactory sockets, UnaryOperator<SSLParameters> settings) {
      this.sockets = sockets;
      this.settings = settings;
    }

    private Socket configured(Socket socket) {
      if (socket instanceof SSLSocket tls) {
        tls.setUseClientMode(false);
        tls.setSSLParameters(settings.apply(tls.getSSLParameters()));
      }
      return socket;
    }

    @Override
    public Socket createSocket(Socket accepted, String host, int port, boolean autoClose)
        throws IOException {
      return configured(sockets.createSocket(accepted, host, port, autoClose));
    }

    @Override
    public Socket createSocket(Socket accepted, InputStream consumed, boolean autoClose)
        throws IOException {
      return configured(sockets.createSocket(accepted, consumed, autoClose));
    }

    @Override
    public Socket createSocket() throws IOException {
      return configured(sockets.createSocket());
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
      throw connects();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort)
        throws IOException {
      throw connects();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
      throw connects();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
        throws IOException {
      throw connects();
    }

    private static IOException connects() {
      return new IOException("this is a server's context; a client's is that of a cluster");
    }

    @Override
    public String[] getDefaultCipherSuites() {
      return sockets.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
      return sockets.getSupportedCipherSuites();
    }
  }

  /** Sockets that listen. */
  static final class Listening extends SSLServerSocketFactory {
    private final SSLServerSocketFactory sockets;
    private final UnaryOperator<SSLParameters> settings;

    Listening(SSLServerSocketFactory sockets, UnaryOperator<SSLParameters> settings) {
      this.sockets = sockets;
      this.settings = settings;
    }

    private ServerSocket configured(ServerSocket socket) {
      if (socket instanceof SSLServerSocket tls) {
        tls.setSSLParameters(settings.apply(tls.getSSLParameters()));
      }
      return socket;
    }

    @Override
    public ServerSocket createServerSocket() throws IOException {
      return configured(sockets.createServerSocket());
    }

    @Override
    public ServerSocket createServerSocket(int port) throws IOException {
      return configured(sockets.createServerSocket(port));
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog) throws IOException {
      return configured(sockets.createServerSocket(port, backlog));
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog, InetAddress address)
        throws IOException {
      return configured(sockets.createServerSocket(port, backlog, address));
    }

    @Override
    public String[] getDefaultCipherSuites() {
      return sockets.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
      return sockets.getSupportedCipherSuites();
    }
  }
}
