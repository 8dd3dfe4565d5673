package dev.proxyless.mesh.call;

import dev.proxyless.mesh.model.RetryOn;
import dev.proxyless.mesh.model.RetryPolicy;
import dev.proxyless.mesh.route.ResponseHeaders;
import dev.proxyless.mesh.route.RetryRules;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Which of a policy's conditions the end of a try meets, whatever retries are left. Source: Envoy's
 * {@code RetryStateImpl}.
 */
final class RetryConditions {

  private static final String RATE_LIMITED = "x-envoy-ratelimited";

  private RetryConditions() {}

  /**
   * The condition that a response meets, or null. One that says "rate limited" is retried by {@code
   * envoy-ratelimited} alone.
   */
  static @Nullable RetryOn met(RetryRules rules, int status, ResponseHeaders header) {
    RetryPolicy policy = rules.policy();
    RetryOn condition = anyMet(rules, policy, status, header);
    boolean rateLimited = policy.isOn(RetryOn.ENVOY_RATELIMITED);
    if ((condition != null || rateLimited) && header.apply(RATE_LIMITED) != null) {
      return rateLimited ? RetryOn.ENVOY_RATELIMITED : null;
    }
    return condition;
  }

  private static @Nullable RetryOn anyMet(
      RetryRules rules, RetryPolicy policy, int status, ResponseHeaders header) {
    if (policy.isOn(RetryOn.SERVER_ERROR) && status >= 500 && status < 600) {
      return RetryOn.SERVER_ERROR;
    }
    if (policy.isOn(RetryOn.GATEWAY_ERROR) && status >= 502 && status <= 504) {
      return RetryOn.GATEWAY_ERROR;
    }
    if (policy.isOn(RetryOn.RETRIABLE_4XX) && status == 409) {
      return RetryOn.RETRIABLE_4XX;
    }
    if (policy.isOn(RetryOn.RETRIABLE_STATUS_CODES)
        && policy.retriableStatusCodes().contains(status)) {
      return RetryOn.RETRIABLE_STATUS_CODES;
    }
    if (policy.isOn(RetryOn.RETRIABLE_HEADERS) && rules.matchesResponse(status, header)) {
      return RetryOn.RETRIABLE_HEADERS;
    }
    return rules.asksForGrpcStatus() ? grpc(policy, header) : null;
  }

  private static @Nullable RetryOn grpc(
      RetryPolicy policy, UnaryOperator<@Nullable String> header) {
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

  /**
   * The condition that an end without a response meets, or null. {@code 5xx} and {@code
   * gateway-error} take in whatever ends so.
   *
   * @param requestSent whether any try may have sent any of the request
   */
  static @Nullable RetryOn met(RetryRules rules, Failure failure, boolean requestSent) {
    RetryPolicy policy = rules.policy();
    if (failure.isConnectFailure() && policy.isOn(RetryOn.CONNECT_FAILURE)) {
      return RetryOn.CONNECT_FAILURE;
    }
    if (!requestSent && policy.isOn(RetryOn.RESET_BEFORE_REQUEST)) {
      return RetryOn.RESET_BEFORE_REQUEST;
    }
    if (policy.isOn(RetryOn.RESET)) {
      return RetryOn.RESET;
    }
    if (policy.isOn(RetryOn.SERVER_ERROR)) {
      return RetryOn.SERVER_ERROR;
    }
    if (policy.isOn(RetryOn.GATEWAY_ERROR)) {
      return RetryOn.GATEWAY_ERROR;
    }
    boolean refused = failure == Failure.REMOTE_REFUSED_STREAM_RESET;
    return refused && policy.isOn(RetryOn.REFUSED_STREAM) ? RetryOn.REFUSED_STREAM : null;
  }
}
