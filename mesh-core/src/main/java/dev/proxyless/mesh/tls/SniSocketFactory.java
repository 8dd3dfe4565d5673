package dev.proxyless.mesh.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.StandardConstants;

/**
 * Makes the sockets of one generation: with its protocol versions, and with the configured server
 * name or none, whatever the URL's host is.
 */
final class SniSocketFactory extends SSLSocketFactory {

  private final SSLSocketFactory sockets;
  private final String[] protocols;
  private final String sni;
  private final List<SNIServerName> serverNames;

  SniSocketFactory(Generation generation, String sni) {
    sockets = generation.context().getSocketFactory();
    protocols = generation.protocols();
    this.sni = sni;
    serverNames = sni.isEmpty() ? List.of() : List.of(new ServerName(sni));
  }

  /** {@link javax.net.ssl.SNIHostName} refuses underscores, which Istio's names have. */
  private static final class ServerName extends SNIServerName {
    ServerName(String name) {
      super(StandardConstants.SNI_HOST_NAME, name.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Override
  public Socket createSocket(Socket connected, String host, int port, boolean autoClose)
      throws IOException {
    return configured(sockets.createSocket(connected, sni.isEmpty() ? host : sni, port, autoClose));
  }

  private Socket configured(Socket socket) {
    if (socket instanceof SSLSocket tls) {
      SSLParameters parameters = tls.getSSLParameters();
      parameters.setProtocols(protocols);
      parameters.setServerNames(serverNames);
      tls.setSSLParameters(parameters);
    }
    return socket;
  }

  @Override
  public Socket createSocket() throws IOException {
    return configured(sockets.createSocket());
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return configured(sockets.createSocket(host, port));
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return configured(sockets.createSocket(host, port, local, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return configured(sockets.createSocket(host, port));
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return configured(sockets.createSocket(host, port, local, localPort));
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
