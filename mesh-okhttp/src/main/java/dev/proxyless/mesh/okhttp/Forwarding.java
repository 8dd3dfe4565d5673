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
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * One call that is sent on: makes the tries that the mesh asks for, as inner calls on the caller's
 * thread, and tells how they ended. Tries that may be made beside each other are {@link Hedging}'s.
 */
final class Forwarding {

  private final MeshInterceptor owner;
  private final Interceptor.Chain chain;
  private final OuterCall outer;
  private final long callerDeadline;
  private Request request;
  private MeshCall call;

  /** The last response that was not given to the caller; it knows those before it. */
  private @Nullable Response discarded;

  Forwarding(
      MeshInterceptor owner,
      Interceptor.Chain chain,
      OuterCall outer,
      Request request,
      MeshCall call,
      @Nullable Response discarded) {
    this.owner = owner;
    this.chain = chain;
    this.outer = outer;
    this.request = request;
    this.call = call;
    this.discarded = discarded;
    long callTimeout = chain.call().timeout().timeoutNanos();
    callerDeadline = callTimeout == 0 ? Long.MAX_VALUE : time().nanoTime() + callTimeout;
  }

  /**
   * Leads the call to its end.
   *
   * @param delay to wait first
   */
  Response run(Duration delay) throws IOException {
    Response response = null;
    try {
      pause(delay);
      while (response == null) {
        response = lead();
      }
      return response;
    } finally {
      if (response == null) {
        call.cancelled(); // does nothing where the call has ended
      }
    }
  }

  private void pause(Duration delay) throws IOException {
    if (!delay.isZero()) {
      outer.await(time(), delay);
    }
  }

  /** The response; null where it led to another call, which goes on. */
  private @Nullable Response lead() throws IOException {
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
        outer.await(time(), retry.delay());
      } else {
        return end(verdict);
      }
    }
  }

  Response answer(LocalReply reply) throws IOException {
    return owner.local(request, reply, discarded);
  }

  Response answer(Try winner, Verdict.Accept accept) {
    Response response = winner.handOver(accept.edits(), discarded);
    long limit = call.responseKibPerSecond();
    return limit == 0 ? response : ThrottledBody.slowed(response, limit, time(), this::pause);
  }

  /** After a verdict that no try of this call follows: the response, or null as {@link #lead}. */
  @Nullable Response end(Verdict verdict) throws IOException {
    if (verdict instanceof Verdict.Follow follow) {
      call = follow.next();
      pause(follow.delay());
      return null;
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
    return chain.call().isCanceled();
  }

  void throwIfCanceled() throws IOException {
    if (isCanceled()) {
      throw new IOException("Canceled");
    }
  }

  Mesh mesh() {
    return owner.mesh();
  }

  MeshTime time() {
    return owner.mesh().time();
  }

  Request request() {
    return request;
  }

  Interceptor.Chain chain() {
    return chain;
  }

  OuterCall outer() {
    return outer;
  }

  /** What is left of the application's own call time-out. */
  long callerLeftNanos() {
    return callerDeadline == Long.MAX_VALUE ? Long.MAX_VALUE : callerDeadline - time().nanoTime();
  }

  boolean resendsOnDeadConnection() {
    return owner.clients().resendsOnDeadConnection();
  }

  InnerClients.OfEndpoint clientsOf(Attempt attempt) {
    return owner.clients().of(attempt.endpoint());
  }
}
