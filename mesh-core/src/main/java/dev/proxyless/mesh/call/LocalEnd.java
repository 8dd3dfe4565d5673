package dev.proxyless.mesh.call;

import dev.proxyless.mesh.cluster.Upstream;
import dev.proxyless.mesh.model.RouteAction.Priority;
import dev.proxyless.mesh.telemetry.ResponseFlag;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a call ends that no endpoint answered: Envoy's status, flag, details and body, and an
 * explanation for people.
 *
 * @param status of the reply
 * @param flag why; null where Envoy sets none
 * @param details Envoy's response code details
 * @param body text
 * @param headers besides those of every reply
 * @param explanation what happened and where
 */
record LocalEnd(
    int status,
    @Nullable ResponseFlag flag,
    String details,
    String body,
    List<Header> headers,
    String explanation) {

  /** The details of a call that exceeded the longest duration of the caller's stream. */
  static final String MAX_DURATION = "max_duration_timeout";

  private static final String TIMEOUT_BODY = "upstream request timeout";

  /** The time of the whole call is over. */
  static LocalEnd timeout(Bounds bounds, CallTimeouts timeouts, int attempts) {
    int status = bounds.isStream() ? 504 : timeouts.timeoutStatus();
    String body = bounds.isStream() ? "downstream duration timeout" : body(status);
    return new LocalEnd(
        status,
        bounds.flag(),
        timeoutDetails(bounds),
        body,
        List.of(),
        bounds.words() + " was over after " + attempts + (attempts == 1 ? " try" : " tries"));
  }

  /** A try took longer than {@code per_try_timeout} or {@code per_try_idle_timeout}. */
  static LocalEnd perTryTimeout(
      Attempt attempt, Failure failure, CallTimeouts timeouts, String denied) {
    boolean idle = failure == Failure.PER_TRY_IDLE_TIMEOUT;
    return new LocalEnd(
        timeouts.timeoutStatus(),
        ResponseFlag.UT,
        failure.reason(),
        body(timeouts.timeoutStatus()),
        List.of(),
        attempt
            + (idle
                ? " showed no sign of life for the per_try_idle_timeout of "
                : " took longer than the per_try_timeout of ")
            + (idle ? timeouts.perTryIdle() : timeouts.perTry()).toMillis()
            + " ms"
            + denied);
  }

  /** A try took longer than the request's own header, or else its cluster, allows a stream. */
  static LocalEnd streamDuration(Attempt attempt, CallTimeouts timeouts, String denied) {
    return new LocalEnd(
        504,
        ResponseFlag.UMSDR,
        Failure.STREAM_DURATION.reason(),
        "upstream max stream duration reached",
        List.of(),
        attempt
            + " took longer than the "
            + attempt.timeLeft().toMillis()
            + (timeouts.perTryStream().isZero()
                ? " ms of its cluster's max_stream_duration"
                : " ms that the request's header asks for")
            + denied);
  }

  /** The call showed no sign of life. */
  static LocalEnd streamIdle(Attempt attempt) {
    return new LocalEnd(
        504,
        ResponseFlag.SI,
        Failure.STREAM_IDLE_TIMEOUT.reason(),
        "stream timeout",
        List.of(),
        attempt
            + " showed no sign of life for the idle_timeout of "
            + attempt.idleTimeout().toMillis()
            + " ms");
  }

  /** Envoy's details of a call whose response broke off after its head. */
  static String detailsAfterHead(Failure failure, Bounds bounds) {
    if (failure == Failure.CALL_TIMEOUT) {
      return timeoutDetails(bounds);
    }
    return failure.isTimeout() && !failure.isConnectFailure()
        ? failure.reason()
        : "upstream_reset_after_response_started{" + failure.reason().replace(' ', '_') + "}";
  }

  private static String timeoutDetails(Bounds bounds) {
    return bounds.isStream() ? MAX_DURATION : Failure.CALL_TIMEOUT.reason();
  }

  /**
   * Whether Envoy's router gives a reply of these details, and so tells of its attempts; streams
   * that last too long or are idle are ended by the connection manager.
   */
  static boolean isRouters(String details) {
    return !details.equals(MAX_DURATION) && !details.equals(Failure.STREAM_IDLE_TIMEOUT.reason());
  }

  /** A 204, which a request can ask for, has none. */
  private static String body(int status) {
    return status == 504 ? TIMEOUT_BODY : "";
  }

  /** No endpoint could be picked. */
  static LocalEnd noEndpoint(Upstream upstream) {
    int known = upstream.endpoints().size();
    return new LocalEnd(
        503,
        ResponseFlag.UH,
        "no_healthy_upstream",
        "no healthy upstream",
        List.of(),
        "cluster "
            + upstream.name()
            + (known == 0 ? " has no endpoints" : " has no healthy endpoint among " + known));
  }

  /** The cluster has as many requests in flight as it may. */
  static LocalEnd overflow(
      Upstream upstream, Priority priority, boolean retried, boolean envoyHeaders) {
    return reset(
        503,
        ResponseFlag.UO,
        "overflow",
        retried,
        envoyHeaders ? List.of(LocalReplies.OVERLOADED) : List.of(),
        "cluster "
            + upstream.name()
            + " has as many requests in flight as its max_requests of "
            + upstream.config().limits(priority).maxRequests()
            + " allows");
  }

  /** A try ended without a response. */
  static LocalEnd failure(Failure failure, boolean retried, String explanation) {
    return reset(
        failure.status(), failure.flag(), failure.reason(), retried, List.of(), explanation);
  }

  private static LocalEnd reset(
      int status,
      ResponseFlag flag,
      String reason,
      boolean retried,
      List<Header> headers,
      String explanation) {
    return new LocalEnd(
        status,
        flag,
        "upstream_reset_before_response_started{" + reason.replace(' ', '_') + "}",
        "upstream connect error or disconnect/reset before headers. "
            + (retried ? "retried and the latest " : "")
            + "reset reason: "
            + reason,
        headers,
        explanation);
  }
}
