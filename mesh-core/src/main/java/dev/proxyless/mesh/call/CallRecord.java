package dev.proxyless.mesh.call;

import dev.proxyless.mesh.model.Decorator;
import dev.proxyless.mesh.route.RouteEntry;
import dev.proxyless.mesh.telemetry.AttemptInfo;
import dev.proxyless.mesh.telemetry.CallInfo;
import dev.proxyless.mesh.telemetry.CallListener;
import dev.proxyless.mesh.telemetry.MeshMeters.AttemptResult;
import dev.proxyless.mesh.telemetry.MeshMeters.CallMeters;
import dev.proxyless.mesh.telemetry.MeshMeters.Outcome;
import dev.proxyless.mesh.telemetry.MeshTracing;
import dev.proxyless.mesh.telemetry.MeshTracing.AttemptSpan;
import dev.proxyless.mesh.telemetry.MeshTracing.CallSpan;
import dev.proxyless.mesh.telemetry.ResponseFlags;
import dev.proxyless.mesh.time.MeshTime;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Tells of one call: meters, spans, and the listener where there is one. */
final class CallRecord {

  private final MeshTime time;
  private final CallMeters meters;
  private final CallSpan span;
  private final @Nullable CallListener listener;
  private final boolean told;
  private final long startNanos;

  private CallRecord(
      MeshTime time,
      CallMeters meters,
      CallSpan span,
      @Nullable CallListener listener,
      boolean told,
      long startNanos) {
    this.time = time;
    this.meters = meters;
    this.span = span;
    this.listener = listener;
    this.told = told;
    this.startNanos = startNanos;
  }

  /** Of a call that begins. */
  static CallRecord begin(
      MeshTime time,
      MeshTracing tracing,
      Routed.Upstream routed,
      CallContext context,
      long startNanos) {
    RouteEntry route = routed.route();
    CallSpan span =
        tracing.call(
            context.trace(),
            routed.head().method(),
            route.virtualHost().name(),
            route.decorator().map(Decorator::operation).orElse(route.name()));
    return new CallRecord(
        time,
        routed.routed().meters(),
        span,
        context.listener(),
        tracing.isActive() || context.listener() != null,
        startNanos);
  }

  AttemptSpan attemptSpan(int number, String method, String cluster, String endpoint) {
    return span.attempt(number, method, cluster, endpoint);
  }

  /** Counts a try, once. */
  void count(Attempt ended, AttemptResult result, int status) {
    if (ended.count()) {
      meters.attempt(
          ended.reason(), result, ended.method(), status, time.nanoTime() - ended.startNanos());
    }
  }

  /**
   * Tells the listener of a try.
   *
   * @param status of the response; 0 where none came
   * @param reset how it ended without one; may be empty
   * @param next what is made of it, for people
   */
  void attempt(Attempt ended, int status, String reset, String next) {
    if (listener != null) {
      listener.attempt(info(ended, status, reset, next));
    }
  }

  /** Tells the listener of a try that goes on. */
  void slow(Attempt slow, String next) {
    if (listener != null) {
      listener.slow(info(slow, 0, "", next));
    }
  }

  private AttemptInfo info(Attempt attempt, int status, String reset, String next) {
    return new AttemptInfo(
        attempt.number(),
        attempt.endpoint().name(),
        status,
        reset,
        Duration.ofNanos(attempt.startNanos() - startNanos),
        Duration.ofNanos(time.nanoTime() - attempt.startNanos()),
        next);
  }

  /** Whether anybody is told more than meters are. */
  boolean isTold() {
    return told;
  }

  /**
   * The call has ended.
   *
   * @param info null where nobody {@link #isTold}
   */
  void end(Outcome outcome, ResponseFlags flags, int status, @Nullable CallInfo info) {
    long took = time.nanoTime() - startNanos;
    meters.call(outcome, flags, took);
    if (info != null) {
      span.end(info, status);
      if (listener != null) {
        listener.ended(info, status, Duration.ofNanos(took));
      }
    }
  }
}
