package dev.proxyless.mesh.call;

import dev.proxyless.mesh.call.MeshView.Target;
import dev.proxyless.mesh.cluster.Endpoint;
import dev.proxyless.mesh.cluster.Upstream;
import dev.proxyless.mesh.model.Decorator;
import dev.proxyless.mesh.model.InternalRedirectPolicy;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.RouteAction.Priority;
import dev.proxyless.mesh.route.HeaderEdit;
import dev.proxyless.mesh.route.RequestHead;
import dev.proxyless.mesh.route.ResponseInfo;
import dev.proxyless.mesh.route.RetryRules;
import dev.proxyless.mesh.telemetry.CallInfo;
import dev.proxyless.mesh.telemetry.MeshMeters.AttemptResult;
import dev.proxyless.mesh.telemetry.MeshMeters.Outcome;
import dev.proxyless.mesh.telemetry.MeshTracing.AttemptSpan;
import dev.proxyless.mesh.telemetry.ResponseFlag;
import dev.proxyless.mesh.telemetry.ResponseFlags;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The life of one request that is sent to a cluster.
 *
 * <pre>
 *   next ──> Try ──> responded ──> Accept ──> finished | bodyFailed | cancelled
 *    ^  └──> Reply     failed  ──> GiveUp | Wait
 *    │               tookLong  ──> Wait
 *    └──────────────── Retry
 * </pre>
 *
 * <p>A transport asks {@link #next} for a try, makes it, and tells how it ended by {@link
 * #responded} or {@link #failed}; the verdict says what to do. Where {@link #mayHedge} says so, it
 * tells {@link #tookLong} too, and may have several tries in flight. After {@code Accept} it tells
 * once how the body ended. All of that happens on one thread at a time; {@link #finished}, {@link
 * #bodyFailed} and {@link #cancelled} may be told by any thread, and only the first telling counts.
 */
public final class MeshCall {

  /** Envoy's {@code per_connection_buffer_limit_bytes}. */
  private static final long DEFAULT_REPLAY_LIMIT = 1L << 20;

  private final Calls calls;
  private final RequestHead head;
  private volatile boolean replayable;
  private final Routing routing;
  private final Routed.Upstream routed;
  private final CallContext context;
  private final Target target;
  private final Upstream upstream;
  private final Priority priority;
  private final Bounds bounds;
  private final AttemptTimes times;
  private final @Nullable RetryState retries;
  private final RetryGate gate;
  private final Hedge hedge;
  private final UpstreamHead upstreamHead;
  private final CallRecord record;
  private final AtomicBoolean over = new AtomicBoolean();
  private final TriesInFlight tries = new TriesInFlight();

  private int attempts;

  /** Tries that were begun, one that got nowhere included: Envoy's attempt count. */
  private int begun;

  private boolean sent;

  /** Whether the last try took too long. */
  private boolean afterTimeout;

  /** Whether a retry was granted and has not begun. */
  private boolean retryPending;

  private int status;
  private String details = CallInfo.VIA_UPSTREAM;
  private ResponseFlags flags;

  MeshCall(
      Calls calls,
      Routing routing,
      Routed.Upstream routed,
      boolean replayable,
      CallContext context,
      long startNanos) {
    this.calls = calls;
    this.routing = routing;
    this.routed = routed;
    this.context = context;
    this.replayable = replayable;
    head = routed.head();
    target = routed.target();
    upstream = target.upstream();
    priority = ((RouteAction.Forward) routed.route().action()).priority();
    bounds = routed.bounds();
    RetryRules rules = routed.retryRules().orElse(null);
    retries = rules != null && rules.appliesTo(head) ? new RetryState(rules) : null;
    gate = new RetryGate(upstream, priority, context.served(), over);
    hedge = Hedge.of(routed.timeouts(), retries != null && replayable, replayable, head, upstream);
    times = routed.timeouts().tries().hedgedAfter(hedge.after());
    upstreamHead = new UpstreamHead(routed);
    flags = routed.fault().isDelayed() ? ResponseFlags.of(ResponseFlag.DI) : ResponseFlags.NONE;
    record =
        new CallRecord(
            calls.time(),
            routed.routed().meters(),
            calls
                .telemetry()
                .tracing()
                .call(
                    context.trace(),
                    head.method(),
                    routed.route().virtualHost().name(),
                    routed
                        .route()
                        .decorator()
                        .map(Decorator::operation)
                        .orElse(routed.route().name())),
            context.listener(),
            head.method(),
            startNanos);
    upstream.countCall();
  }

  /** Whether a try may be made beside another, so that tries need threads of their own. */
  public boolean mayHedge() {
    return !hedge.after().isZero();
  }

  /** How many bytes of a body may be sent again; a longer one is sent once. Envoy's default. */
  public long replayLimit() {
    return routed.route().requestBodyBufferLimit().orElse(DEFAULT_REPLAY_LIMIT);
  }

  /** How fast the caller may get the response's body, by an injected fault; zero is no bound. */
  public long responseKibPerSecond() {
    return routed.fault().responseKibPerSecond();
  }

  /** The request's body is longer than {@link #replayLimit}, so that no try follows. Any thread. */
  public void tooLongToReplay() {
    replayable = false;
  }

  /** The next try, or the end of the call where there can be none. */
  public Step next() {
    long now = calls.time().nanoTime();
    gate.release();
    retryPending = false;
    if (over.get()) {
      return new Step.Reply(abandoned());
    }
    if (!bounds.isUnbounded() && bounds.leftNanos(now) <= 0) {
      return new Step.Reply(reply(LocalEnd.timeout(bounds, routed.timeouts(), attempts)));
    }
    begun++;
    Endpoint endpoint = pick();
    if (endpoint == null) {
      return new Step.Reply(reply(LocalEnd.noEndpoint(upstream)));
    }
    if (!upstream.tryRequest(priority)) {
      upstream.meters().overflow("requests");
      return new Step.Reply(
          reply(LocalEnd.overflow(upstream, priority, begun > 1, routed.envoyHeaders())));
    }
    Attempt next = begin(endpoint, now);
    if (over.get()) { // another thread has cancelled the call and may not have seen this try
      endAttempt(next, AttemptResult.CANCELLED, 0, "");
      return new Step.Reply(abandoned());
    }
    return new Step.Try(next);
  }

  private @Nullable Endpoint pick() {
    Endpoint same = gate.endpoint();
    if (same != null) {
      return same;
    }
    return retries == null ? Hedge.pick(upstream, tries.latest()) : retries.pick(upstream);
  }

  private Attempt begin(Endpoint endpoint, long now) {
    attempts++;
    endpoint.begin();
    AttemptSpan attemptSpan = record.attemptSpan(attempts, upstream.name(), endpoint.name());
    Duration left = bounds.isUnbounded() ? Duration.ZERO : Duration.ofNanos(bounds.leftNanos(now));
    UpstreamHead.Sent toSend =
        upstreamHead.sent(begun, endpoint.hostname(), attemptSpan, left, afterTimeout);
    Attempt next =
        new Attempt(
            attempts,
            endpoint,
            target,
            head.method(),
            routed.sendsBody(),
            toSend.authority(),
            upstreamHead.path(),
            toSend.edits(),
            times,
            left,
            attemptSpan,
            now);
    tries.begin(next);
    return next;
  }

  /** The head of a response arrived. */
  public Verdict responded(Attempt ended, int newStatus, UnaryOperator<@Nullable String> header) {
    if (over.get()) {
      return new Verdict.Accept(List.of());
    }
    afterTimeout = false;
    sent = true;
    int counted = countedStatus(newStatus, header);
    upstream.report(ended.endpoint(), counted);
    hedge.answered(calls.time().nanoTime() - ended.startNanos());
    AttemptResult result = result(counted);
    boolean bad = false;
    if (retries != null && replayable) {
      if (ended.isSlow()) {
        bad = retries.isBad(newStatus, header);
      } else if (gate.isHeldBack(header)) {
        bad = retries.isBad(newStatus, header);
        if (bad) {
          gate.heldBack();
        }
      } else {
        RetryState.Answer answer = retries.onResponse(newStatus, header);
        if (answer == RetryState.Answer.YES && takeRetry()) {
          Duration delay =
              retries.backoff().afterResponse(header, calls.time().now(), calls.time().random());
          record.attempt(ended, newStatus, "", again(delay));
          endAttempt(ended, result, newStatus, "");
          return retry(delay);
        }
        bad = answer != RetryState.Answer.NO;
        limitExceeded(answer);
      }
    }
    if (bad && othersMayAnswer(ended)) {
      record.attempt(ended, newStatus, "", "another try is in flight");
      endAttempt(ended, result, newStatus, "");
      return new Verdict.Wait();
    }
    status = newStatus;
    tries.settleOn(ended);
    tries.forEachBeside(ended, this::supersede);
    Optional<Verdict> followed = follow(newStatus, header);
    if (followed.isPresent()) {
      record.attempt(ended, newStatus, "", "its redirect is followed");
      endAttempt(ended, result, newStatus, "");
      end(Outcome.SUCCESS, null, "");
      return followed.get();
    }
    record.attempt(ended, newStatus, "", "");
    record.count(ended, result, newStatus);
    List<HeaderEdit> edits =
        upstreamHead.responseEdits(header, () -> responseInfo(newStatus), begun);
    return edits.isEmpty() ? Verdict.Accept.AS_IT_IS : new Verdict.Accept(edits);
  }

  private boolean othersMayAnswer(Attempt ended) {
    return retryPending || tries.anyBeside(ended);
  }

  private void supersede(Attempt loser) {
    record.attempt(loser, 0, "", "given up, since another try was answered first");
    endAttempt(loser, AttemptResult.CANCELLED, 0, "");
  }

  /** Where a redirect of the upstream leads, if it is followed here. */
  private Optional<Verdict> follow(int redirectStatus, UnaryOperator<@Nullable String> header) {
    Optional<InternalRedirectPolicy> policy =
        ((RouteAction.Forward) routed.route().action()).internalRedirectPolicy();
    if (policy.isEmpty() || !policy.get().codes().contains(redirectStatus)) {
      return Optional.empty();
    }
    return calls.follow(routing, routed, policy.get(), replayable, redirectStatus, header, context);
  }

  /**
   * What outlier detection counts: the gRPC status in the head of a gRPC call's response stands for
   * the HTTP status it maps to.
   */
  private int countedStatus(int responseStatus, UnaryOperator<@Nullable String> header) {
    int grpc = GrpcStatus.parse(header.apply("grpc-status"));
    return grpc >= 0 && LocalReplies.isGrpc(head) ? GrpcStatus.toHttp(grpc) : responseStatus;
  }

  private static AttemptResult result(int status) {
    if (status >= 500) {
      return AttemptResult.SERVER_ERROR;
    }
    return status >= 400 ? AttemptResult.CLIENT_ERROR : AttemptResult.SUCCESS;
  }

  /**
   * A try has taken {@link Attempt#hedgeAfter} and goes on. Its endpoint is blamed as for a
   * timeout, and another try may be made beside it. Source: Envoy's {@code onSoftPerTryTimeout}.
   */
  public Verdict tookLong(Attempt slow) {
    if (over.get() || slow.isClosed() || slow.isSlow()) {
      return new Verdict.Wait();
    }
    afterTimeout = true;
    Duration delay = hedge.isBackup() ? backUp() : hedge(slow);
    if (delay == null) {
      return new Verdict.Wait();
    }
    retryPending = true;
    slow.becomeSlow();
    record.slow(slow, "it goes on, and another is made beside it");
    return retry(delay);
  }

  /** Without delay, where the budget of backup requests allows one; else null. */
  private @Nullable Duration backUp() {
    return hedge.takeBackup() ? Duration.ZERO : null;
  }

  /** After how long another try is made beside this one, as a retry; null where none is. */
  private @Nullable Duration hedge(Attempt slow) {
    upstream.report(slow.endpoint(), routed.timeouts().timeoutStatus());
    if (retries == null) {
      return null;
    }
    if (gate.isHeldBack(name -> null)) {
      gate.heldBack();
      return null;
    }
    RetryState.Answer answer = retries.onSlow();
    limitExceeded(answer);
    return answer == RetryState.Answer.YES && takeRetry()
        ? retries.backoff().next(calls.time().random())
        : null;
  }

  /**
   * A try ended before the head of a response.
   *
   * @param requestSent whether any byte of the request may have reached the endpoint
   * @param words what the transport saw, for people
   */
  public Verdict failed(Attempt ended, Failure failure, boolean requestSent, String words) {
    if (over.get()) {
      return new Verdict.GiveUp(abandoned());
    }
    afterTimeout = failure.isTimeout();
    sent |= requestSent;
    if (failure == Failure.DEAD_CONNECTION && takeResend(ended)) {
      endAttempt(ended, failure.result(), 0, failure.reason());
      record.attempt(
          ended, 0, failure.reason(), "sent again on a fresh connection: this one had idled");
      return new Verdict.Retry(Duration.ZERO);
    }
    if (!ended.isSlow() && (!failure.endsCall() || bounds.blamesEndpoint())) {
      upstream.report(ended.endpoint(), failure.status());
    }
    endAttempt(ended, failure.result(), 0, failure.reason());
    if (failure.endsCall()) {
      record.attempt(ended, 0, failure.reason(), "the call's time is over");
      return new Verdict.GiveUp(
          reply(
              failure == Failure.CALL_TIMEOUT
                  ? LocalEnd.timeout(bounds, routed.timeouts(), attempts)
                  : LocalEnd.streamIdle(ended)));
    }
    if (retries != null && (replayable || !sent) && !ended.isSlow()) {
      if (gate.isHeldBack(name -> null)) {
        if (retries.isBad(failure, sent)) {
          gate.heldBack();
        }
      } else {
        RetryState.Answer answer = retries.onFailure(failure, sent);
        if (answer == RetryState.Answer.YES && takeRetry()) {
          Duration delay = retries.backoff().next(calls.time().random());
          record.attempt(ended, 0, failure.reason(), again(delay));
          return retry(delay);
        }
        limitExceeded(answer);
      }
    }
    if (othersMayAnswer(ended)) {
      record.attempt(ended, 0, failure.reason(), "another try is in flight");
      return new Verdict.Wait();
    }
    record.attempt(ended, 0, failure.reason(), "the call ends" + gate.denied());
    status = 0;
    return new Verdict.GiveUp(reply(localEnd(ended, failure, words)));
  }

  private LocalEnd localEnd(Attempt ended, Failure failure, String words) {
    if (failure == Failure.STREAM_DURATION) {
      return LocalEnd.streamDuration(ended, routed.timeouts(), gate.denied());
    }
    return failure.isTimeout() && failure != Failure.CONNECTION_TIMEOUT
        ? LocalEnd.perTryTimeout(ended, failure, routed.timeouts(), gate.denied())
        : LocalEnd.failure(failure, begun > 1, ended + ": " + words + gate.denied());
  }

  private void limitExceeded(RetryState.Answer answer) {
    if (answer == RetryState.Answer.LIMIT_EXCEEDED) {
      flags = flags.with(ResponseFlag.URX);
      gate.exceeded(attempts - 1);
    }
  }

  /** Whether there is room for the retry that the policy wants. */
  private boolean takeRetry() {
    boolean taken = gate.take();
    retryPending |= taken;
    if (!taken) {
      flags = flags.with(ResponseFlag.UO);
    }
    return taken;
  }

  /** An idle connection that dies is no fault of the endpoint's; what a policy says goes first. */
  private boolean takeResend(Attempt ended) {
    boolean policys = retries != null && retries.isBad(Failure.DEAD_CONNECTION, sent);
    return replayable && !policys && gate.takeAgain(ended.endpoint());
  }

  private String again(Duration delay) {
    String why = retries == null ? "" : " by " + retries.reason();
    return "retried" + why + " after " + delay.toMillis() + " ms";
  }

  /** A back-off that would outlast the call ends with it, in a timeout. */
  private Verdict retry(Duration delay) {
    if (bounds.isUnbounded()) {
      return new Verdict.Retry(delay);
    }
    Duration left = Duration.ofNanos(Math.max(0, bounds.leftNanos(calls.time().nanoTime())));
    return new Verdict.Retry(delay.compareTo(left) < 0 ? delay : left);
  }

  /** The response that was accepted has been read to its end, or closed by the caller. */
  public void finished() {
    end(status >= 500 ? Outcome.FAILURE : Outcome.SUCCESS, null, "");
  }

  /**
   * The body of the response that was accepted broke off. An endpoint that had answered is not to
   * blame for the call's time running out.
   */
  public void bodyFailed(Failure failure) {
    Attempt last = tries.latest();
    if (last != null && !over.get() && !failure.isTimeout()) {
      upstream.report(last.endpoint(), failure.status());
    }
    boolean callTimeout = failure == Failure.CALL_TIMEOUT;
    details = LocalEnd.detailsAfterHead(failure, bounds);
    end(Outcome.FAILURE, callTimeout ? bounds.flag() : failure.flag(), failure.reason());
  }

  /** The caller gave the call up, during a try, a back-off or a body. No endpoint is blamed. */
  public void cancelled() {
    end(Outcome.CANCELLED, ResponseFlag.DC, "");
  }

  private void end(Outcome outcome, @Nullable ResponseFlag why, String error) {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    if (why != null) {
      flags = flags.with(why);
    }
    tries.forEachBeside(null, each -> endAttempt(each, AttemptResult.CANCELLED, status, error));
    gate.release();
    complete(outcome, info());
  }

  private void complete(Outcome outcome, CallInfo info) {
    record.end(outcome, info, status);
    routed.fault().end().run();
    calls.ended();
  }

  /** Gives back what a try holds, once; a try whose response was accepted is counted already. */
  private void endAttempt(Attempt ended, AttemptResult result, int responseStatus, String error) {
    if (ended.close()) {
      record.count(ended, result, responseStatus);
      ended.span().end(responseStatus, error);
      ended.endpoint().end();
      upstream.releaseRequest(priority);
    }
  }

  /** For a transport that asks for a try of a call that has ended; nobody waits for this. */
  private LocalReply abandoned() {
    return LocalReplies.text(
        head, 499, "", List.of(), info("downstream_remote_disconnect", "the call was cancelled"));
  }

  private LocalReply reply(LocalEnd end) {
    boolean first = over.compareAndSet(false, true);
    if (first) {
      status = end.status();
      flags = end.flag() == null ? flags : flags.with(end.flag());
      tries.forEachBeside(null, each -> endAttempt(each, AttemptResult.TIMEOUT, 0, end.details()));
    }
    CallInfo info = info(end.details(), end.explanation());
    if (first) {
      complete(Outcome.LOCAL, info);
    }
    List<Header> headers = upstreamHead.replyHeaders(end.headers(), end.status(), info, begun);
    return LocalReplies.text(head, end.status(), end.body(), headers, info);
  }

  private ResponseInfo responseInfo(int responseStatus) {
    CallInfo info = info();
    return new ResponseInfo(
        responseStatus, info.flags().toString(), info.details(), info.endpoint(), begun);
  }

  /** Where the call has gone so far. */
  public CallInfo info() {
    return info(details, "");
  }

  private CallInfo info(String details, String explanation) {
    Attempt last = tries.latest();
    return new CallInfo(
        routed.route().virtualHost().name(),
        routed.route().name(),
        upstream.name(),
        last == null ? "" : last.endpoint().name(),
        attempts,
        flags,
        details,
        explanation);
  }
}
