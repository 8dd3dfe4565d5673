package dev.proxyless.mesh.controlplane.differential;

import dev.proxyless.mesh.controlplane.RawBackend;
import dev.proxyless.mesh.controlplane.RawBackend.Connection;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that gives the answers of one scenario, and counts the tries that come in. */
final class ScenarioServer implements Closeable {

  private static final String FINE = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine";

  private final Scenario scenario;
  private final AtomicInteger tries = new AtomicInteger();
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final Closeable server;
  private final int port;

  ScenarioServer(Scenario scenario) throws IOException {
    this.scenario = scenario;
    if (scenario.isHttp2()) {
      ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      server = listening;
      port = listening.getLocalPort();
      start(() -> accept(listening));
    } else {
      RawBackend backend = new RawBackend((request, connection) -> answer(connection));
      server = backend::close;
      port = backend.port();
    }
  }

  int port() {
    return port;
  }

  /** How many tries came since {@link #forget}. */
  int tries() {
    return tries.get();
  }

  void forget() {
    tries.set(0);
  }

  private Object next() {
    List<?> answers = scenario.answers();
    int number = tries.getAndIncrement();
    return answers.isEmpty() ? FINE : answers.get(Math.min(number, answers.size() - 1));
  }

  /** No connection serves two requests, so that no answer depends on what came before it. */
  private void answer(Connection connection) throws IOException {
    String answer = next().toString().replace("KEY", scenario.key());
    if (answer.equals("reset")) {
      connection.socket().setSoLinger(true, 0);
    } else {
      connection.send(
          answer.startsWith("HTTP/1.1 ")
              ? answer.replaceFirst("\r\n", "\r\nconnection: close\r\n")
              : answer);
    }
    connection.end();
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "scenario-server");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept(ServerSocket listening) {
    while (!listening.isClosed()) {
      try {
        Socket socket = listening.accept();
        connections.add(socket);
        start(() -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      new Http2Frames(new DataInputStream(socket.getInputStream()), socket.getOutputStream())
          .serve(() -> ((List<?>) next()).stream().map(Object::toString).toList());
    } catch (IOException gone) {
      // The other side closes connections as it likes.
    } finally {
      connections.remove(socket);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket each : connections) {
      each.close();
    }
  }
}
