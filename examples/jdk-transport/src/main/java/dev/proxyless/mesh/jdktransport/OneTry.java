package dev.proxyless.mesh.jdktransport;

import dev.proxyless.mesh.call.Attempt;
import dev.proxyless.mesh.call.Failure;
import dev.proxyless.mesh.call.MeshCall;
import dev.proxyless.mesh.call.Verdict;
import dev.proxyless.mesh.time.MeshTime;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One try: sent, bounded in time, and told of. The per-try timeout begins with the try, since the
 * JDK's client does not tell when it has a connection; the time to connect is part of it.
 */
final class OneTry {

  /** Why a try was cut before the head of its response. */
  private enum Cut {
    PER_TRY,
    IDLE,
    ROUTE,
    CALLER
  }

  private final MeshTime time;
  private final MeshCall call;
  private final Attempt attempt;
  private final CompletableFuture<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> coming;
  private final AtomicReference<@Nullable Cut> cutBy = new AtomicReference<>();
  private final AtomicReference<@Nullable MeshedBody> body = new AtomicReference<>();
  private volatile @Nullable Failure bodyCutBy;
  private volatile MeshTime.@Nullable Timer routeTimer;
  private volatile @Nullable IdleBound idle;
  private @Nullable HttpResponse<Flow.Publisher<List<ByteBuffer>>> received;

  /** Sends the request. */
  OneTry(MeshTime time, MeshCall call, Attempt attempt, HttpClient client, HttpRequest request) {
    this.time = time;
    this.call = call;
    this.attempt = attempt;
    coming = client.sendAsync(request, BodyHandlers.ofPublisher());
  }

  /**
   * Waits for the head of the response and asks the mesh what becomes of it.
   *
   * @param callerLeft what is left of the caller's own timeout; empty where there is none
   * @throws HttpTimeoutException if the caller's own timeout ended the try
   * @throws InterruptedException if the thread is interrupted; the try is over then
   */
  Verdict await(@Nullable Duration callerLeft) throws IOException, InterruptedException {
    MeshTime.Timer perTry = schedule(attempt.perTryTimeout(), Cut.PER_TRY);
    MeshTime.Timer caller = callerLeft == null ? null : schedule(callerLeft, Cut.CALLER);
    routeTimer = schedule(attempt.timeLeft(), Cut.ROUTE);
    idle = IdleBound.start(time, attempt.idleTimeout(), () -> cut(Cut.IDLE));
    boolean accepted = false;
    try {
      HttpResponse<Flow.Publisher<List<ByteBuffer>>> head = coming.get();
      received = head;
      alive();
      Verdict verdict =
          call.responded(attempt, head.statusCode(), new ReceivedHeaders(head.headers()));
      accepted = verdict instanceof Verdict.Accept;
      return verdict;
    } catch (CancellationException cut) {
      return failed(cut);
    } catch (ExecutionException failure) {
      return failed(Failures.asIo(failure));
    } finally {
      stop(perTry);
      stop(caller);
      if (!accepted) {
        discard();
      }
    }
  }

  private Verdict failed(Exception failure) throws HttpTimeoutException {
    Cut why = cutBy.get();
    if (why == Cut.CALLER) {
      throw new HttpTimeoutException("request timed out");
    }
    Failure kind = why == null ? Failures.classify(failure) : failure(why);
    return call.failed(attempt, kind, !kind.isConnectFailure(), failure.toString());
  }

  private Failure failure(Cut why) {
    return switch (why) {
      case PER_TRY -> Failure.PER_TRY_TIMEOUT;
      case IDLE -> attempt.idleFailure();
      case ROUTE -> attempt.timeLeftFailure();
      case CALLER -> Failure.CALL_TIMEOUT;
    };
  }

  private MeshTime.@Nullable Timer schedule(Duration timeout, Cut why) {
    return timeout.isZero() ? null : time.schedule(timeout, () -> cut(why));
  }

  private static void stop(MeshTime.@Nullable Timer timer) {
    if (timer != null) {
      timer.cancel();
    }
  }

  private void cut(Cut why) {
    if (cutBy.compareAndSet(null, why) && coming.cancel(true)) {
      return;
    }
    if (why == Cut.ROUTE || why == Cut.IDLE) { // the head has come: the body is bounded as well
      Failure by = failure(why);
      bodyCutBy = by;
      MeshedBody reading = body.get();
      if (reading != null) {
        reading.timeOut(by);
      }
    }
  }

  /** Something of the response has come. */
  void alive() {
    IdleBound bound = idle;
    if (bound != null) {
      bound.alive();
    }
  }

  /** The response has ended. */
  void stopTimers() {
    stop(routeTimer);
    IdleBound bound = idle;
    if (bound != null) {
      bound.stop();
    }
  }

  /** What was received, without a subscriber so far. */
  HttpResponse<Flow.Publisher<List<ByteBuffer>>> received() {
    HttpResponse<Flow.Publisher<List<ByteBuffer>>> head = received;
    if (head == null) {
      throw new IllegalStateException(attempt + " has no response");
    }
    return head;
  }

  /** Gives the body to the caller's subscriber, until its end or that of the call's time. */
  MeshedBody handOver(HttpResponse.BodySubscriber<?> caller) {
    MeshedBody own = new MeshedBody(call, caller, this);
    body.set(own);
    received().body().subscribe(own);
    Failure by = bodyCutBy;
    if (by != null) {
      own.timeOut(by);
    }
    return own;
  }

  /** Ends the try without reading what is left of it. */
  void discard() {
    stopTimers();
    boolean arrived = !coming.cancel(true) && !coming.isCompletedExceptionally();
    HttpResponse<Flow.Publisher<List<ByteBuffer>>> head = arrived ? coming.join() : null;
    if (head != null && body.get() == null) {
      head.body().subscribe(Unwanted.BODY);
    }
  }

  /** Closes the connection of a body that nobody reads. */
  private enum Unwanted implements Flow.Subscriber<List<ByteBuffer>> {
    BODY;

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.cancel();
    }

    @Override
    public void onNext(List<ByteBuffer> part) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onComplete() {}
  }
}
