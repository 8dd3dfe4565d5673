package dev.proxyless.mesh.benchmarks.calls;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.StringJoiner;
import javax.net.ssl.SSLServerSocket;

/**
 * A server that costs as little as one can, in a process of its own, so that its CPU is not the
 * client's: HTTP/1.1 with connections that stay, 64 bytes to every GET. One selector serves all
 * endpoints; TLS has a thread for each connection. It tells its addresses on a line of output each
 * and ends when its input does.
 */
final class BackendServer {

  private static final String HEAD =
      "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 64\r\n\r\n";
  private static final byte[] ANSWER = (HEAD + "x".repeat(64)).getBytes(StandardCharsets.US_ASCII);

  /** How many bytes every answer's body has. */
  static final int BODY_BYTES = ANSWER.length - HEAD.length();

  private static final int BACKLOG = 1_024;

  private final Selector selector;
  private final ByteBuffer in = ByteBuffer.allocateDirect(1 << 14);
  private final ByteBuffer answer = ByteBuffer.allocateDirect(ANSWER.length).put(ANSWER).flip();

  private BackendServer() throws IOException {
    selector = Selector.open();
  }

  /**
   * Serves.
   *
   * @param arguments addresses of loopback, ports of each, the directory of {@link Certificates}
   */
  @SuppressWarnings("SystemOut") // how the parent is told
  public static void main(String[] arguments) throws Exception {
    BackendServer server = new BackendServer();
    System.out.println(
        server.listen(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1])));
    SSLServerSocket tls = Certificates.listen(Path.of(arguments[2]));
    System.out.println("127.0.0.1:" + tls.getLocalPort());
    System.out.flush();
    daemon("selector", server::serve);
    daemon("tls", () -> acceptTls(tls));
    System.in.transferTo(OutputStream.nullOutputStream()); // until the parent ends
    System.exit(0);
  }

  private static void daemon(String name, Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (IOException gone) {
                return; // a peer, or all of us
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
  }

  private interface Task {
    void run() throws IOException;
  }

  /** Listens on free ports of several addresses. */
  private String listen(int addresses, int ports) throws IOException {
    StringJoiner names = new StringJoiner(",");
    for (int i = 0; i < ports; i++) {
      for (int host = 1; host <= addresses; host++) {
        String address = "127.0.0." + host;
        ServerSocketChannel channel = ServerSocketChannel.open();
        channel.bind(new InetSocketAddress(InetAddress.getByName(address), 0), BACKLOG);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_ACCEPT);
        names.add(address + ":" + channel.socket().getLocalPort());
      }
    }
    return names.toString();
  }

  private void serve() throws IOException {
    while (true) {
      selector.select(this::ready);
    }
  }

  private void ready(SelectionKey key) {
    try {
      if (key.isAcceptable()) {
        SocketChannel accepted = ((ServerSocketChannel) key.channel()).accept();
        if (accepted != null) {
          accepted.configureBlocking(false);
          accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
          accepted.register(selector, SelectionKey.OP_READ, new Ends());
        }
      } else {
        read((SocketChannel) key.channel(), (Ends) key.attachment());
      }
    } catch (IOException broken) {
      key.cancel();
      close(key);
    }
  }

  private static void close(SelectionKey key) {
    try {
      key.channel().close();
    } catch (IOException ignored) {
      return; // it is broken already
    }
  }

  private void read(SocketChannel channel, Ends ends) throws IOException {
    in.clear();
    int count = channel.read(in);
    if (count < 0) {
      throw new IOException("the peer has closed");
    }
    in.flip();
    int requests = 0;
    while (in.hasRemaining()) {
      if (ends.isEnd(in.get())) {
        requests++;
      }
    }
    for (int i = 0; i < requests; i++) {
      answer.rewind();
      while (answer.hasRemaining()) {
        channel.write(answer);
      }
    }
  }

  /** Finds the ends of heads in a stream of bytes. */
  private static final class Ends {
    private static final byte[] END = {'\r', '\n', '\r', '\n'};
    private int matched;

    boolean isEnd(byte next) {
      matched = next == END[matched] ? matched + 1 : next == '\r' ? 1 : 0;
      if (matched < END.length) {
        return false;
      }
      matched = 0;
      return true;
    }
  }

  private static void acceptTls(SSLServerSocket server) throws IOException {
    while (true) {
      Socket socket = server.accept();
      daemon("tls connection", () -> serveTls(socket));
    }
  }

  private static void serveTls(Socket socket) throws IOException {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream input = socket.getInputStream();
      OutputStream output = socket.getOutputStream();
      Ends ends = new Ends();
      byte[] buffer = new byte[1 << 14];
      int count = input.read(buffer);
      while (count >= 0) {
        for (int i = 0; i < count; i++) {
          if (ends.isEnd(buffer[i])) {
            output.write(ANSWER);
            output.flush();
          }
        }
        count = input.read(buffer);
      }
    }
  }
}
