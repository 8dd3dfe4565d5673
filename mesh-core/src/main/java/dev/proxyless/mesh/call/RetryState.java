package dev.proxyless.mesh.call;

import dev.proxyless.mesh.cluster.Endpoint;
import dev.proxyless.mesh.cluster.Upstream;
import dev.proxyless.mesh.model.Metadata;
import dev.proxyless.mesh.model.RetryOn;
import dev.proxyless.mesh.model.RetryPolicy;
import dev.proxyless.mesh.model.RetryPolicy.HostSelection;
import dev.proxyless.mesh.route.RetryRules;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a retry policy makes of the tries of one call. Source: Envoy's {@code RetryStateImpl}.
 * Belongs to the thread that makes the call.
 */
final class RetryState {

  private static final String RATE_LIMITED = "x-envoy-ratelimited";

  private final RetryRules rules;
  private final RetryPolicy policy;
  private @Nullable Backoff backoff;
  private @Nullable Endpoint first;
  private List<Endpoint> tried = List.of();
  private List<Integer> triedPriorities = List.of();
  private Set<Integer> leftOut = Set.of();
  private final AtomicBoolean waiting = new AtomicBoolean();
  private int left;
  private @Nullable RetryOn held;

  RetryState(RetryRules rules) {
    this.rules = rules;
    policy = rules.policy();
    left = policy.numRetries();
  }

  /** What is done about a try that the policy looked at. */
  enum Answer {
    NO,
    LIMIT_EXCEEDED,
    YES
  }

  /** A response that says "rate limited" is retried by {@code envoy-ratelimited} alone. */
  Answer onResponse(int status, UnaryOperator<@Nullable String> header) {
    return take(condition(status, header));
  }

  /** Whether a response is one to retry, whatever is left. */
  boolean isBad(int status, UnaryOperator<@Nullable String> header) {
    return condition(status, header) != null;
  }

  private @Nullable RetryOn condition(int status, UnaryOperator<@Nullable String> header) {
    if (header.apply(RATE_LIMITED) != null) {
      return is(RetryOn.ENVOY_RATELIMITED) ? RetryOn.ENVOY_RATELIMITED : null;
    }
    if (is(RetryOn.SERVER_ERROR) && status >= 500 && status < 600) {
      return RetryOn.SERVER_ERROR;
    }
    if (is(RetryOn.GATEWAY_ERROR) && status >= 502 && status <= 504) {
      return RetryOn.GATEWAY_ERROR;
    }
    if (is(RetryOn.RETRIABLE_4XX) && status == 409) {
      return RetryOn.RETRIABLE_4XX;
    }
    if (is(RetryOn.RETRIABLE_STATUS_CODES) && policy.retriableStatusCodes().contains(status)) {
      return RetryOn.RETRIABLE_STATUS_CODES;
    }
    if (is(RetryOn.RETRIABLE_HEADERS) && rules.matchesResponse(header)) {
      return RetryOn.RETRIABLE_HEADERS;
    }
    return grpcCondition(header);
  }

  private @Nullable RetryOn grpcCondition(UnaryOperator<@Nullable String> header) {
    int grpc = GrpcStatus.parse(header.apply("grpc-status"));
    if (grpc > 0) {
      for (RetryOn each : policy.retryOn()) {
        if (each.grpcStatus() == grpc) {
          return each;
        }
      }
    }
    return null;
  }

  private boolean is(RetryOn condition) {
    return policy.retryOn().contains(condition);
  }

  /**
   * {@code 5xx} and {@code gateway-error} take in whatever ends without a response.
   *
   * @param requestSent whether any try may have sent any of the request
   */
  Answer onFailure(Failure failure, boolean requestSent) {
    return take(condition(failure, requestSent));
  }

  /** Whether an end without a response is one to retry, whatever is left. */
  boolean isBad(Failure failure, boolean requestSent) {
    return condition(failure, requestSent) != null;
  }

