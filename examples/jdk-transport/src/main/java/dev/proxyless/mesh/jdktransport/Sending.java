package dev.proxyless.mesh.jdktransport;

import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.call.Attempt;
import dev.proxyless.mesh.call.LocalReply;
import dev.proxyless.mesh.call.MeshCall;
import dev.proxyless.mesh.call.Step;
import dev.proxyless.mesh.call.Verdict;
import dev.proxyless.mesh.route.HeaderEdit;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One call that is sent on: makes the tries that the mesh asks for, one after the other. */
final class Sending<T> {

  private final Mesh mesh;
  private final Function<Attempt, HttpClient> clients;
  private final HttpRequest request;
  private final ClientHead head;
  private final BodyHandler<T> handler;
  private final long callerDeadline;
  private MeshCall call;

  Sending(
      Mesh mesh,
      Function<Attempt, HttpClient> clients,
      HttpRequest request,
      ClientHead head,
      BodyHandler<T> handler,
      MeshCall call) {
    this.mesh = mesh;
    this.clients = clients;
    this.request = request;
    this.head = head;
    this.handler = handler;
    this.call = call;
    callerDeadline =
        request
            .timeout()
            .map(timeout -> mesh.time().nanoTime() + timeout.toNanos())
            .orElse(Long.MAX_VALUE);
  }

  /**
   * Leads the call to its end.
   *
   * @param delay to wait first
   */
  HttpResponse<T> run(Duration delay) throws IOException, InterruptedException {
    boolean handedOver = false;
    try {
      pause(delay);
      while (true) {
        Step step = call.next();
        if (step instanceof Step.Reply reply) {
          return local(request, reply.reply(), handler);
        }
        Attempt attempt = ((Step.Try) step).attempt();
        Duration callerLeft = callerLeft();
        OneTry next =
            new OneTry(
                mesh.time(),
                call,
                attempt,
                clients.apply(attempt),
                TryRequest.of(request, head, attempt));
        Verdict verdict = next.await(callerLeft);
        if (verdict instanceof Verdict.Accept accept) {
          BodySubscriber<T> subscriber = subscriber(next, accept.edits());
          handedOver = true;
          return read(next, subscriber, accept.edits());
        }
        if (verdict instanceof Verdict.Follow follow) {
          call = follow.next();
          pause(follow.delay());
        } else if (verdict instanceof Verdict.GiveUp giveUp) {
          pause(giveUp.delay());
          return local(request, giveUp.reply(), handler);
        } else if (verdict instanceof Verdict.Retry retry) {
          pause(retry.delay());
        } else {
          throw new IllegalStateException(verdict + " of a call that has one try at a time");
        }
      }
    } finally {
      if (!handedOver) {
        call.cancelled(); // does nothing where the call has ended
      }
    }
  }

  private @Nullable Duration callerLeft() throws HttpTimeoutException {
    if (callerDeadline == Long.MAX_VALUE) {
      return null;
    }
    long left = callerDeadline - mesh.time().nanoTime();
    if (left <= 0) {
      throw new HttpTimeoutException("request timed out");
    }
    return Duration.ofNanos(left);
  }

  private void pause(Duration delay) throws HttpTimeoutException, InterruptedException {
    if (delay.isZero()) {
      return;
    }
    Duration left = callerLeft();
    CountDownLatch nothing = new CountDownLatch(1);
    mesh.time().await(nothing, left == null || delay.compareTo(left) < 0 ? delay : left);
  }

  /** The caller's handler is the application's code: what it throws ends the call. */
  private BodySubscriber<T> subscriber(OneTry accepted, List<HeaderEdit> edits) {
    boolean made = false;
    try {
      BodySubscriber<T> subscriber = handler.apply(edited(accepted, edits));
      made = true;
      return subscriber;
    } finally {
      if (!made) {
        accepted.discard();
      }
    }
  }

  private HttpResponse<T> read(
      OneTry accepted, BodySubscriber<T> subscriber, List<HeaderEdit> edits)
      throws IOException, InterruptedException {
    MeshedBody body = accepted.handOver(subscriber);
    try {
      T value = subscriber.getBody().toCompletableFuture().get();
      return new MeshResponse<>(request, edited(accepted, edits), value, call.info());
    } catch (ExecutionException failure) {
      body.cancel(); // does nothing where the body has ended
      throw Failures.asIo(failure);
    } catch (InterruptedException interrupted) {
      body.cancel();
      throw interrupted;
    }
  }

  private static HttpResponse.ResponseInfo edited(OneTry accepted, List<HeaderEdit> edits) {
    HttpResponse<?> received = accepted.received();
    return new MeshResponse.Head(
        received.statusCode(), HeaderEdits.apply(received.headers(), edits), received.version());
  }

  /** A reply of the mesh as a response. */
  static <T> HttpResponse<T> local(HttpRequest request, LocalReply reply, BodyHandler<T> handler)
      throws IOException, InterruptedException {
    Local.Coming<T> coming = Local.of(reply, handler);
    try {
      T body = coming.body().toCompletableFuture().get();
      return Local.response(request, reply, coming, body);
    } catch (ExecutionException failure) {
      throw Failures.asIo(failure);
    }
  }
}
