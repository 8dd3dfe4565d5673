package dev.proxyless.mesh.call;

import dev.proxyless.mesh.call.MeshView.Target;
import dev.proxyless.mesh.cluster.Endpoint;
import dev.proxyless.mesh.cluster.Upstream;
import dev.proxyless.mesh.model.RouteAction.Forward;
import dev.proxyless.mesh.model.VirtualHost;
import dev.proxyless.mesh.route.RequestHead;
import dev.proxyless.mesh.route.RetryRules;
import dev.proxyless.mesh.route.RouteEntry;
import dev.proxyless.mesh.telemetry.CallInfo;
import dev.proxyless.mesh.telemetry.MeshMeters.AttemptResult;
import dev.proxyless.mesh.telemetry.MeshMeters.CallMeters;
import dev.proxyless.mesh.telemetry.MeshMeters.Outcome;
import dev.proxyless.mesh.telemetry.MeshTracing.AttemptSpan;
import dev.proxyless.mesh.telemetry.MeshTracing.CallSpan;
import dev.proxyless.mesh.telemetry.ResponseFlag;
import dev.proxyless.mesh.telemetry.ResponseFlags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

  private final Calls calls;
  private final RequestHead head;
  private final boolean replayable;
  private final RouteEntry route;
  private final VirtualHost virtualHost;
  private final Target target;
  private final Upstream upstream;
  private final CallMeters meters;
  private final Bounds bounds;
  private final Duration perTryTimeout;
  private final boolean envoyHeaders;
  private final @Nullable RetryState retries;
  private final String authority;
  private final String path;
  private final List<HeaderEdit> baseEdits;
  private final CallSpan span;
  private final long startNanos;
  private final AtomicBoolean over = new AtomicBoolean();

  private @Nullable Attempt attempt;
  private int attempts;
  private boolean holdsRetry;
  private int status;
  private ResponseFlags flags = ResponseFlags.NONE;

  MeshCall(
      Calls calls,
      RequestHead head,
      boolean replayable,
      CallContext context,
      MeshView.OutboundChain chain,
      RouteEntry route,
      RouteEntry.Target routed,
      Target target) {
    this.calls = calls;
    this.head = head;
    this.replayable = replayable;
    this.route = route;
    this.target = target;
    virtualHost = route.virtualHost();
    upstream = target.upstream();
    meters = routed.meters();
    envoyHeaders = !chain.suppressEnvoyHeaders();
    startNanos = calls.time().nanoTime();
    Forward action = (Forward) route.action();
    bounds = Bounds.of(action, startNanos, context);
    RetryRules rules = context.retryRules().or(route::retryRules).orElse(null);
    retries = rules != null && rules.appliesTo(head) ? new RetryState(rules) : null;
    perTryTimeout = perTryTimeout(rules, bounds.limit());
    authority = action.hostRewriteLiteral().orElse(head.authority());
    path =
        action.prefixRewrite().map(to -> route.rewritePrefix(head.path(), to)).orElse(head.path());
    baseEdits = baseEdits(context);
    span =
        calls
            .telemetry()
            .tracing()
            .call(context.trace(), head.method(), virtualHost.name(), route.name());
  }

  /** A per-try timeout that the whole call's would cut anyway is ignored. */
  private static Duration perTryTimeout(@Nullable RetryRules rules, Duration routeTimeout) {
    Duration perTry =
        rules == null ? Duration.ZERO : rules.policy().perTryTimeout().orElse(Duration.ZERO);
    boolean pointless = !routeTimeout.isZero() && perTry.compareTo(routeTimeout) >= 0;
    return pointless ? Duration.ZERO : perTry;
  }

  private List<HeaderEdit> baseEdits(CallContext context) {
    List<HeaderEdit> edits = new ArrayList<>(4);
    for (Header header : context.headers()) {
      if (head.header(header.name()) == null) {
        edits.add(new HeaderEdit(HeaderEdit.Kind.ADD, header.name(), header.value()));
      }
    }
    if (envoyHeaders && !authority.equals(head.authority())) {
      edits.add(HeaderEdit.set("x-envoy-original-host", head.authority()));
    }
    if (envoyHeaders && !path.equals(head.path())) {
      edits.add(HeaderEdit.set("x-envoy-original-path", head.path()));
    }
    return edits;
  }

  /** The next try, or the end of the call where there can be none. */
  public Step next() {
    long now = calls.time().nanoTime();
    releaseRetry();
    if (!bounds.isUnbounded() && bounds.leftNanos(now) <= 0) {
      return new Step.Reply(callTimeout());
    }
    if (!upstream.tryRequest()) {
      upstream.meters().overflow("requests");
      return new Step.Reply(
          resetReply(
              503,
              ResponseFlag.UO,
              "overflow",
              List.of(LocalReplies.OVERLOADED),
              "cluster "
                  + upstream.name()
                  + " has as many requests in flight as its max_requests of "
                  + upstream.config().circuitBreakers().maxRequests()
                  + " allows"));
    }
    Endpoint endpoint = pick();
    if (endpoint == null) {
      upstream.releaseRequest();
      return new Step.Reply(noEndpoint());
    }
    return new Step.Try(begin(endpoint, now));
  }

  private @Nullable Endpoint pick() {
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
    Attempt next =
        new Attempt(
            attempts,
            endpoint,
            target,
            authority,
            path,
            edits(attemptSpan, left),
            perTryTimeout,
            left,
            attemptSpan,
            now);
    attempt = next;
    return next;
  }

  private List<HeaderEdit> edits(AttemptSpan attemptSpan, Duration left) {
    List<HeaderEdit> edits = new ArrayList<>(baseEdits);
    if (envoyHeaders) {
      Duration expected = expectedTimeout(left);
      if (!expected.isZero()) {
        edits.add(
            HeaderEdit.set(
                "x-envoy-expected-rq-timeout-ms", Long.toString(Math.max(1, expected.toMillis()))));
      }
    }
    if (virtualHost.includeRequestAttemptCount()) {
      edits.add(HeaderEdit.set("x-envoy-attempt-count", Integer.toString(attempts)));
    }
    attemptSpan.inject((name, value) -> edits.add(HeaderEdit.set(name, value)));
    return edits;
  }

  /** What a try may take, at most what is left of the call; zero is no bound. */
  private Duration expectedTimeout(Duration left) {
    if (perTryTimeout.isZero() || left.isZero()) {
      return perTryTimeout.isZero() ? left : perTryTimeout;
    }
    return perTryTimeout.compareTo(left) < 0 ? perTryTimeout : left;
  }

  /** The head of a response arrived. */
  public Verdict responded(Attempt ended, int newStatus, UnaryOperator<@Nullable String> header) {
    status = newStatus;
    int counted = countedStatus(newStatus, header);
    upstream.report(ended.endpoint(), counted);
    RetryState.Answer answer =
        retries == null || !replayable
            ? RetryState.Answer.NO
            : retries.onResponse(newStatus, header);
    AttemptResult result = result(counted);
    if (answer == RetryState.Answer.YES && takeRetry()) {
      endAttempt(ended, result, newStatus, "");
      upstream.releaseRequest();
      return retry();
    }
    if (answer == RetryState.Answer.LIMIT_EXCEEDED) {
      limitExceeded();
    }
    count(ended, result, newStatus);
    return new Verdict.Accept(attemptCountEdits());
  }

  private List<HeaderEdit> attemptCountEdits() {
    return virtualHost.includeAttemptCountInResponse()
        ? List.of(HeaderEdit.set("x-envoy-attempt-count", Integer.toString(attempts)))
        : List.of();
  }

  /**
   * What outlier detection counts: a gRPC status in the head stands for the HTTP status it maps to.
   */
  private static int countedStatus(int status, UnaryOperator<@Nullable String> header) {
    String contentType = status == 200 ? header.apply("content-type") : null;
    if (contentType == null || !contentType.startsWith("application/grpc")) {
      return status;
    }
    int grpc = GrpcStatus.parse(header.apply("grpc-status"));
    return grpc < 0 ? status : GrpcStatus.toHttp(grpc);
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
    status = 0;
    if (failure != Failure.CALL_TIMEOUT || bounds.blamesEndpoint()) {
      upstream.report(ended.endpoint(), failure.status());
    }
    endAttempt(ended, failure.result(), 0, failure.reason());
    upstream.releaseRequest();
    boolean canRetry = retries != null && (replayable || !requestSent);
    RetryState.Answer answer = RetryState.Answer.NO;
    if (retries != null && canRetry && failure != Failure.CALL_TIMEOUT) {
      answer = retries.onFailure(failure, requestSent);
      if (answer == RetryState.Answer.YES && takeRetry()) {
        return retry();
      }
    }
    if (failure == Failure.CALL_TIMEOUT) {
      return new Verdict.GiveUp(callTimeout());
    }
    if (answer == RetryState.Answer.LIMIT_EXCEEDED) {
      limitExceeded();
    }
    return new Verdict.GiveUp(failureReply(ended, failure, words));
  }

  private LocalReply failureReply(Attempt ended, Failure failure, String words) {
    if (failure == Failure.PER_TRY_TIMEOUT) {
      return reply(
          504,
          ResponseFlag.UT,
          failure.reason(),
          Bounds.TIMEOUT_BODY,
          List.of(),
          ended + " took longer than the per_try_timeout of " + perTryTimeout.toMillis() + " ms");
    }
    return resetReply(
        failure.status(), failure.flag(), failure.reason(), List.of(), ended + ": " + words);
  }

  private void limitExceeded() {
    upstream.meters().retryDenied("attempts");
    flags = flags.with(ResponseFlag.URX);
  }

  /** Whether the cluster has room for one more retry; holds the room until the next try begins. */
  private boolean takeRetry() {
    if (upstream.tryRetry()) {
      holdsRetry = true;
      return true;
    }
    upstream.meters().overflow("retries");
    upstream.meters().retryDenied("overload");
    flags = flags.with(ResponseFlag.UO);
    return false;
  }

  private void releaseRetry() {
    if (holdsRetry) {
      holdsRetry = false;
      upstream.releaseRetry();
    }
  }

  /** A back-off that would outlast the call ends with it, in a timeout. */
  private Verdict retry() {
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
    end(status >= 500 ? Outcome.FAILURE : Outcome.SUCCESS, "");
  }

  /** The body of the response that was accepted broke off. */
  public void bodyFailed(Failure failure) {
    Attempt last = attempt;
    if (last != null && !over.get()) {
      upstream.report(last.endpoint(), failure.status());
    }
    end(Outcome.FAILURE, failure.reason());
  }

  /** The caller gave the call up, during a try, a back-off or a body. No endpoint is blamed. */
  public void cancelled() {
    flags = flags.with(ResponseFlag.DC);
    end(Outcome.CANCELLED, "");
  }

  private void end(Outcome outcome, String error) {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    Attempt last = attempt;
    if (last != null && last.close()) {
      last.endpoint().end();
      last.span().end(status, error);
      upstream.releaseRequest();
      count(last, AttemptResult.CANCELLED, status);
    }
    releaseRetry();
    complete(outcome, info());
  }

  private void complete(Outcome outcome, CallInfo info) {
    meters.call(outcome, flags, calls.time().nanoTime() - startNanos);
    span.end(info, status);
    calls.ended();
  }

  private void endAttempt(Attempt ended, AttemptResult result, int responseStatus, String error) {
    if (ended.close()) {
      ended.endpoint().end();
      ended.span().end(responseStatus, error);
      count(ended, result, responseStatus);
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

  private LocalReply callTimeout() {
    return reply(
        504,
        bounds.flag(),
        bounds.details(),
        bounds.body(),
        List.of(),
        bounds.words() + " was over after " + attempts + " tries");
  }

  private LocalReply noEndpoint() {
    int known = upstream.endpoints().size();
    return reply(
        503,
        ResponseFlag.UH,
        "no_healthy_upstream",
        "no healthy upstream",
        List.of(),
        "cluster "
            + upstream.name()
            + (known == 0 ? " has no endpoints" : " has no healthy endpoint among " + known));
  }

  private LocalReply resetReply(
      int newStatus, ResponseFlag flag, String reason, List<Header> headers, String explanation) {
    String retried = attempts > 1 ? "retried and the latest " : "";
    return reply(
        newStatus,
        flag,
        "upstream_reset_before_response_started{" + reason.replace(' ', '_') + "}",
        "upstream connect error or disconnect/reset before headers. "
            + retried
            + "reset reason: "
            + reason,
        headers,
        explanation);
  }

  private LocalReply reply(
      int newStatus,
      ResponseFlag flag,
      String details,
      String body,
      List<Header> headers,
      String explanation) {
    status = newStatus;
    flags = flags.with(flag);
    List<Header> all = new ArrayList<>(headers);
    attemptCountEdits().forEach(edit -> all.add(new Header(edit.name(), edit.value())));
    CallInfo info = info(details, explanation);
    if (over.compareAndSet(false, true)) {
      releaseRetry();
      complete(Outcome.LOCAL, info);
    }
    return LocalReplies.text(head, newStatus, body, all, info);
  }

  /** Where the call has gone so far. */
  public CallInfo info() {
    return info(CallInfo.VIA_UPSTREAM, "");
  }

  private CallInfo info(String details, String explanation) {
    Attempt last = attempt;
    return new CallInfo(
        virtualHost.name(),
        route.name(),
        upstream.name(),
        last == null ? "" : last.endpoint().name(),
        attempts,
        flags,
        details,
        explanation);
  }
}