  private @Nullable RetryOn condition(Failure failure, boolean requestSent) {
    if (failure.isConnectFailure() && is(RetryOn.CONNECT_FAILURE)) {
      return RetryOn.CONNECT_FAILURE;
    }
    if (!requestSent && is(RetryOn.RESET_BEFORE_REQUEST)) {
      return RetryOn.RESET_BEFORE_REQUEST;
    }
    if (is(RetryOn.RESET)) {
      return RetryOn.RESET;
    }
    if (is(RetryOn.SERVER_ERROR)) {
      return RetryOn.SERVER_ERROR;
    }
    if (is(RetryOn.GATEWAY_ERROR)) {
      return RetryOn.GATEWAY_ERROR;
    }
    boolean refused = failure == Failure.REMOTE_REFUSED_STREAM_RESET;
    return refused && is(RetryOn.REFUSED_STREAM) ? RetryOn.REFUSED_STREAM : null;
  }

  /** A try took too long and goes on: one more is made beside it, whatever the conditions are. */
  Answer onSlow() {
    held = null;
    return take();
  }

  private Answer take(@Nullable RetryOn condition) {
    held = condition;
    return condition == null ? Answer.NO : take();
  }

  /** A retry is used up even where the cluster then has no room for it. */
  private Answer take() {
    if (left == 0) {
      return Answer.LIMIT_EXCEEDED;
    }
    left--;
    return Answer.YES;
  }

  /** The condition of the last try that was to be retried, for people. */
  String reason() {
    return held == null ? "per_try_timeout" : held.token();
  }

  Backoff backoff() {
    Backoff made = backoff;
    if (made == null) {
      made = new Backoff(policy);
      backoff = made;
    }
    return made;
  }

  /** The call holds one of its cluster's retries. */
  void hold() {
    waiting.set(true);
  }

  /** Whether it did, and no longer does. Any thread may ask, since a cancellation gives it back. */
  boolean release() {
    return waiting.getAndSet(false);
  }

  /** The endpoint for the next try: around those that the policy avoids, if there are others. */
  @Nullable Endpoint pick(Upstream upstream) {
    Endpoint before = first;
    if (before == null) {
      first = upstream.pick();
      return first;
    }
    if (tried.isEmpty()) { // most calls have one try, and need none of this
      tried = new ArrayList<>(List.of(before));
      triedPriorities = new ArrayList<>(List.of(before.priority()));
      leftOut = new HashSet<>();
    }
    HostSelection selection = policy.hostSelection();
    Endpoint picked =
        upstream.pick(
            endpoint -> isAvoided(selection, endpoint),
            selection.maxAttempts(),
            leftOut(selection, upstream));
    if (picked != null) {
      tried.add(picked);
      triedPriorities.add(picked.priority());
    }
    return picked;
  }

  private boolean isAvoided(HostSelection selection, Endpoint endpoint) {
    if (selection.previousHosts() && tried.contains(endpoint)) {
      return true;
    }
    Map<String, Object> labels =
        endpoint.metadata().filterMetadata().getOrDefault(Metadata.LB, Map.of());
    if (selection.omitCanary() && Boolean.TRUE.equals(labels.get("canary"))) {
      return true;
    }
    for (Metadata omitted : selection.omitted()) {
      Map<String, Object> unwanted = omitted.filterMetadata().getOrDefault(Metadata.LB, Map.of());
      if (!unwanted.isEmpty() && labels.entrySet().containsAll(unwanted.entrySet())) {
        return true;
      }
    }
    return false;
  }

  /**
   * The priorities to leave out. When those of all tries together leave nothing to pick, all count
   * again. Source: Envoy's {@code PreviousPrioritiesRetryPriority}.
   */
  private Set<Integer> leftOut(HostSelection selection, Upstream upstream) {
    if (selection.previousPriorities().isEmpty()) {
      return Set.of();
    }
    int frequency = selection.previousPriorities().getAsInt();
    if (!triedPriorities.isEmpty() && triedPriorities.size() % frequency == 0) {
      leftOut.addAll(triedPriorities);
      if (!upstream.isUsableWithout(leftOut)) {
        leftOut.clear();
        triedPriorities.clear();
      }
    }
    return leftOut;
  }
}
