package dev.proxyless.mesh.okhttp;

import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.telemetry.CallInfo;
import dev.proxyless.mesh.telemetry.CallListener;
import java.util.Optional;
import okhttp3.EventListener;
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
   * takes. Of several meshes that are installed in one builder, the last counts.
   *
   * @return the same builder
   */
  public static OkHttpClient.Builder install(
      Mesh mesh, OkHttpClient.Builder builder, Options options) {
    builder.interceptors().removeIf(MeshInterceptor.class::isInstance);
    OkHttpClient donor = builder.build();
    EventListener.Factory listeners = donor.eventListenerFactory();
    builder.eventListenerFactory(
        call -> new ContextCapture(mesh.contexts()).plus(listeners.create(call)));
    return builder.addInterceptor(
        new MeshInterceptor(mesh, new InnerClients(donor), options, builder.interceptors()));
  }

  /**
   * Where a response's call went: flags, tries, virtual host, route, cluster and endpoint. Empty
   * for a response that did not come through a mesh. For a failed call, the exception has it.
   */
  public static Optional<CallInfo> callInfo(Response response) {
    return Optional.ofNullable(response.request().tag(CallInfo.class));
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
   * How failures reach the caller.
   *
   * @param failuresAsExceptions whether a call that fails without an endpoint's response throws
   *     {@link dev.proxyless.mesh.call.MeshCallException} in place of giving Envoy's local reply
   */
  public record Options(boolean failuresAsExceptions) {

    /** Failures come as responses. */
    public static final Options DEFAULT = new Options(false);

    /** Failures are thrown. */
    public static final Options EXCEPTIONS = new Options(true);
  }
}
