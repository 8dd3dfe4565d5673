package dev.proxyless.mesh.okhttp;

import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.call.MeshCall;
import dev.proxyless.mesh.telemetry.CallInfo;
import dev.proxyless.mesh.telemetry.CallListener;
import java.time.Duration;
import java.util.Optional;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Sends an OkHttp client's requests through a mesh.
 *
 * <pre>{@code
 * OkHttpClient client = MeshOkHttp.install(mesh, existing.newBuilder()).build();
 * try (Response response = client.newCall(request).execute()) {
 *   CallInfo info = MeshOkHttp.callInfo(response).orElseThrow();
 * }
 * }</pre>
 *
 * <p>The mesh becomes the client's last application interceptor: those before it see one call,
 * network interceptors see each try. Requests that the mesh does not take go on as they would
 * without it.
 */
public final class MeshOkHttp {

  private MeshOkHttp() {}

  /**
   * Installs with the default options: failures come as responses, as a sidecar would give them.
   */
  public static OkHttpClient.Builder install(Mesh mesh, OkHttpClient.Builder builder) {
    return install(mesh, builder, Options.DEFAULT);
  }

  /**
   * Installs the mesh into a client's builder. What the builder has been told so far (time-outs,
   * network interceptors, cookies, cache, event listener) holds for the mesh's own connections as
   * well, so install last: an interceptor that is added later never runs for calls that the mesh
   * takes. Installing again moves the mesh to the end and takes the settings anew; of several
   * meshes that are installed in one builder, the last counts.
   *
   * @return the same builder
   */
  public static OkHttpClient.Builder install(
      Mesh mesh, OkHttpClient.Builder builder, Options options) {
    builder
        .interceptors()
        .removeIf(each -> each instanceof MeshInterceptor || each == OpenResponses.CLOSE);
    builder.eventListenerFactory(
        OuterCall.before(builder.build().eventListenerFactory(), mesh.contexts()));
    InnerClients clients = new InnerClients(builder.build(), options, mesh.time()::nanoTime);
    if (!builder.interceptors().isEmpty()) {
      builder.interceptors().add(0, OpenResponses.CLOSE);
    }
    return builder.addInterceptor(
        new MeshInterceptor(mesh, clients, options, builder.interceptors()));
  }

  /**
   * Where a response's call went: flags, tries, virtual host, route, cluster and endpoint. Empty
   * for a response that did not come through a mesh. For a failed call, the exception has it.
   */
  public static Optional<CallInfo> callInfo(Response response) {
    CallInfo info = response.request().tag(CallInfo.class);
    if (info == null && response.networkResponse() != null) {
      MeshCall call = response.networkResponse().request().tag(MeshCall.class);
      info = call == null ? null : call.info();
    }
    return Optional.ofNullable(info);
  }

  /**
   * A request whose call is told of: each try, and the end.
   *
   * <pre>{@code
   * client.newCall(MeshOkHttp.watched(request, listener)).execute();
   * }</pre>
   */
  public static Request watched(Request request, CallListener listener) {
    return request.newBuilder().tag(CallListener.class, listener).build();
  }

  /**
   * How calls are made and how failures reach the caller.
   *
   * @param failuresAsExceptions whether a call that fails without an endpoint's response throws
   *     {@link dev.proxyless.mesh.call.MeshCallException} in place of giving Envoy's local reply
   * @param resendsOnDeadConnection whether a GET, HEAD or OPTIONS is sent once more, on a fresh
   *     connection, when the connection that it was sent on had idled for a second or more and died
   *     before any of a response came, and no retry policy says otherwise
   * @param idleTime how long an idle connection is kept, more than zero; it should be less than
   *     what the servers keep theirs. Where a cluster's {@code idle_timeout} is less, that counts
   * @param maxConnectionAge after this a connection takes no new request and closes when it is
   *     done; zero is no limit. Where a cluster's {@code max_connection_duration} is less, that
   *     counts
   */
  public record Options(
      boolean failuresAsExceptions,
      boolean resendsOnDeadConnection,
      Duration idleTime,
      Duration maxConnectionAge) {

    /**
     * Failures come as responses; a dead connection is made up for; connections idle for five
     * minutes, which is OkHttp's own default, and may be of any age.
     */
    public static final Options DEFAULT =
        new Options(false, true, Duration.ofMinutes(5), Duration.ZERO);

    /** The defaults, with failures thrown. */
    public static final Options EXCEPTIONS = DEFAULT.withFailuresAsExceptions(true);

    /**
     * @throws IllegalArgumentException if a time is out of its range
     */
    public Options {
      if (idleTime.isZero() || idleTime.isNegative()) {
        throw new IllegalArgumentException("idleTime is " + idleTime + ": use more than zero");
      }
      if (maxConnectionAge.isNegative()) {
        throw new IllegalArgumentException(
            "maxConnectionAge is " + maxConnectionAge + ": use zero for no limit, or more");
      }
    }

    /** The same with failures as exceptions, or as responses. */
    public Options withFailuresAsExceptions(boolean exceptions) {
      return new Options(exceptions, resendsOnDeadConnection, idleTime, maxConnectionAge);
    }

    /** The same that makes up for dead connections, or does not. */
    public Options withResendsOnDeadConnection(boolean resends) {
      return new Options(failuresAsExceptions, resends, idleTime, maxConnectionAge);
    }

    /** The same with another time for idle connections. */
    public Options withIdleTime(Duration time) {
      return new Options(failuresAsExceptions, resendsOnDeadConnection, time, maxConnectionAge);
    }

    /** The same with another age for connections. */
    public Options withMaxConnectionAge(Duration age) {
      return new Options(failuresAsExceptions, resendsOnDeadConnection, idleTime, age);
    }
  }
}
