package dev.proxyless.mesh.controlplane;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** An HTTP/1.1 server that answers byte by byte as a test says. */
public final class RawBackend implements AutoCloseable {

  private static final int BACKLOG = 200;

  private final ServerSocket server;
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final Script script;

  /**
   * A request as it came in.
   *
   * @param headers by their names in lower case; the last of a name counts
   */
  public record Seen(String method, String path, Map<String, String> headers, String body) {

    /** A header, or the empty text. */
    public String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  /** Answers requests. */
  public interface Script {
    /** Answers one; the connection goes on if it is still open. */
    void answer(Seen request, Connection connection) throws IOException;
  }

  /** Where answers are written. */
  public record Connection(Socket socket) {

    /** Sends this at once. */
    public void send(String text) throws IOException {
      send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends this at once. */
    public void send(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
    }

    /** Ends the connection in order. */
    public void end() throws IOException {
      socket.close();
    }

    /** Waits until the other side has gone. */
    public void awaitEnd() throws IOException {
      InputStream in = socket.getInputStream();
      int next = in.read();
      while (next >= 0) {
        next = in.read();
      }
      socket.close();
    }
  }

  public RawBackend(Script script) throws IOException {
    this.script = script;
    server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  public int port() {
    return server.getLocalPort();
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "raw-backend");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket connection = server.accept();
        connections.add(connection);
        start(() -> serve(connection));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      Connection connection = new Connection(socket);
      for (Seen request = read(in); request != null; request = read(in)) {
        script.answer(request, connection);
        if (socket.isClosed()) {
          return;
        }
      }
    } catch (IOException gone) {
      // The other side closes connections as it likes.
    } finally {
      connections.remove(socket);
    }
  }

  private static Seen read(InputStream in) throws IOException {
    String start = line(in);
    if (start.isEmpty()) {
      return null;
    }
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    String[] parts = start.split(" ", 3);
    return new Seen(parts[0], parts[1], Map.copyOf(headers), body);
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (c != '\r') {
        line.write(c);
      }
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket each : connections) {
      each.close();
    }
  }
}
