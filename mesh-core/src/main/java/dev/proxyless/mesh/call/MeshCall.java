package dev.proxyless.mesh.call;

import dev.proxyless.mesh.cluster.Endpoint;
import dev.proxyless.mesh.cluster.Upstream;
import dev.proxyless.mesh.model.InternalRedirectPolicy;
import dev.proxyless.mesh.model.RetryOn;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.RouteAction.Priority;
import dev.proxyless.mesh.route.ResponseHeaders;
import dev.proxyless.mesh.route.ResponseInfo;
import dev.proxyless.mesh.route.RetryRules;
import dev.proxyless.mesh.telemetry.CallInfo;
import dev.proxyless.mesh.telemetry.MeshMeters.AttemptResult;
import dev.proxyless.mesh.telemetry.MeshMeters.Outcome;
import dev.proxyless.mesh.telemetry.ResponseFlag;
import dev.proxyless.mesh.telemetry.ResponseFlags;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
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
public final class MeshCall implements Decision.Forward {

  /** Envoy's {@code per_connection_buffer_limit_bytes}. */
  private static final long DEFAULT_REPLAY_LIMIT = 1L << 20;

  private static final AtomicIntegerFieldUpdater<MeshCall> OVER =
      AtomicIntegerFieldUpdater.newUpdater(MeshCall.class, "over");

  private final Calls calls;
  private final Routing routing;
  private final Routed.Upstream routed;
  private final @Nullable RetryRules rules;
  private final Hedge hedge;
  private final Tries tries;
  private List<MeshCall> mirrors = List.of();

  /** Made when the first try has gone wrong; most calls need none. */
  private volatile @Nullable Retrying retrying;

  private volatile boolean replayable;

  /** Whether the request's body is longer than {@link #replayLimit}. */
  private volatile boolean tooLong;

  /** 1 once the call has ended. */
  private volatile int over;

  private boolean sent;

  /** Whether the last try took too long. */
  private boolean afterTimeout;

  /** Whether a retry was granted and has not begun. */
  private boolean retryPending;

  private int status;
  private String details = CallInfo.VIA_UPSTREAM;
  private ResponseFlags flags;

  MeshCall(
      Calls calls, Routing routing, Routed.Upstream routed, boolean replayable, CallRecord record) {
    this.calls = calls;
    this.routing = routing;
    this.routed = routed;
    this.replayable = replayable;
    tries = new Tries(record);
    rules = routed.retryRules().orElse(null);
    hedge =
        Hedge.of(
            routed.timeouts(), rules != null && replayable, replayable, routed.head(), upstream());
    flags = routed.fault().isDelayed() ? ResponseFlags.of(ResponseFlag.DI) : ResponseFlags.NONE;
    upstream().countCall();
  }

  private Upstream upstream() {
    return routed.target().upstream();
  }

  private boolean isOver() {
    return over != 0;
  }

  /** Tells which copies of the request there are, before the call is handed out. */
  MeshCall mirroredBy(List<MeshCall> copies) {
    mirrors = copies;
    return this;
  }

  @Override
  public MeshCall call() {
    return this;
  }

  @Override
  public List<MeshCall> mirrors() {
    return mirrors;
  }

