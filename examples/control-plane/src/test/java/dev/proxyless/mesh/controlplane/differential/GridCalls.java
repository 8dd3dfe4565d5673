package dev.proxyless.mesh.controlplane.differential;

import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.controlplane.differential.GridCase.Kind;
import dev.proxyless.mesh.okhttp.MeshOkHttp;
import dev.proxyless.mesh.telemetry.CallInfo;
import dev.proxyless.mesh.telemetry.CallListener;
import dev.proxyless.mesh.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;

/** Makes the calls of the grid, by Envoy and by this library. */
final class GridCalls {

  private static final int READ_TIMEOUT_MS = 30_000;
  private static final int LOG_FIELDS = 4;
  private static final String BODY = "posted";

  private final int port;
  private final GridBackend backend;
  private final Path log;
  private final AtomicInteger calls = new AtomicInteger();
  private final OkHttpClient client;

  GridCalls(int port, Mesh mesh, GridBackend backend, Path log) {
    this.port = port;
    this.log = log;
    this.backend = backend;
    client =
        MeshOkHttp.install(mesh, new OkHttpClient.Builder().readTimeout(Duration.ZERO)).build();
  }

  /** What came back over the wire of a call. */
  record Wire(
      String id, int status, List<Map.Entry<String, String>> headers, String body, boolean whole) {}

  GridAnswer byMesh(GridCase one) throws IOException {
    String id = "m" + calls.incrementAndGet();
    AtomicReference<CallInfo> end = new AtomicReference<>();
    CallListener listener =
        new CallListener() {
          @Override
          public void ended(CallInfo info, int status, Duration duration) {
            end.set(info);
          }
        };
    Request.Builder request =
        new Request.Builder()
            .url("http://grid" + one.path())
            .header(GridBackend.ID, id)
            .header("Accept-Encoding", "identity");
    one.headers().forEach(request::header);
    if (one.kind() != Kind.GET) {
      request.post(
          RequestBody.create(
              BODY.getBytes(StandardCharsets.UTF_8), MediaType.get(contentType(one.kind()))));
    }
    try (Response response =
        client.newCall(MeshOkHttp.watched(request.build(), listener)).execute()) {
      List<Map.Entry<String, String>> headers = new ArrayList<>();
      response
          .headers()
          .forEach(
              each ->
                  headers.add(
                      Map.entry(each.getFirst().toLowerCase(Locale.ROOT), each.getSecond())));
      Buffer body = new Buffer();
      boolean whole = copy(response.body(), body);
      CallInfo info = end.get() == null ? MeshOkHttp.callInfo(response).orElseThrow() : end.get();
      return GridAnswer.of(
          backend.tries(id),
          info.attempts(),
          response.code(),
          headers,
          body.readUtf8(),
          whole,
          info.flags().toString(),
          details(info.details()));
    }
  }

  /** Whether the body came to its end, which is told by closing it. */
  private static boolean copy(ResponseBody response, Buffer body) {
    boolean whole = true;
    try (response) {
      body.writeAll(response.source());
    } catch (IOException cut) {
      whole = false;
    }
    return whole;
  }

  private static String contentType(Kind kind) {
    return kind == Kind.GRPC ? "application/grpc" : "text/plain";
  }

  /** What the system says of a connection that failed is not compared. */
  private static String details(String details) {
    return details.replaceFirst("\\|.*}", "}");
  }

  Wire byEnvoy(GridCase one) throws IOException {
    String id = "e" + calls.incrementAndGet();
    StringBuilder request = new StringBuilder();
    request.append(one.kind() == Kind.GET ? "GET " : "POST ").append(one.path());
    request.append(" HTTP/1.1\r\nhost: grid\r\nconnection: close\r\n");
    request.append(GridBackend.ID).append(": ").append(id).append("\r\n");
    one.headers()
        .forEach((name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
    if (one.kind() != Kind.GET) {
      request.append("content-type: ").append(contentType(one.kind()));
      request.append("\r\ncontent-length: ").append(BODY.length()).append("\r\n");
    }
    request.append("\r\n").append(one.kind() == Kind.GET ? "" : BODY);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(READ_TIMEOUT_MS);
      socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.ISO_8859_1));
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

  private static Wire parse(String id, String text) throws IOException {
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
      return new Wire(id, status, headers, body.toString(), whole);
    }
    return new Wire(id, status, headers, rest, length < 0 || rest.length() == length);
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

  /** What Envoy's log says of calls, with what came back of each. */
  List<GridAnswer> logged(List<Wire> wires) throws Exception {
    Set<String> ids = wires.stream().map(Wire::id).collect(Collectors.toSet());
    Map<String, String[]> lines = new HashMap<>();
    Await.until(
        "Envoy's log of each call",
        () -> {
          for (String line : Files.readAllLines(log)) {
            String[] fields = line.split(" ");
            if (fields.length == LOG_FIELDS) {
              lines.put(fields[0], fields);
            }
          }
          return lines.keySet().containsAll(ids);
        },
        () -> lines.size() + " lines");
    return wires.stream().map(wire -> answer(wire, lines.get(wire.id))).toList();
  }

  private GridAnswer answer(Wire wire, String[] said) {
    return GridAnswer.of(
        backend.tries(wire.id),
        Integer.parseInt(said[3]),
        wire.status,
        wire.headers,
        wire.body,
        wire.whole,
        said[1],
        details(said[2]));
  }
}
