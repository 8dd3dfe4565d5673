package dev.proxyless.mesh.controlplane.differential;

import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.controlplane.differential.GridCase.Kind;
import dev.proxyless.mesh.okhttp.MeshOkHttp;
import dev.proxyless.mesh.telemetry.CallInfo;
import dev.proxyless.mesh.telemetry.CallListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;

/** Makes the calls of the grid, by Envoy and by this library. */
final class GridCalls {

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

  EnvoyWire byEnvoy(GridCase one) throws IOException {
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
    return EnvoyWire.send(port, id, request.toString());
  }

  /** What Envoy's log says of calls, with what came back of each. */
  List<GridAnswer> logged(List<EnvoyWire> wires) throws Exception {
    Map<String, EnvoyWire.Logged> lines = EnvoyWire.logged(log, wires);
    return wires.stream().map(wire -> answer(wire, lines.get(wire.id()))).toList();
  }

  private GridAnswer answer(EnvoyWire wire, EnvoyWire.Logged said) {
    return GridAnswer.of(
        backend.tries(wire.id()),
        said.attempts(),
        wire.status(),
        wire.headers(),
        wire.body(),
        wire.whole(),
        said.flags(),
        details(said.details()));
  }
}