  @Override
  public Duration delay() {
    Duration delay = routed.fault().delay();
    Bounds bounds = routed.bounds();
    boolean cut = bounds.isStream() && bounds.limit().compareTo(delay) < 0;
    return cut ? bounds.limit() : delay;
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

  /**
   * The request's body is longer than {@link #replayLimit}, so that no try follows and no redirect,
   * even one that would drop the body. Any thread.
   */
  public void tooLongToReplay() {
    tooLong = true;
    replayable = false;
  }

  /** The next try, or the end of the call where there can be none. */
  public Step next() {
    long now = calls.time().nanoTime();
    releaseRetry();
    retryPending = false;
    if (isOver()) {
      return new Step.Reply(abandoned());
    }
    Bounds bounds = routed.bounds();
    if (!bounds.isUnbounded() && routed.leftNanos(now) <= 0) {
      return new Step.Reply(reply(LocalEnd.timeout(bounds, routed.timeouts(), tries.made())));
    }
    tries.count();
    Upstream upstream = upstream();
    Endpoint endpoint = pick(upstream);
    if (endpoint == null) {
      return new Step.Reply(reply(LocalEnd.noEndpoint(upstream)));
    }
    Priority priority = routed.priority();
    if (!upstream.tryRequest(priority)) {
      upstream.meters().overflow("requests");
      return new Step.Reply(
          reply(LocalEnd.overflow(upstream, priority, tries.begun() > 1, routed.envoyHeaders())));
    }
    AttemptTimes times = routed.timeouts().tries().hedgedAfter(hedge.after());
    Attempt next = tries.begin(routed, endpoint, times, now, afterTimeout);
    if (isOver()) { // another thread has cancelled the call and may not have seen this try
      tries.end(next, AttemptResult.CANCELLED, 0, "");
      return new Step.Reply(abandoned());
    }
    return next;
  }

  private @Nullable Endpoint pick(Upstream upstream) {
    Retrying known = retrying;
    Endpoint same = known == null ? null : known.sameEndpoint();
    if (same != null) {
      return same;
    }
    Attempt last = tries.latest();
    return rules == null || last == null
        ? Hedge.pick(upstream, last)
        : retrying().pick(last.endpoint());
  }

  private Retrying retrying() {
    Retrying made = retrying;
    if (made == null) {
      made = new Retrying(rules, routed, routing.context().served());
      retrying = made;
    }
    return made;
  }

  private void releaseRetry() {
    Retrying known = retrying;
    if (known != null) {
      known.release();
    }
  }

  /** The head of a response arrived. */
  public Verdict responded(Attempt ended, int newStatus, ResponseHeaders header) {
    if (isOver()) {
      return Verdict.Accept.AS_IT_IS;
    }
    afterTimeout = false;
    sent = true;
    int counted = countedStatus(newStatus, header);
    upstream().report(ended.endpoint(), counted);
    hedge.answered(calls.time(), ended.startNanos());
    AttemptResult result = result(counted);
    RetryOn bad =
        rules != null && replayable ? RetryConditions.met(rules, newStatus, header) : null;
    if (bad != null && !ended.isSlow() && takeRetry(bad, header)) {
      Duration delay = retrying().delay(header, calls.time().now(), calls.time().random());
      tries.record().attempt(ended, newStatus, "", again(delay));
      tries.end(ended, result, newStatus, "");
      return retry(delay);
    }
    if (bad != null && othersMayAnswer(ended)) {
      tries.record().attempt(ended, newStatus, "", "another try is in flight");
      tries.end(ended, result, newStatus, "");
      return new Verdict.Wait();
    }
    status = newStatus;
    tries.settleOn(ended);
    Optional<Verdict> followed = follow(newStatus, header);
    if (followed.isPresent()) {
      tries.record().attempt(ended, newStatus, "", "its redirect is followed");
      tries.end(ended, result, newStatus, "");
      end(Outcome.SUCCESS, null, "");
      return followed.get();
    }
    tries.record().attempt(ended, newStatus, "", "");
    tries.count(ended, result, newStatus);
    return routed.changesResponses()
        ? new Verdict.Accept(
            new UpstreamHead(routed).responseEdits(header, responseInfo(newStatus), tries.begun()))
        : Verdict.Accept.AS_IT_IS;
  }

  private boolean othersMayAnswer(Attempt ended) {
    return retryPending || tries.anyBeside(ended);
  }

  /** Where a redirect of the upstream leads, if it is followed here. */
  private Optional<Verdict> follow(int redirectStatus, ResponseHeaders header) {
    Optional<InternalRedirectPolicy> policy =
        ((RouteAction.Forward) routed.route().action()).internalRedirectPolicy();
    if (tooLong || policy.isEmpty() || !policy.get().codes().contains(redirectStatus)) {
      return Optional.empty();
    }
    return calls.follow(routing, routed, policy.get(), replayable, redirectStatus, header);
  }

  /**
   * What outlier detection counts: the gRPC status in the head of a gRPC call's response stands for
   * the HTTP status it maps to.
   */
  private int countedStatus(int responseStatus, UnaryOperator<@Nullable String> header) {
    if (!LocalReplies.isGrpc(routed.head())) {
      return responseStatus;
    }
    int grpc = GrpcStatus.parse(header.apply("grpc-status"));
    return grpc >= 0 ? GrpcStatus.toHttp(grpc) : responseStatus;
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
    if (isOver() || slow.isClosed() || slow.isSlow()) {
      return new Verdict.Wait();
    }
    afterTimeout = true;
    Duration delay = hedge.isBackup() ? backUp() : hedge(slow);
    if (delay == null) {
      return new Verdict.Wait();
    }
    retryPending = true;
    slow.becomeSlow();
    tries.record().slow(slow, "it goes on, and another is made beside it");
    return retry(delay);
  }

  /** Without delay, where the budget of backup requests allows one; else null. */
  private @Nullable Duration backUp() {
    return hedge.takeBackup() ? Duration.ZERO : null;
  }

  /** After how long another try is made beside this one, as a retry; null where none is. */
  private @Nullable Duration hedge(Attempt slow) {
    upstream().report(slow.endpoint(), routed.timeouts().timeoutStatus());
    return rules != null && takeRetry(null, name -> null)
        ? retrying().delay(calls.time().random())
        : null;
  }

  /**
   * A try ended before the head of a response.
   *
   * @param requestSent whether any byte of the request may have reached the endpoint
   * @param words what the transport saw, for people
   */
  public Verdict failed(Attempt ended, Failure failure, boolean requestSent, String words) {
    if (isOver()) {
      return new Verdict.GiveUp(abandoned());
    }
    afterTimeout = failure.isTimeout();
    sent |= requestSent;
    if (failure == Failure.DEAD_CONNECTION && takeResend(ended)) {
      tries.end(ended, failure.result(), 0, failure.reason());
      tries
          .record()
          .attempt(
              ended, 0, failure.reason(), "sent again on a fresh connection: this one had idled");
      return new Verdict.Retry(Duration.ZERO);
    }
    if (!ended.isSlow() && (!failure.endsCall() || routed.bounds().blamesEndpoint())) {
      upstream().report(ended.endpoint(), failure.status());
    }
    tries.end(ended, failure.result(), 0, failure.reason());
    if (failure.endsCall()) {
      tries.record().attempt(ended, 0, failure.reason(), "the call's time is over");
      return new Verdict.GiveUp(
          reply(
              failure == Failure.CALL_TIMEOUT
                  ? LocalEnd.timeout(routed.bounds(), routed.timeouts(), tries.made())
                  : LocalEnd.streamIdle(ended)));
    }
    RetryOn bad =
        rules != null && (replayable || !sent) ? RetryConditions.met(rules, failure, sent) : null;
    if (bad != null && !ended.isSlow() && takeRetry(bad, name -> null)) {
      Duration delay = retrying().delay(calls.time().random());
      tries.record().attempt(ended, 0, failure.reason(), again(delay));
      return retry(delay);
    }
    if (othersMayAnswer(ended)) {
      tries.record().attempt(ended, 0, failure.reason(), "another try is in flight");
      return new Verdict.Wait();
    }
    tries.record().attempt(ended, 0, failure.reason(), "the call ends" + denied());
    status = 0;
    return new Verdict.GiveUp(reply(localEnd(ended, failure, words)));
  }

  private LocalEnd localEnd(Attempt ended, Failure failure, String words) {
    if (failure == Failure.STREAM_DURATION) {
      return LocalEnd.streamDuration(ended, routed.timeouts(), denied());
    }
    return failure.isTimeout() && failure != Failure.CONNECTION_TIMEOUT
        ? LocalEnd.perTryTimeout(ended, failure, routed.timeouts(), denied())
        : LocalEnd.failure(failure, tries.begun() > 1, ended + ": " + words + denied());
  }

  /** Why the last retry that was wanted was not made; may be empty. */
  private String denied() {
    Retrying known = retrying;
    return known == null ? "" : known.denied();
  }

  /**
   * Whether one more try is made that the policy wants.
   *
   * @param condition that the last one met; null where it goes on and took too long
   */
  private boolean takeRetry(@Nullable RetryOn condition, UnaryOperator<@Nullable String> header) {
    Retrying.Answer answer = retrying().take(condition, header);
    switch (answer) {
      case YES -> retryPending = true;
      case NONE_LEFT -> flags = flags.with(ResponseFlag.URX);
      case NO_ROOM -> flags = flags.with(ResponseFlag.UO);
      case HELD_BACK -> {}
    }
    releaseIfOver();
    return answer == Retrying.Answer.YES;
  }

  /**
   * Another thread may have cancelled the call, and looked before there was anything to release.
   */
  private void releaseIfOver() {
    if (isOver()) {
      releaseRetry();
    }
  }

  /** An idle connection that dies is no fault of the endpoint's; what a policy says goes first. */
  private boolean takeResend(Attempt ended) {
    boolean policys =
        rules != null && RetryConditions.met(rules, Failure.DEAD_CONNECTION, sent) != null;
    boolean taken = replayable && !policys && retrying().takeAgain(ended.endpoint());
    releaseIfOver();
    return taken;
  }

  private String again(Duration delay) {
    return "retried by " + retrying().reason() + " after " + delay.toMillis() + " ms";
  }

  /** A back-off that would outlast the call ends with it, in a timeout. */
  private Verdict retry(Duration delay) {
    if (routed.bounds().isUnbounded()) {
      return new Verdict.Retry(delay);
    }
    Duration left = Duration.ofNanos(Math.max(0, routed.leftNanos(calls.time().nanoTime())));
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
    if (last != null && !isOver() && !failure.isTimeout()) {
      upstream().report(last.endpoint(), failure.status());
    }
    boolean callTimeout = failure == Failure.CALL_TIMEOUT;
    details = LocalEnd.detailsAfterHead(failure, routed.bounds());
    end(Outcome.FAILURE, callTimeout ? routed.bounds().flag() : failure.flag(), failure.reason());
  }

  /** The caller gave the call up, during a try, a back-off or a body. No endpoint is blamed. */
  public void cancelled() {
    end(Outcome.CANCELLED, ResponseFlag.DC, "");
  }

  private void end(Outcome outcome, @Nullable ResponseFlag why, String error) {
    if (!OVER.compareAndSet(this, 0, 1)) {
      return;
    }
    if (why != null) {
      flags = flags.with(why);
    }
    tries.endAll(AttemptResult.CANCELLED, status, error);
    releaseRetry();
    complete(outcome, tries.record().isTold() ? info() : null);
  }

  private void complete(Outcome outcome, @Nullable CallInfo info) {
    tries.record().end(outcome, flags, status, info);
    routed.fault().end().run();
    calls.ended();
  }

  /** For a transport that asks for a try of a call that has ended; nobody waits for this. */
  private LocalReply abandoned() {
    return LocalReplies.text(
        routed.head(),
        499,
        "",
        List.of(),
        info("downstream_remote_disconnect", "the call was cancelled"));
  }

  private LocalReply reply(LocalEnd end) {
    boolean first = OVER.compareAndSet(this, 0, 1);
    if (first) {
      status = end.status();
      flags = end.flag() == null ? flags : flags.with(end.flag());
      tries.endAll(AttemptResult.TIMEOUT, 0, end.details());
    }
    CallInfo info = info(end.details(), end.explanation());
    if (first) {
      complete(Outcome.LOCAL, info);
    }
    List<Header> headers =
        new UpstreamHead(routed).replyHeaders(end.headers(), end.status(), info, tries.begun());
    return LocalReplies.text(routed.head(), end.status(), end.body(), headers, info);
  }

  private ResponseInfo responseInfo(int responseStatus) {
    CallInfo info = info();
    return new ResponseInfo(
        responseStatus, info.flags().toString(), info.details(), info.endpoint(), tries.begun());
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
        upstream().name(),
        last == null ? "" : last.endpoint().name(),
        tries.made(),
        flags,
        details,
        explanation);
  }
}
