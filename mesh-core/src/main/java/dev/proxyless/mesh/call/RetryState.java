package dev.proxyless.mesh.call;

import dev.proxyless.mesh.cluster.Endpoint;
import dev.proxyless.mesh.model.RetryOn;
import dev.proxyless.mesh.model.RetryPolicy;
import dev.proxyless.mesh.route.RetryRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a retry policy makes of the tries of one call. Source: Envoy's {@code RetryStateImpl}.
 * Belongs to the thread that makes the call.
 */
final class RetryState {

  private final RetryRules rules;
  private final RetryPolicy policy;
  private final Backoff backoff;
  private final List<Endpoint> tried = new ArrayList<>(2);
  private final AtomicBoolean waiting = new AtomicBoolean();
  private int left;

  RetryState(RetryRules rules) {
    this.rules = rules;
    policy = rules.policy();
    left = policy.numRetries();
    backoff = new Backoff(policy.baseInterval(), policy.maxInterval());
  }

  /** What is done about a try that the policy looked at. */
  enum Answer {
    NO,
    LIMIT_EXCEEDED,
    YES
  }

  /** A response that says "rate limited" is retried by {@code envoy-ratelimited} alone. */
  Answer onResponse(int status, UnaryOperator<@Nullable String> header) {
    return take(wantsAfterResponse(status, header));
  }

  private boolean wantsAfterResponse(int status, UnaryOperator<@Nullable String> header) {
    Set<RetryOn> on = policy.retryOn();
    if (header.apply("x-envoy-ratelimited") != null) {
      return on.contains(RetryOn.ENVOY_RATELIMITED);
    }
    boolean byStatus =
        (on.contains(RetryOn.SERVER_ERROR) && status >= 500 && status < 600)
            || (on.contains(RetryOn.GATEWAY_ERROR) && status >= 502 && status <= 504)
            || (on.contains(RetryOn.RETRIABLE_4XX) && status == 409)
            || (on.contains(RetryOn.RETRIABLE_STATUS_CODES)
                && policy.retriableStatusCodes().contains(status));
    return byStatus
        || (on.contains(RetryOn.RETRIABLE_HEADERS) && rules.matchesResponse(header))
        || wantsGrpc(on, header);
  }

  private static boolean wantsGrpc(Set<RetryOn> on, UnaryOperator<@Nullable String> header) {
    int grpc = GrpcStatus.parse(header.apply("grpc-status"));
    if (grpc > 0) {
      for (RetryOn each : on) {
        if (each.grpcStatus() == grpc) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * {@code 5xx} and {@code gateway-error} take in whatever ends without a response.
   *
   * @param requestSent whether any try may have sent any of the request
   */
  Answer onFailure(Failure failure, boolean requestSent) {
    return take(wantsAfter(failure, requestSent));
  }

  /** Whether a condition of the policy matches. */
  boolean wantsAfter(Failure failure, boolean requestSent) {
    Set<RetryOn> on = policy.retryOn();
    return (failure.isConnectFailure() && on.contains(RetryOn.CONNECT_FAILURE))
        || (!requestSent && on.contains(RetryOn.RESET_BEFORE_REQUEST))
        || on.contains(RetryOn.RESET)
        || on.contains(RetryOn.SERVER_ERROR)
        || on.contains(RetryOn.GATEWAY_ERROR)
        || (failure == Failure.REMOTE_REFUSED_STREAM_RESET && on.contains(RetryOn.REFUSED_STREAM));
  }

  /** A retry is used up even where the cluster then has no room for it. */
  private Answer take(boolean wanted) {
    if (!wanted) {
      return Answer.NO;
    }
    if (left == 0) {
      return Answer.LIMIT_EXCEEDED;
    }
    left--;
    return Answer.YES;
  }

  Backoff backoff() {
    return backoff;
  }

  /** The call holds one of its cluster's retries. */
  void hold() {
    waiting.set(true);
  }

  /** Whether it did, and no longer does. Any thread may ask, since a cancellation gives it back. */
  boolean release() {
    return waiting.getAndSet(false);
  }

  void tried(Endpoint endpoint) {
    tried.add(endpoint);
  }

  /** Endpoints to pick around, by {@code previous_hosts}. */
  Predicate<Endpoint> avoided() {
    return policy.previousHosts() ? tried::contains : endpoint -> false;
  }

  int morePicks() {
    return tried.isEmpty() ? 0 : policy.hostSelectionRetryMaxAttempts();
  }
}
