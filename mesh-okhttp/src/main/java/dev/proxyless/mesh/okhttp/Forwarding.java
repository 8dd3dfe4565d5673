package dev.proxyless.mesh.okhttp;

import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.call.Attempt;
import dev.proxyless.mesh.call.Failure;
import dev.proxyless.mesh.call.LocalReply;
import dev.proxyless.mesh.call.MeshCall;
import dev.proxyless.mesh.call.Step;
import dev.proxyless.mesh.call.Verdict;
import dev.proxyless.mesh.route.HeaderEdit;
import dev.proxyless.mesh.time.MeshTime;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * One call that is sent on: makes the tries that the mesh asks for, as inner calls on the caller's
 * thread, and tells how they ended.
 */
final class Forwarding {

  private final Mesh mesh;
  private final InnerClients clients;
  private final Interceptor.Chain chain;
  private final Call outer;
  private final Request request;
  private MeshCall call;
  private final Local local;
  private final Cancellation cancellation = new Cancellation();
  private final long callerDeadline;

  /** Makes a response of a local reply. */
  interface Local {
    Response respond(Request request, LocalReply reply) throws IOException;
  }

  Forwarding(
      Mesh mesh,
      InnerClients clients,
      Interceptor.Chain chain,
      Request request,
      MeshCall call,
      Local local) {
    this.mesh = mesh;
    this.clients = clients;
    this.chain = chain;
    this.request = request;
    this.call = call;
    this.local = local;
    outer = chain.call();
    long callTimeout = outer.timeout().timeoutNanos();
    callerDeadline = callTimeout == 0 ? Long.MAX_VALUE : mesh.time().nanoTime() + callTimeout;
  }

  Response run() throws IOException {
    outer.addEventListener(cancellation);
    boolean handedOver = false;
    try {
      while (true) {
        Step step = call.next();
        if (step instanceof Step.Reply reply) {
          return local.respond(request, reply.reply());
        }
        Try next = new Try(call, ((Step.Try) step).attempt());
        Verdict verdict = next.make();
        if (verdict instanceof Verdict.Accept accept) {
          handedOver = true;
          return next.handOver(accept.edits());
        }
        next.discard();
        if (verdict instanceof Verdict.Follow follow) {
          call = follow.next();
          continue;
        }
        if (verdict instanceof Verdict.GiveUp giveUp) {
          return local.respond(request, giveUp.reply());
        }
        await(((Verdict.Retry) verdict).delay());
      }
    } finally {
      if (!handedOver) {
        call.cancelled(); // does nothing where the call has ended
      }
    }
  }

