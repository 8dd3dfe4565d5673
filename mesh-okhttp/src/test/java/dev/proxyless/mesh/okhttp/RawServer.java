package dev.proxyless.mesh.okhttp;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that does on the wire what a test wants, and counts who is connected. */
final class RawServer implements Closeable {

  private final ServerSocket listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private final List<String> heads = new CopyOnWriteArrayList<>();
  private final Behaviour behaviour;

  /** What is done on one connection. */
  interface Behaviour {
    void serve(Peer peer) throws IOException;
  }

  RawServer(Behaviour behaviour) throws IOException {
    this.behaviour = behaviour;
    start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Connections that are open, as far as this side knows. */
  int connections() {
    return open.size();
  }

  /** Connections that were ever made. */
  int accepted() {
    return accepted.get();
  }

  /** The heads of all requests that came. */
  List<String> heads() {
    return List.copyOf(heads);
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "raw-server");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        int number = accepted.incrementAndGet();
        start(() -> serve(socket, number));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket, int number) {
    try (socket) {
      socket.setTcpNoDelay(true);
      behaviour.serve(new Peer(socket, number));
    } catch (IOException gone) {
      open.remove(socket); // the client went first
    } finally {
      open.remove(socket);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket each : open) {
      each.close();
    }
  }

  /** One connection. */
  final class Peer {
    private final Socket socket;
    private final int number;
    private final InputStream in;
    private final OutputStream out;

    Peer(Socket socket, int number) throws IOException {
      this.socket = socket;
      this.number = number;
      in = new BufferedInputStream(socket.getInputStream());
      out = socket.getOutputStream();
    }

    /** 1 for the first. */
    int number() {
      return number;
    }

    /** Reads the head of a request, which must come without a body. */
    String readHead() throws IOException {
      ByteArrayOutputStream head = new ByteArrayOutputStream();
      int matched = 0;
      while (matched < 4) {
        int next = in.read();
        if (next < 0) {
          throw new EOFException();
        }
        head.write(next);
        boolean expected = next == "\r\n\r\n".charAt(matched);
        matched = expected ? matched + 1 : next == '\r' ? 1 : 0;
      }
      String text = head.toString(StandardCharsets.ISO_8859_1);
      heads.add(text);
      return text;
    }

    void write(String bytes) throws IOException {
      write(bytes.getBytes(StandardCharsets.ISO_8859_1), bytes.length());
    }

    void write(byte[] bytes, int count) throws IOException {
      out.write(bytes, 0, count);
      out.flush();
    }

    /** Answers with a body. */
    void answer(int status, String body) throws IOException {
      write("HTTP/1.1 " + status + " X\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    /** Waits until the client closes; returns whether it did so without sending more. */
    boolean awaitClose() throws IOException {
      return in.read() < 0;
    }

    /** Resets the connection. */
    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }
}
