package dev.proxyless.mesh.controlplane.differential;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One backend for each cluster. It notes each request as it came in, and answers 200 with nothing
 * else.
 */
final class Backends implements AutoCloseable {

  private static final byte[] ANSWER =
      "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

  private final Map<String, ServerSocket> servers = new LinkedHashMap<>();
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final Map<String, Received> received = new ConcurrentHashMap<>();

  /** A request as a backend of this cluster saw it. */
  record Received(String cluster, HttpLines request) {}

  Backends(List<String> clusters) throws IOException {
    for (String cluster : clusters) {
      ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      servers.put(cluster, server);
      start(cluster, () -> accept(cluster, server));
    }
  }

  /** The port of each cluster's backend. */
  Map<String, Integer> ports() {
    Map<String, Integer> ports = new LinkedHashMap<>();
    servers.forEach((cluster, server) -> ports.put(cluster, server.getLocalPort()));
    return ports;
  }

  /** The request of this id, which is forgotten; empty where none came in. */
  Optional<Received> take(String id) {
    return Optional.ofNullable(received.remove(id));
  }

  private static void start(String cluster, Runnable work) {
    Thread thread = new Thread(work, "backend-" + cluster);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept(String cluster, ServerSocket server) {
    while (!server.isClosed()) {
      try {
        Socket connection = server.accept();
        connections.add(connection);
        start(cluster, () -> serve(cluster, connection));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(String cluster, Socket connection) {
    try (connection) {
      connection.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(connection.getInputStream());
      Optional<HttpLines> request = HttpLines.read(in, false);
      while (request.isPresent()) {
        received.put(
            request.get().first(WireRequest.ID).orElse(""), new Received(cluster, request.get()));
        connection.getOutputStream().write(ANSWER);
        request = HttpLines.read(in, false);
      }
    } catch (IOException gone) {
      // Envoy closes connections as it likes; a request that was lost fails at its caller.
    } finally {
      connections.remove(connection);
    }
  }

  @Override
  public void close() throws IOException {
    for (ServerSocket server : servers.values()) {
      server.close();
    }
    for (Socket connection : connections) {
      connection.close();
    }
  }
}
