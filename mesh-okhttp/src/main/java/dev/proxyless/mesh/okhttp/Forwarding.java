package dev.proxyless.mesh.okhttp;

import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.call.Attempt;
import dev.proxyless.mesh.call.LocalReply;
import dev.proxyless.mesh.call.MeshCall;
import dev.proxyless.mesh.call.Step;
import dev.proxyless.mesh.call.Verdict;
import dev.proxyless.mesh.time.MeshTime;
import java.io.IOException;
import java.time.Duration;
import okhttp3.Call;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * One call that is sent on: makes the tries that the mesh asks for, as inner calls on the caller's
 * thread, and tells how they ended. Tries that may be made beside each other are {@link Hedging}'s.
 */
final class Forwarding {

  private final Mesh mesh;
  private final InnerClients clients;
  private final Interceptor.Chain chain;
  private final Call outer;
  private final Local local;
  private final Cancellation cancellation = new Cancellation();
  private final long callerDeadline;
  private Request request;
  private MeshCall call;

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

  /**
   * Leads the call to its end.
   *
   * @param delay to wait first
   */
  Response run(Duration delay) throws IOException {
    ContextCapture.tell(outer, cancellation);
    Outcome outcome = null;
    try {
      outcome = new Outcome.GoOn(call, delay);
      while (outcome instanceof Outcome.GoOn next) {
        call = next.call();
        pause(next.delay());
        outcome = lead();
      }
      return ((Outcome.Answer) outcome).response();
    } finally {
      if (!(outcome instanceof Outcome.Answer)) {
        call.cancelled(); // does nothing where the call has ended
      }
    }
  }

  /** How a call ended. */
  sealed interface Outcome {
    /** With this response. */
    record Answer(Response response) implements Outcome {}

    /** In another call, after a delay. */
    record GoOn(MeshCall call, Duration delay) implements Outcome {}
  }

  private void pause(Duration delay) throws IOException {
    if (!delay.isZero()) {
      cancellation.await(time(), delay);
    }
  }

  private Outcome lead() throws IOException {
    if (call.mayHedge()) {
      Request copy = BodyCopy.of(request, call.replayLimit());
      if (copy != null) {
        request = copy;
        return new Hedging(this, call).run();
      }
    }
    while (true) {
      Step step = call.next();
      if (step instanceof Step.Reply reply) {
        return answer(reply.reply());
      }
      Try next = new Try(this, call, ((Step.Try) step).attempt(), () -> {});
      next.execute();
      Verdict verdict = next.verdict();
      if (verdict instanceof Verdict.Accept accept) {
        return answer(next, accept);
      }
      discard(next);
      if (verdict instanceof Verdict.Retry retry) {
        cancellation.await(time(), retry.delay());
      } else {
        return end(verdict);
      }
    }
  }

  Outcome answer(LocalReply reply) throws IOException {
    return new Outcome.Answer(local.respond(request, reply, discarded));
  }

  Outcome answer(Try winner, Verdict.Accept accept) {
    Response response = winner.handOver(accept.edits(), discarded);
    long limit = call.responseKibPerSecond();
    return new Outcome.Answer(
        limit == 0 ? response : ThrottledBody.slowed(response, limit, time(), this::pause));
  }

  /** A verdict after which no try of this call follows. */
  Outcome end(Verdict verdict) throws IOException {
    if (verdict instanceof Verdict.Follow follow) {
      return new Outcome.GoOn(follow.next(), follow.delay());
    }
    Verdict.GiveUp end = (Verdict.GiveUp) verdict;
    pause(end.delay());
    return answer(end.reply());
  }

  void discard(Try ended) throws IOException {
    discarded = ended.head(discarded);
    ended.discard();
    Response response = ended.response();
    if (response != null) {
      CacheAbove.forgetDiscarded(chain, request, response);
    }
  }

  boolean isCanceled() {
    return outer.isCanceled();
  }

  void throwIfCanceled() throws IOException {
    if (outer.isCanceled()) {
      throw new IOException("Canceled");
    }
  }

  Mesh mesh() {
    return mesh;
  }

  MeshTime time() {
    return mesh.time();
  }

  Request request() {
    return request;
  }

  Interceptor.Chain chain() {
    return chain;
  }

  Cancellation cancellation() {
    return cancellation;
  }

  /** What is left of the application's own call time-out. */
  long callerLeftNanos() {
    return callerDeadline == Long.MAX_VALUE ? Long.MAX_VALUE : callerDeadline - time().nanoTime();
  }

  boolean resendsOnDeadConnection() {
    return clients.resendsOnDeadConnection();
  }

  InnerClients.OfEndpoint clientsOf(Attempt attempt) {
    return attempt.endpoint().resource(clients, () -> clients.new OfEndpoint(attempt.endpoint()));
  }

  AttemptEvents events(InnerClient client, Runnable sent, AttemptEvents.Ended ended) {
    return new AttemptEvents(outer, chain.getEventListener(), client, sent, ended);
  }
}
