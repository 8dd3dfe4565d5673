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
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
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

  /** The last response that was not given to the caller; it knows those before it. */
  private @Nullable Response discarded;

  /** Makes a response of a local reply. */
  interface Local {
    Response respond(Request request, LocalReply reply, @Nullable Response discarded)
        throws IOException;
  }

  Forwarding(
      Mesh mesh,
      InnerClients clients,
      Interceptor.Chain chain,
      Request request,
      MeshCall call,
      Local local,
      @Nullable Response discarded) {
    this.mesh = mesh;
    this.clients = clients;
    this.chain = chain;
    this.request = request;
    this.call = call;
    this.local = local;
    this.discarded = discarded;
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
          return local.respond(request, reply.reply(), discarded);
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
          return local.respond(request, giveUp.reply(), discarded);
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
    private final InnerClients.OfEndpoint clientsOfEndpoint;
    private final InnerClient client;
    private final AttemptEvents events;
    private final Call inner;
    private final long boundNanos;
    private final boolean boundIsRoutes;
    private volatile MeshTime.@Nullable Timer perTry;
    private volatile boolean perTryOver;
    private MeshTime.@Nullable Timer upgradeBound;
    private volatile boolean upgradeOver;
    private volatile boolean handedOver;
    private volatile boolean over;
    private volatile @Nullable IOException overBy;
    private @Nullable Response response;

    Try(MeshCall own, Attempt attempt) {
      this.own = own;
      this.attempt = attempt;
      clientsOfEndpoint =
          attempt.endpoint().resource(clients, () -> clients.new OfEndpoint(attempt.endpoint()));
      client = clientsOfEndpoint.client(attempt);
      events =
          new AttemptEvents(outer, chain.getEventListener(), client, this::connected, this::ended);
      inner = client.newCall(InnerRequests.of(request, own, attempt), chain);
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
        bound();
      }
      inner.addEventListener(events);
      cancellation.watch(inner);
      try {
        Response received = HiddenFromOkHttp.restored(inner, inner.execute());
        response = received;
        stopTimer();
        return own.responded(attempt, received.code(), received::header);
      } catch (IOException failure) {
        stopTimer();
        return failed(failure);
      }
    }

    /** What is upgraded is bounded until its head alone, as OkHttp does with WebSockets. */
    private void bound() {
      if (InnerClient.isUpgrade(request)) {
        Runnable end =
            () -> {
              upgradeOver = true;
              inner.cancel();
            };
        upgradeBound = mesh.time().schedule(Duration.ofNanos(boundNanos), end);
      } else {
        inner.timeout().timeout(boundNanos, TimeUnit.NANOSECONDS);
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
      if (upgradeBound != null) {
        upgradeBound.cancel();
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
      String words = Failures.describe(failure, events.unanswered(), connected);
      if (perTryOver) {
        return own.failed(attempt, Failure.PER_TRY_TIMEOUT, events.wasSent(), words);
      }
      if (isCallTimeout(failure)) {
        if (!boundIsRoutes) {
          throw failure; // the application's own call time-out
        }
        return own.failed(attempt, Failure.CALL_TIMEOUT, events.wasSent(), words);
      }
      if (connected && !client.failedByNetwork(inner)) {
        throw failure; // an interceptor of the application
      }
      Failure kind = Failures.classify(failure, events.unanswered(), connected, attempt.method());
      if (kind == Failure.DEAD_CONNECTION) {
        clientsOfEndpoint.renew(client); // its other idle connections are as old
        kind = clients.resendsOnDeadConnection() ? kind : Failure.CONNECTION_TERMINATION;
      }
      return own.failed(attempt, kind, events.wasSent(), words);
    }

    private boolean isCallTimeout(IOException failure) {
      return upgradeOver
          || (boundNanos != Long.MAX_VALUE
              && failure instanceof InterruptedIOException
              && !(failure instanceof SocketTimeoutException) // of one read or write
              && "timeout".equals(failure.getMessage()));
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
                : Failures.classify(failure, null, true, attempt.method()));
      }
    }

    /** Gives the response to the caller, under the caller's own request. */
    Response handOver(List<HeaderEdit> edits) {
      Response received = Objects.requireNonNull(response);
      handedOver = true;
      if (over) {
        tellEnd();
      }
      Response.Builder builder =
          received.newBuilder().request(MeshInterceptor.tagged(request, own.info()));
      if (discarded != null) {
        builder.priorResponse(discarded);
      }
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
    void discard() throws IOException {
      Response received = response;
      if (received != null) {
        discarded =
            Discarded.head(received, MeshInterceptor.tagged(request, own.info()), discarded);
        inner.cancel();
        received.close();
        CacheAbove.forgetDiscarded(chain, request, received);
      }
    }
  }
}
