package dev.proxyless.mesh.jdktransport;

import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.call.Attempt;
import dev.proxyless.mesh.call.Decision;
import dev.proxyless.mesh.call.MeshCall;
import dev.proxyless.mesh.telemetry.CallInfo;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * The JDK's HTTP client, sent through a mesh.
 *
 * <pre>{@code
 * MeshHttpClient client = new MeshHttpClient(mesh, HttpClient.newHttpClient());
 * HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
 * }</pre>
 *
 * <p>Routing, retries, timeouts and local replies are the mesh's. A try goes to the endpoint's
 * address, so {@code Host} has to be set by us, which the JDK allows only where the process was
 * started with {@code -Djdk.httpclient.allowRestrictedHeaders=host}.
 *
 * <p>What this transport leaves out, by what {@code java.net.http} offers: TLS to endpoints and
 * HTTP/2 without TLS (a call to such a cluster fails and says so), mirrors (none is sent), tries
 * beside each other (none is hedged), faults that slow responses down, and draining of idle
 * connections to endpoints that have gone (the JDK closes them after {@code
 * jdk.httpclient.keepalive.timeout}). Redirects that the mesh does not follow are given to the
 * caller. A request that the JDK takes for idempotent is sent once more by the JDK itself where a
 * kept connection turns out to be dead.
 *
 * <p>Safe for use by several threads.
 */
public final class MeshHttpClient {

  private final Mesh mesh;
  private final HttpClient plain;

  /** A connect timeout is a client's setting; connections are kept by address. */
  private final Map<Duration, HttpClient> clients = new ConcurrentHashMap<>();

  /**
   * A client of a mesh.
   *
   * @param plain sends what the mesh does not take
   * @throws IllegalStateException if the JDK does not let us set {@code Host}
   */
  public MeshHttpClient(Mesh mesh, HttpClient plain) {
    this.mesh = mesh;
    this.plain = plain;
    try {
      HttpRequest.newBuilder(URI.create("http://localhost/")).header("Host", "localhost");
    } catch (IllegalArgumentException restricted) {
      throw new IllegalStateException(
          "java.net.http refuses to set Host, which a request to an endpoint's address needs; start"
              + " the JVM with -Djdk.httpclient.allowRestrictedHeaders=host",
          restricted);
    }
  }

  /**
   * Sends a request where the mesh says, and waits for the response, as {@link HttpClient#send}
   * does. {@link HttpRequest#timeout} bounds all tries until the head of the response that is
   * given. A body whose length is unknown, or beyond the route's limit, is sent once.
   *
   * @throws IOException if the caller's timeout is over, the body of an accepted response breaks
   *     off, or the endpoint cannot be spoken to by this transport; other failures come as Envoy's
   *     local replies
   * @throws InterruptedException if the thread is interrupted; the call has ended then
   */
  public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
      throws IOException, InterruptedException {
    ClientHead head = new ClientHead(request);
    Decision decision = mesh.calls().begin(head, length(request) >= 0, mesh.contexts().capture());
    if (decision instanceof Decision.Forward forward) {
      forward.mirrors().forEach(MeshCall::cancelled);
      if (length(request) > forward.call().replayLimit()) {
        forward.call().tooLongToReplay();
      }
      return new Sending<>(mesh, this::client, request, head, handler, forward.call())
          .run(forward.delay());
    }
    if (decision instanceof Decision.Respond respond) {
      mesh.time().await(new CountDownLatch(1), respond.delay());
      return Sending.local(request, respond.reply(), handler);
    }
    return plain.send(request, handler);
  }

  /** Where a response's call went; empty for one that the mesh did not take. */
  public static Optional<CallInfo> callInfo(HttpResponse<?> response) {
    return response instanceof MeshResponse<?> ours ? Optional.of(ours.info()) : Optional.empty();
  }

  /** Of the body, in bytes; negative where it is not known. */
  private static long length(HttpRequest request) {
    return request.bodyPublisher().map(HttpRequest.BodyPublisher::contentLength).orElse(0L);
  }

  private HttpClient client(Attempt attempt) {
    return clients.computeIfAbsent(
        attempt.connectTimeout(),
        timeout -> {
          HttpClient.Builder builder =
              HttpClient.newBuilder()
                  .version(HttpClient.Version.HTTP_1_1)
                  .followRedirects(HttpClient.Redirect.NEVER)
                  .proxy(HttpClient.Builder.NO_PROXY);
          plain.executor().ifPresent(builder::executor);
          return (timeout.isZero() ? builder : builder.connectTimeout(timeout)).build();
        });
  }
}
