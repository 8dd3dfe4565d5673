package dev.proxyless.mesh.okhttp;

import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.call.Attempt;
import dev.proxyless.mesh.call.MeshCall;
import dev.proxyless.mesh.call.Step;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Request;
import okhttp3.Response;
import okio.Okio;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends copies of a request to other clusters, in the background. What becomes of them never
 * reaches the caller: no response, no cookie, no cache entry, no exception. A body is copied before
 * the call begins, so that the application writes it once at a time; one that cannot be written
 * twice, or is too long, is not mirrored.
 */
final class Mirroring {

  private static final Logger log = LoggerFactory.getLogger(Mirroring.class);

  private final Mesh mesh;
  private final InnerClients clients;

  Mirroring(Mesh mesh, InnerClients clients) {
    this.mesh = mesh;
    this.clients = clients;
  }

  /** Begins to send the copies; does not wait for them. */
  void send(Request request, List<MeshCall> mirrors) {
    if (mirrors.isEmpty()) {
      return;
    }
    Request copy = BodyCopy.of(request, mirrors.get(0).replayLimit());
    for (MeshCall mirror : mirrors) {
      if (copy == null || !mesh.calls().inBackground(() -> sendOne(copy, mirror))) {
        log.debug("{} {} is not mirrored", request.method(), request.url().redact());
        mirror.cancelled();
      }
    }
  }

  private void sendOne(Request request, MeshCall mirror) {
    try {
      if (mirror.next() instanceof Step.Try next) {
        attempt(request, mirror, next.attempt());
      }
    } finally {
      mirror.cancelled(); // does nothing where the call has ended
    }
  }

  private void attempt(Request request, MeshCall mirror, Attempt attempt) {
    InnerClient client = clients.of(attempt.endpoint()).client(attempt);
    Call inner = client.newUntracedCall(InnerRequests.of(request, mirror, attempt));
    if (!attempt.timeLeft().isZero()) {
      inner.timeout().timeout(attempt.timeLeft().toNanos(), TimeUnit.NANOSECONDS);
    }
    try (Response response = HiddenFromOkHttp.restored(inner, inner.execute())) {
      mirror.responded(attempt, response.code(), response::header);
      response.body().source().readAll(Okio.blackhole());
      mirror.finished();
    } catch (IOException failure) {
      mirror.failed(
          attempt,
          Failures.classify(failure, null, true, attempt.method()),
          true,
          Failures.describe(failure, null, true));
    } finally {
      client.released();
    }
  }
}
