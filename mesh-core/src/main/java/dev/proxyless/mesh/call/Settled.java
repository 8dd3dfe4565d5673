package dev.proxyless.mesh.call;

import dev.proxyless.mesh.call.MeshView.OutboundChain;
import dev.proxyless.mesh.model.HedgePolicy;
import dev.proxyless.mesh.model.RouteAction.Forward;
import dev.proxyless.mesh.route.HeaderEdit;
import dev.proxyless.mesh.route.RetryRules;
import dev.proxyless.mesh.route.RouteEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a route settles of a request before the headers are changed. It is the same for all requests
 * that steer nothing, so that it is made once for them.
 *
 * @param timeouts how long the call may take
 * @param told what the router tells the next hop at the first try, where the caller has no deadline
 */
record Settled(CallTimeouts timeouts, List<HeaderEdit> told) {

  /** For requests that steer nothing. */
  static Settled of(OutboundChain chain, RouteEntry route, Optional<RetryRules> rules) {
    return of(chain, route, rules, false, name -> null);
  }

  /**
   * For one request.
   *
   * @param grpc whether it is of gRPC
   * @param header the first value of a request header, or null
   */
  static Settled of(
      OutboundChain chain,
      RouteEntry route,
      Optional<RetryRules> rules,
      boolean grpc,
      UnaryOperator<@Nullable String> header) {
    Forward forward = (Forward) route.action();
    boolean hedged =
        forward
            .hedgePolicy()
            .or(() -> route.virtualHost().hedgePolicy())
            .map(HedgePolicy::onPerTryTimeout)
            .orElse(false);
    CallTimeouts timeouts =
        CallTimeouts.of(forward.timeouts(), chain.manager().config(), rules, grpc, hedged, header);
    HeaderEdit expected = chain.envoyHeaders() ? timeouts.expectedEdit() : null;
    return new Settled(timeouts, List.copyOf(told(route, timeouts, expected)));
  }

  /**
   * What the router tells the next hop at the first try.
   *
   * @param expected what tells it of the time; null for nothing
   */
  static List<HeaderEdit> told(
      RouteEntry route, CallTimeouts timeouts, @Nullable HeaderEdit expected) {
    List<HeaderEdit> told = new ArrayList<>(3);
    if (expected != null) {
      told.add(expected);
    }
    timeouts
        .grpcTimeout()
        .ifPresent(text -> told.add(HeaderEdit.set(EnvoyHeaders.GRPC_TIMEOUT, text)));
    if (route.virtualHost().includeRequestAttemptCount()) {
      told.add(HeaderEdit.set(EnvoyHeaders.ATTEMPT_COUNT, "1"));
    }
    return told;
  }
}
