package dev.proxyless.mesh.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * {@code envoy.extensions.filters.http.fault.v3.HTTPFault}.
 *
 * @param delay before a request goes on
 * @param abort in place of a response
 * @param responseRateLimit how fast a response comes
 * @param upstreamCluster the one cluster whose requests are concerned; empty for all
 * @param headers that a request must have
 * @param downstreamNodes one of which {@code x-envoy-downstream-service-node} must name; empty for
 *     all
 * @param maxActiveFaults requests with a fault at a time; empty is no bound
 */
public record HttpFault(
    Optional<Delay> delay,
    Optional<Abort> abort,
    Optional<RateLimit> responseRateLimit,
    String upstreamCluster,
    List<HeaderMatcher> headers,
    List<String> downstreamNodes,
    OptionalLong maxActiveFaults) {

  /**
   * {@code FaultDelay}.
   *
   * @param fixed how long; empty where {@code x-envoy-fault-delay-request} says it
   * @param percentage of the requests
   */
  public record Delay(Optional<Duration> fixed, FractionalPercent percentage) {}

  /**
   * {@code FaultAbort}. Without any status, {@code x-envoy-fault-abort-request} or {@code
   * x-envoy-fault-abort-grpc-request} says it.
   *
   * @param httpStatus to answer with
   * @param grpcStatus to answer with
   * @param percentage of the requests
   */
  public record Abort(
      OptionalInt httpStatus, OptionalInt grpcStatus, FractionalPercent percentage) {}

  /**
   * {@code FaultRateLimit}.
   *
   * @param kibPerSecond how fast; empty where {@code x-envoy-fault-throughput-response} says it
   * @param percentage of the requests
   */
  public record RateLimit(OptionalLong kibPerSecond, FractionalPercent percentage) {}
}
