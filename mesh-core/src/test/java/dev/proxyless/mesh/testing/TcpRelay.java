package dev.proxyless.mesh.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Passes TCP connections on to a port of 127.0.0.1, until it is told to cut them. */
public final class TcpRelay implements AutoCloseable {

  private final int target;
  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  /** A relay to this port. */
  public TcpRelay(int target) {
    this.target = target;
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    start("accept", this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Resets all connections, as when a host loses its power and comes back. */
  public void cut() {
    List.copyOf(sockets).forEach(TcpRelay::reset);
    sockets.clear();
  }

  private static void reset(Socket socket) {
    try (socket) {
      socket.setSoLinger(true, 0);
    } catch (IOException ignored) {
      return; // it was closed already
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        sockets.add(client);
        try {
          Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
          sockets.add(server);
          start("up", () -> pump(client, server));
          start("down", () -> pump(server, client));
        } catch (IOException nobodyThere) {
          client.close();
        }
      } catch (IOException closed) {
        cut();
      }
    }
  }

  private void pump(Socket from, Socket to) {
    try (from;
        to;
        InputStream in = from.getInputStream()) {
      in.transferTo(to.getOutputStream());
    } catch (IOException ended) {
      sockets.remove(from);
    }
    sockets.remove(from);
    sockets.remove(to);
  }

  private static void start(String name, Runnable task) {
    Thread thread = new Thread(task, "relay-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    cut();
  }
}
