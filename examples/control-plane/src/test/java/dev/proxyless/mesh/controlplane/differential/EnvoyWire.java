package dev.proxyless.mesh.controlplane.differential;

import dev.proxyless.mesh.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import okio.Buffer;

/**
 * What came back over the wire of one call through Envoy.
 *
 * @param id of the call
 * @param headers with names in lower case, in order
 * @param whole whether the body came to its end
 */
record EnvoyWire(
    String id, int status, List<Map.Entry<String, String>> headers, String body, boolean whole) {

  /** What {@link #logged} reads. */
  static final String LOG_FORMAT =
      "%REQ("
          + GridBackend.ID
          + ")% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %UPSTREAM_REQUEST_ATTEMPT_COUNT%\n";

  private static final int LOG_FIELDS = 4;
  private static final int READ_TIMEOUT_MS = 30_000;

  /** What Envoy's log says of a call. */
  record Logged(String flags, String details, int attempts) {}

  /** Sends a request that asks for the connection's end on a connection of its own. */
  static EnvoyWire send(int port, String id, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(READ_TIMEOUT_MS);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return parse(id, readToEnd(socket));
    }
  }

  private static String readToEnd(Socket socket) throws IOException {
    Buffer all = new Buffer();
    byte[] piece = new byte[8192];
    try {
      int read = socket.getInputStream().read(piece);
      while (read >= 0) {
        all.write(piece, 0, read);
        read = socket.getInputStream().read(piece);
      }
    } catch (SocketTimeoutException stuck) {
      throw stuck;
    } catch (IOException reset) {
      return all.readString(StandardCharsets.ISO_8859_1); // what came before it counts
    }
    return all.readString(StandardCharsets.ISO_8859_1);
  }

  private static EnvoyWire parse(String id, String text) throws IOException {
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      throw new IOException("no response but \"" + text + "\"");
    }
    String[] lines = text.substring(0, end).split("\r\n");
    List<Map.Entry<String, String>> headers = new ArrayList<>();
    int length = -1;
    boolean chunked = false;
    for (String line : List.of(lines).subList(1, lines.length)) {
      int colon = line.indexOf(':');
      String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
      String value = line.substring(colon + 1).strip();
      headers.add(Map.entry(name, value));
      length = name.equals("content-length") ? Integer.parseInt(value) : length;
      chunked |= name.equals("transfer-encoding");
    }
    String rest = text.substring(end + 4);
    int status = Integer.parseInt(lines[0].split(" ", 3)[1]);
    if (chunked) {
      StringBuilder body = new StringBuilder();
      boolean whole = unchunk(rest, body);
      return new EnvoyWire(id, status, headers, body.toString(), whole);
    }
    return new EnvoyWire(id, status, headers, rest, length < 0 || rest.length() == length);
  }

  /** Whether all chunks are there. */
  private static boolean unchunk(String rest, StringBuilder body) {
    int at = 0;
    while (true) {
      int line = rest.indexOf("\r\n", at);
      if (line < 0) {
        return false;
      }
      int size = Integer.parseInt(rest.substring(at, line), 16);
      if (size == 0) {
        return true;
      }
      body.append(rest, line + 2, Math.min(rest.length(), line + 2 + size));
      at = line + 2 + size + 2;
      if (at > rest.length()) {
        return false;
      }
    }
  }

  /** What the log says of these calls, by their ids; the last line counts. */
  static Map<String, Logged> logged(Path log, List<EnvoyWire> wires) throws Exception {
    Set<String> ids = wires.stream().map(EnvoyWire::id).collect(Collectors.toSet());
    Map<String, Logged> lines = new HashMap<>();
    Await.until(
        "Envoy's log of each call",
        () -> {
          for (String line : Files.readAllLines(log)) {
            String[] fields = line.split(" ");
            if (fields.length == LOG_FIELDS) {
              lines.put(fields[0], new Logged(fields[1], fields[2], Integer.parseInt(fields[3])));
            }
          }
          return lines.keySet().containsAll(ids);
        },
        () -> lines.size() + " lines");
    return lines;
  }
}
