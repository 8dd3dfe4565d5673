package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.okhttp.MeshOkHttp;
import dev.proxyless.mesh.telemetry.CallInfo;
import dev.proxyless.mesh.telemetry.ResponseFlags;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import okhttp3.Headers;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.Buffer;
import okio.BufferedSource;

/** Makes calls through a mesh. Safe for use by several threads. */
final class Caller {

  private static final int PIECE = 16 * 1024;

  private static final String ENCODING = "content-encoding";

  /** How the name of a header begins that is not to be seen by OkHttp. */
  private static final String HIDDEN = "x-mesh-call-";

  private static final CallInfo NOWHERE =
      new CallInfo("", "", "", "", 0, ResponseFlags.NONE, "", "");

  private final OkHttpClient client;
  private final Optional<PrintWriter> narrated;

  /**
   * A caller.
   *
   * @param longest how long a call may take, body included; zero for as long as the mesh lets it
   * @param narrated where people are told of each call
   */
  Caller(Mesh mesh, Duration longest, Optional<PrintWriter> narrated) {
    this.narrated = narrated;
    OkHttpClient.Builder builder =
        new OkHttpClient.Builder()
            .readTimeout(Duration.ZERO) // the mesh bounds calls
            .writeTimeout(Duration.ZERO)
            .callTimeout(longest)
            .followRedirects(false)
            .followSslRedirects(false)
            .addNetworkInterceptor(Caller::asItComes);
    client = MeshOkHttp.install(mesh, builder).build();
  }

  /**
   * OkHttp asks for gzip unless told otherwise, and undoes it even where nobody asked; the caller
   * is to see what was sent.
   */
  private static Response asItComes(Interceptor.Chain chain) throws IOException {
    if (chain.call().request().header("Accept-Encoding") != null) {
      return chain.proceed(chain.request());
    }
    Response response =
        chain.proceed(chain.request().newBuilder().removeHeader("Accept-Encoding").build());
    return response.header(ENCODING) == null
        ? response
        : response
            .newBuilder()
            .headers(
                renamed(
                    response.headers(),
                    name -> name.equalsIgnoreCase(ENCODING) ? HIDDEN + name : name))
            .build();
  }

  private static Headers shown(Headers headers) {
    return renamed(
        headers, name -> name.startsWith(HIDDEN) ? name.substring(HIDDEN.length()) : name);
  }

  private static Headers renamed(Headers headers, UnaryOperator<String> names) {
    Headers.Builder renamed = new Headers.Builder();
    for (int i = 0; i < headers.size(); i++) {
      renamed.addUnsafeNonAscii(names.apply(headers.name(i)), headers.value(i));
    }
    return renamed.build();
  }

  /**
   * Makes a call.
   *
   * @param number of the call, for people, where there are several
   * @param head told the response's head when it arrives
   * @param body where the response's body is written, piece by piece
   */
  CallOutcome call(
      Request request,
      CallRecord.Choice choice,
      OptionalInt number,
      Consumer<Response> head,
      OutputStream body) {
    if (narrated.isEmpty()) {
      return call(request, new CallRecord(choice, attempt -> {}), head, body);
    }
    CallNarrator narrator = new CallNarrator(narrated.get(), number);
    narrator.request(request);
    CallRecord told = new CallRecord(choice, narrator::attempt);
    CallOutcome outcome = call(request, told, head.andThen(narrator::head), body);
    narrator.end(outcome);
    return outcome;
  }

  private CallOutcome call(
      Request request, CallRecord told, Consumer<Response> head, OutputStream body) {
    long start = System.nanoTime();
    int status = 0;
    Headers headers = Headers.of();
    CallInfo info = NOWHERE;
    String error = "";
    try (Response answered = client.newCall(MeshOkHttp.watched(request, told)).execute()) {
      Response response = answered.newBuilder().headers(shown(answered.headers())).build();
      status = response.code();
      headers = response.headers();
      info = MeshOkHttp.callInfo(response).orElse(NOWHERE);
      head.accept(response);
      error = copy(response.body().source(), body);
    } catch (IOException | RuntimeException failed) { // one call's failure is not the others'
      error = String.valueOf(failed.getMessage() == null ? failed : failed.getMessage());
    }
    Duration duration = Duration.ofNanos(System.nanoTime() - start);
    return new CallOutcome(status, headers, last(info, told), told.attempts(), duration, error);
  }

  /** An answer of the mesh's own says where the call ended; else what was noted of its end does. */
  private static CallInfo last(CallInfo response, CallRecord told) {
    boolean ofEndpoint =
        response.details().isEmpty() || response.details().equals(CallInfo.VIA_UPSTREAM);
    return ofEndpoint ? told.end().orElse(response) : response;
  }

  /** Copies a body; returns why it broke off, or nothing. Failures to write are thrown. */
  private static String copy(BufferedSource source, OutputStream out) throws IOException {
    Buffer piece = new Buffer();
    while (true) {
      try {
        if (source.read(piece, PIECE) < 0) {
          return "";
        }
      } catch (IOException broken) {
        return String.valueOf(broken.getMessage() == null ? broken : broken.getMessage());
      }
      piece.writeTo(out);
      out.flush();
    }
  }
}
