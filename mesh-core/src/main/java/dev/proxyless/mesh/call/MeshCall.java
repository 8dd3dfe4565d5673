package dev.proxyless.mesh.call;

import dev.proxyless.mesh.call.MeshView.Target;
import dev.proxyless.mesh.cluster.Endpoint;
import dev.proxyless.mesh.cluster.Upstream;
import dev.proxyless.mesh.model.Decorator;
import dev.proxyless.mesh.model.InternalRedirectPolicy;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.RouteAction.Priority;
import dev.proxyless.mesh.route.RequestHead;
import dev.proxyless.mesh.route.ResponseInfo;
import dev.proxyless.mesh.route.RetryRules;
import dev.proxyless.mesh.telemetry.AttemptInfo;
import dev.proxyless.mesh.telemetry.CallInfo;
import dev.proxyless.mesh.telemetry.CallListener;
import dev.proxyless.mesh.telemetry.MeshMeters.AttemptResult;
import dev.proxyless.mesh.telemetry.MeshMeters.CallMeters;
import dev.proxyless.mesh.telemetry.MeshMeters.Outcome;
import dev.proxyless.mesh.telemetry.MeshTracing.AttemptSpan;
import dev.proxyless.mesh.telemetry.MeshTracing.CallSpan;
import dev.proxyless.mesh.telemetry.ResponseFlag;
import dev.proxyless.mesh.telemetry.ResponseFlags;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The life of one request that is sent to a cluster.
 *
 * <pre>
 *   next ──> Try ──> responded ──> Accept ──> finished | cancelled
 *    ^  └──> Reply     failed  ──> GiveUp
 *    └──────────────── Retry
 * </pre>
 *
 * <p>A transport asks {@link #next} for a try, makes it, and tells how it ended by {@link
 * #responded} or {@link #failed}; the verdict says what to do. After {@code Accept} it tells once
 * how the body ended. All of that happens on one thread at a time; {@link #finished} and {@link
 * #cancelled} may be told by any thread, and only the first telling counts.
 */
public final class MeshCall {

  private static final long DEFAULT_REPLAY_LIMIT = 1 << 20;

  private final Calls calls;
  private final RequestHead head;
  private volatile boolean replayable;
  private final Routing routing;
  private final Routed.Upstream routed;
  private final CallContext context;
  private final Target target;
  private final Upstream upstream;
  private final CallMeters meters;
  private final Priority priority;
  private final Bounds bounds;
  private final Duration perTryTimeout;
  private final @Nullable RetryState retries;
  private final UpstreamHead upstreamHead;
  private final CallSpan span;
  private final long startNanos;
  private final AtomicBoolean over = new AtomicBoolean();

  private volatile @Nullable Resend resend;
  private volatile @Nullable Attempt attempt;
  private int attempts;

  /** Tries that were begun, one that got nowhere included: Envoy's attempt count. */
  private int begun;

  private boolean sent;

  /** Whether the last try took too long. */
  private boolean afterTimeout;

  private int status;
  private String retryDenied = "";
  private ResponseFlags flags = ResponseFlags.NONE;

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
    this.startNanos = startNanos;
    head = routed.head();
    target = routed.target();
    upstream = target.upstream();
    meters = routed.routed().meters();
    priority = ((RouteAction.Forward) routed.route().action()).priority();
    bounds = routed.bounds();
    perTryTimeout = routed.timeouts().perTry();
    RetryRules rules = routed.retryRules().orElse(null);
    retries = rules != null && rules.appliesTo(head) ? new RetryState(rules) : null;
    upstreamHead = new UpstreamHead(routed);
    span =
        calls
            .telemetry()
            .tracing()
            .call(
                context.trace(),
                head.method(),
                routed.route().virtualHost().name(),
                routed.route().decorator().map(Decorator::operation).orElse(routed.route().name()));
  }

  /** The next try, or the end of the call where there can be none. */
  public Step next() {
    long now = calls.time().nanoTime();
    releaseRetry();
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

  /** How many bytes of a body may be sent again; a longer one is sent once. Envoy's default. */
  public long replayLimit() {
    return routed.route().requestBodyBufferLimit().orElse(DEFAULT_REPLAY_LIMIT);
  }

  /** The request's body is longer than {@link #replayLimit}, so that no try follows. Any thread. */
  public void tooLongToReplay() {
    replayable = false;
  }

  private @Nullable Endpoint pick() {
    Resend again = resend;
    Endpoint same = again == null ? null : again.take();
    if (same != null) {
      return same;
    }
    if (retries == null) {
      return upstream.pick(endpoint -> false, 0);
    }
    Predicate<Endpoint> avoided = retries.avoided();
    return upstream.pick(avoided, retries.morePicks());
  }

  private Attempt begin(Endpoint endpoint, long now) {
    attempts++;
    endpoint.begin();
    if (retries != null) {
      retries.tried(endpoint);
    }
    AttemptSpan attemptSpan =
        span.attempt(attempts, head.method(), upstream.name(), endpoint.name());
    Duration left = bounds.isUnbounded() ? Duration.ZERO : Duration.ofNanos(bounds.leftNanos(now));
    UpstreamHead.Sent sent =
        upstreamHead.sent(begun, endpoint.hostname(), attemptSpan, left, afterTimeout);
    Attempt next =
        new Attempt(
            attempts,
            endpoint,
            target,
            head.method(),
            routed.sendsBody(),
            sent.authority(),
            upstreamHead.path(),
            sent.edits(),
            perTryTimeout,
            left,
            attemptSpan,
            now);
    attempt = next;
    return next;
  }

  /** The head of a response arrived. */
  public Verdict responded(Attempt ended, int newStatus, UnaryOperator<@Nullable String> header) {
    if (over.get()) {
      return new Verdict.Accept(List.of());
    }
    status = newStatus;
    afterTimeout = false;
    sent = true;
    int counted = countedStatus(newStatus, header);
    upstream.report(ended.endpoint(), counted);
    RetryState.Answer answer =
        retries == null || !replayable
            ? RetryState.Answer.NO
            : retries.onResponse(newStatus, header);
    AttemptResult result = result(counted);
    if (answer == RetryState.Answer.YES && takeRetry()) {
      endAttempt(ended, result, newStatus, "");
      Verdict.Retry again = retry();
      tell(ended, newStatus, "", again.words());
      return again;
    }
    if (answer == RetryState.Answer.LIMIT_EXCEEDED) {
      limitExceeded();
    }
    Optional<Verdict> followed = follow(newStatus, header);
    if (followed.isPresent()) {
      tell(ended, newStatus, "", "its redirect is followed");
      endAttempt(ended, result, newStatus, "");
      end(Outcome.SUCCESS, null, "");
      return followed.get();
    }
    tell(ended, newStatus, "", "");
    count(ended, result, newStatus);
    return new Verdict.Accept(upstreamHead.responseEdits(header, responseInfo(newStatus), begun));
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
   * A try ended before the head of a response.
   *
   * @param requestSent whether any byte of the request may have reached the endpoint
   * @param words what the transport saw, for people
   */
  public Verdict failed(Attempt ended, Failure failure, boolean requestSent, String words) {
    if (over.get()) {
      return new Verdict.GiveUp(abandoned());
    }
    status = 0;
    afterTimeout = failure.isTimeout();
    sent |= requestSent;
    if (failure == Failure.DEAD_CONNECTION && takeResend(ended)) {
      endAttempt(ended, failure.result(), 0, failure.reason());
      tell(ended, 0, failure.reason(), "sent again on a fresh connection: this one had idled");
      return new Verdict.Retry(Duration.ZERO);
    }
    if (failure != Failure.CALL_TIMEOUT || bounds.blamesEndpoint()) {
      upstream.report(ended.endpoint(), failure.status());
    }
    endAttempt(ended, failure.result(), 0, failure.reason());
    RetryState.Answer answer = RetryState.Answer.NO;
    if (retries != null && (replayable || !sent) && failure != Failure.CALL_TIMEOUT) {
      answer = retries.onFailure(failure, sent);
      if (answer == RetryState.Answer.YES && takeRetry()) {
        Verdict.Retry again = retry();
        tell(ended, 0, failure.reason(), again.words());
        return again;
      }
    }
    tell(ended, 0, failure.reason(), "the call ends");
    if (failure == Failure.CALL_TIMEOUT) {
      return new Verdict.GiveUp(reply(LocalEnd.timeout(bounds, routed.timeouts(), attempts)));
    }
    if (answer == RetryState.Answer.LIMIT_EXCEEDED) {
      limitExceeded();
    }
    return new Verdict.GiveUp(reply(localEnd(ended, failure, words)));
  }

  private LocalEnd localEnd(Attempt ended, Failure failure, String words) {
    return failure == Failure.PER_TRY_TIMEOUT
        ? LocalEnd.perTryTimeout(ended, routed.timeouts(), retryDenied)
        : LocalEnd.failure(failure, begun > 1, ended + ": " + words + retryDenied);
  }

  private void limitExceeded() {
    upstream.meters().retryDenied("attempts");
    flags = flags.with(ResponseFlag.URX);
    retryDenied = "; no retry is left after " + (attempts - 1);
  }

  /** Whether the cluster has room for one more retry; holds the room until the next try begins. */
  private boolean takeRetry() {
    if (retries != null && upstream.tryRetry(priority)) {
      retries.hold();
      if (over.get()) { // another thread has cancelled the call and may have looked before
        releaseRetry();
      }
      return true;
    }
    upstream.meters().overflow("retries");
    upstream.meters().retryDenied("overload");
    flags = flags.with(ResponseFlag.UO);
    retryDenied =
        "; it was not retried, since cluster "
            + upstream.name()
            + " has as many retries in flight as its max_retries of "
            + upstream.config().limits(priority).maxRetries()
            + " allows";
    return false;
  }

  /** An idle connection that dies is no fault of the endpoint's; what a policy says goes first. */
  private boolean takeResend(Attempt ended) {
    boolean policys = retries != null && retries.wantsAfter(Failure.DEAD_CONNECTION, sent);
    if (!replayable || policys || resend != null || !upstream.tryRetry(priority)) {
      return false;
    }
    Resend taken = new Resend(ended.endpoint());
    resend = taken;
    if (over.get() && taken.release()) { // as in takeRetry
      upstream.releaseRetry(priority);
    }
    return true;
  }

  private void releaseRetry() {
    Resend again = resend;
    if (again != null && again.release()) {
      upstream.releaseRetry(priority);
    }
    if (retries != null && retries.release()) {
      upstream.releaseRetry(priority);
    }
  }

  /** A back-off that would outlast the call ends with it, in a timeout. */
  private Verdict.Retry retry() {
    Duration delay =
        retries == null ? Duration.ZERO : retries.backoff().next(calls.time().random());
    if (!bounds.isUnbounded()) {
      Duration left = Duration.ofNanos(Math.max(0, bounds.leftNanos(calls.time().nanoTime())));
      delay = delay.compareTo(left) < 0 ? delay : left;
    }
    return new Verdict.Retry(delay);
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
    Attempt last = attempt;
    if (last != null && !over.get() && !failure.isTimeout()) {
      upstream.report(last.endpoint(), failure.status());
    }
    boolean callTimeout = failure == Failure.CALL_TIMEOUT;
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
    Attempt last = attempt;
    if (last != null) {
      endAttempt(last, AttemptResult.CANCELLED, status, error);
    }
    releaseRetry();
    complete(outcome, info());
  }

  private void complete(Outcome outcome, CallInfo info) {
    meters.call(outcome, info.flags(), calls.time().nanoTime() - startNanos);
    span.end(info, status);
    calls.ended();
    CallListener listener = context.listener();
    if (listener != null) {
      listener.ended(info, status, Duration.ofNanos(calls.time().nanoTime() - startNanos));
    }
  }

  /** Tells of a try. {@code next} is what is made of it, for people. */
  private void tell(Attempt ended, int responseStatus, String reset, String next) {
    CallListener listener = context.listener();
    if (listener != null) {
      listener.attempt(
          new AttemptInfo(
              ended.number(),
              ended.endpoint().name(),
              responseStatus,
              reset,
              Duration.ofNanos(ended.startNanos - startNanos),
              Duration.ofNanos(calls.time().nanoTime() - ended.startNanos),
              next));
    }
  }

  /** Gives back what a try holds, once; a try whose response was accepted is counted already. */
  private void endAttempt(Attempt ended, AttemptResult result, int responseStatus, String error) {
    if (ended.close()) {
      count(ended, result, responseStatus);
      ended.span().end(responseStatus, error);
      ended.endpoint().end();
      upstream.releaseRequest(priority);
    }
  }

  private void count(Attempt ended, AttemptResult result, int responseStatus) {
    if (ended.count()) {
      meters.attempt(
          ended.reason(),
          result,
          head.method(),
          responseStatus,
          calls.time().nanoTime() - ended.startNanos);
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
      flags = flags.with(end.flag());
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
    return info(CallInfo.VIA_UPSTREAM, "");
  }

  private CallInfo info(String details, String explanation) {
    Attempt last = attempt;
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
