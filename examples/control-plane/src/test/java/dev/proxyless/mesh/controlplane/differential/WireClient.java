package dev.proxyless.mesh.controlplane.differential;

import dev.proxyless.mesh.testing.Await;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** Sends requests over one connection to a port of this machine, byte by byte as they are given. */
final class WireClient implements AutoCloseable {

  private static final Duration READ_TIMEOUT = Duration.ofSeconds(30);

  private final int port;
  private Socket socket;
  private InputStream in;

  WireClient(int port) {
    this.port = port;
  }

  HttpLines send(WireRequest request, String id) throws IOException {
    byte[] bytes = request.wire(id).getBytes(StandardCharsets.ISO_8859_1);
    boolean bodiless = request.method().equals("HEAD");
    boolean fresh = socket == null;
    Optional<HttpLines> answer = exchange(bytes, bodiless);
    if (answer.isEmpty() && !fresh) {
      close();
      answer = exchange(bytes, bodiless);
    }
    HttpLines response =
        answer.orElseThrow(() -> new IOException("no answer to \"" + request + "\""));
    if (response.first("connection").filter("close"::equals).isPresent()) {
      close();
    }
    return response;
  }

  private Optional<HttpLines> exchange(byte[] bytes, boolean bodiless) throws IOException {
    if (socket == null) {
      socket = connect();
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) READ_TIMEOUT.toMillis());
      in = new BufferedInputStream(socket.getInputStream());
    }
    socket.getOutputStream().write(bytes);
    return HttpLines.read(in, bodiless);
  }

  /** A listener that was just taken may not listen yet. */
  private Socket connect() throws IOException {
    try {
      Socket[] connected = new Socket[1];
      Await.until(
          "a connection to port " + port,
          () -> {
            try {
              connected[0] = new Socket(InetAddress.getLoopbackAddress(), port);
              return true;
            } catch (ConnectException refused) {
              return false;
            }
          },
          () -> "nobody who listens");
      return connected[0];
    } catch (IOException failed) {
      throw failed;
    } catch (Exception failed) {
      throw new IOException(failed);
    }
  }

  @Override
  public void close() throws IOException {
    if (socket != null) {
      socket.close();
      socket = null;
    }
  }
}