  /** Waits before a retry; the caller's cancellation or interruption ends the wait and the call. */
  private void await(Duration delay) throws IOException {
    try {
      if (mesh.time().await(cancellation.latch(), delay) || outer.isCanceled()) {
        throw new IOException("Canceled");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(interrupted);
    }
  }

  /** One try. */
  private final class Try {
    private final MeshCall own;
    private final Attempt attempt;
    private final AttemptEvents events;
    private final Call inner;
    private final long boundNanos;
    private final boolean boundIsRoutes;
    private volatile MeshTime.@Nullable Timer perTry;
    private volatile boolean perTryOver;
    private volatile boolean handedOver;
    private volatile boolean over;
    private volatile @Nullable IOException overBy;
    private @Nullable Response response;

    Try(MeshCall own, Attempt attempt) {
      this.own = own;
      this.attempt = attempt;
      InnerClients.OfEndpoint clientsOfEndpoint =
          attempt.endpoint().resource(clients, () -> clients.new OfEndpoint(attempt.endpoint()));
      events = new AttemptEvents(outer, chain.getEventListener(), this::connected, this::ended);
      inner = clientsOfEndpoint.client(attempt).newCall(InnerRequests.of(request, attempt));
      long callerLeft =
          callerDeadline == Long.MAX_VALUE
              ? Long.MAX_VALUE
              : callerDeadline - mesh.time().nanoTime();
      long routeLeft = attempt.timeLeft().isZero() ? Long.MAX_VALUE : attempt.timeLeft().toNanos();
      boundIsRoutes = routeLeft <= callerLeft;
      boundNanos = Math.min(routeLeft, callerLeft);
    }

    Verdict make() throws IOException {
      if (outer.isCanceled()) {
        throw new IOException("Canceled");
      }
      if (boundNanos <= 0) {
        throw new InterruptedIOException("timeout");
      }
      if (boundNanos != Long.MAX_VALUE) {
        inner.timeout().timeout(boundNanos, TimeUnit.NANOSECONDS);
      }
      inner.addEventListener(events);
      cancellation.watch(inner);
      try {
        Response received = inner.execute();
        response = received;
        stopTimer();
        return own.responded(attempt, received.code(), received::header);
      } catch (IOException failure) {
        stopTimer();
        return failed(failure);
      }
    }

    /** The per-try timeout runs from the moment when the try has a connection. */
    private void connected() {
      Duration timeout = attempt.perTryTimeout();
      if (!timeout.isZero() && perTry == null) {
        perTry =
            mesh.time()
                .schedule(
                    timeout,
                    () -> {
                      perTryOver = true;
                      inner.cancel();
                    });
      }
    }

    private void stopTimer() {
      MeshTime.Timer timer = perTry;
      if (timer != null) {
        timer.cancel();
      }
    }

    private Verdict failed(IOException failure) throws IOException {
      if (outer.isCanceled()) {
        throw new IOException("Canceled", failure);
      }
      if (Thread.currentThread().isInterrupted()) {
        throw failure;
      }
      boolean connected = events.wasConnected();
      String words = Failures.describe(failure, connected);
      if (perTryOver) {
        return own.failed(attempt, Failure.PER_TRY_TIMEOUT, events.wasSent(), words);
      }
      if (isCallTimeout(failure)) {
        if (!boundIsRoutes) {
          throw failure; // the application's own call time-out
        }
        return own.failed(attempt, Failure.CALL_TIMEOUT, events.wasSent(), words);
      }
      return own.failed(attempt, Failures.classify(failure, connected), events.wasSent(), words);
    }

    private boolean isCallTimeout(IOException failure) {
      return boundNanos != Long.MAX_VALUE
          && failure instanceof InterruptedIOException
          && "timeout".equals(failure.getMessage());
    }

    /**
     * The inner call is over. What happened before the hand-over is the verdict's matter; a
     * response without a body is over before it is handed over.
     */
    private void ended(@Nullable IOException failure) {
      overBy = failure;
      over = true;
      if (handedOver) {
        tellEnd();
      }
    }

    private void tellEnd() {
      IOException failure = overBy;
      if (failure == null) {
        own.finished();
      } else if (outer.isCanceled()) {
        own.cancelled();
      } else {
        own.bodyFailed(
            isCallTimeout(failure)
                ? Failure.CALL_TIMEOUT
                : Failures.ofBody(failure, java.util.Objects.requireNonNull(response).protocol()));
      }
    }

    /** Gives the response to the caller, under the caller's own request. */
    Response handOver(List<HeaderEdit> edits) {
      Response received = java.util.Objects.requireNonNull(response);
      handedOver = true;
      if (over) {
        tellEnd();
      }
      Response.Builder builder =
          received.newBuilder().request(MeshInterceptor.tagged(request, own.info()));
      RetryAfter.restore(received, builder);
      for (HeaderEdit edit : edits) {
        switch (edit.kind()) {
          case SET -> builder.header(edit.name(), edit.value());
          case ADD -> builder.addHeader(edit.name(), edit.value());
          case REMOVE -> builder.removeHeader(edit.name());
        }
      }
      return builder.build();
    }

    /** Cancelling first makes closing instant, even of a body that stalls. */
    void discard() {
      Response received = response;
      if (received != null) {
        inner.cancel();
        received.close();
      }
    }
  }
}
