package dev.proxyless.mesh.model;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code envoy.config.cluster.v3.Cluster}.
 *
 * @param name the resource's name
 * @param discovery where its endpoints come from
 * @param connectTimeout for TCP and TLS together; unset is 5 s
 * @param protocol what its endpoints speak
 * @param tls how they are spoken to; empty for plaintext
 * @param outlierDetection when an endpoint is set aside; empty for never
 * @param circuitBreakers limits of the default priority
 * @param highPriority limits of calls whose route has the priority HIGH
 * @param panicThreshold the share of healthy endpoints, in percent, below which health is ignored
 */
public record Cluster(
    String name,
    Discovery discovery,
    Duration connectTimeout,
    Protocol protocol,
    Optional<UpstreamTlsContext> tls,
    Optional<OutlierDetection> outlierDetection,
    CircuitBreakers circuitBreakers,
    CircuitBreakers highPriority,
    double panicThreshold) {

  /** What an endpoint speaks. */
  public enum Protocol {
    HTTP1,
    HTTP2,
    /** What TLS's ALPN agrees on. */
    AUTO
  }

  /** Where endpoints come from. */
  public sealed interface Discovery {

    /** {@code EDS}, over the same stream. */
    record Eds(String serviceName) implements Discovery {}

    /**
     * {@code EDS} whose metadata names an AWS Cloud Map service, which this library can ask itself.
     *
     * @param serviceName what EDS is asked for where Cloud Map cannot be
     * @param namespace the namespace's name
     * @param service the service's name
     * @param attributes what an instance's attributes must equal
     * @param port for instances without {@code AWS_INSTANCE_PORT}
     * @param ipPreference which address of an instance is used
     */
    record CloudMap(
        String serviceName,
        String namespace,
        String service,
        Map<String, String> attributes,
        int port,
        IpPreference ipPreference)
        implements Discovery {}

    /** {@code STATIC}. */
    record Static(EndpointAssignment assignment) implements Discovery {}

    /**
     * {@code STRICT_DNS} and {@code LOGICAL_DNS}.
     *
     * @param hosts the names to look up
     * @param logical whether only the first address of the first name is used
     * @param refreshRate how often
     * @param family which addresses
     */
    record Dns(List<HostAndPort> hosts, boolean logical, Duration refreshRate, IpPreference family)
        implements Discovery {}

    /** {@code ORIGINAL_DST}: where the request was going anyway. */
    record OriginalDst() implements Discovery {}
  }

  /** A name and a port. */
  public record HostAndPort(String host, int port) {}

  /** Which IP addresses are used, and in what order. */
  public enum IpPreference {
    IPV4_PREFERRED,
    IPV4_ONLY,
    IPV6_PREFERRED,
    IPV6_ONLY
  }

  /**
   * {@code CircuitBreakers.Thresholds} of one priority.
   *
   * @param maxRequests requests in flight; unset is 1024
   * @param maxRetries retries in flight; unset is 3
   * @param retryBudget stands in for {@code maxRetries} where it is set
   */
  public record CircuitBreakers(
      long maxRequests, long maxRetries, Optional<RetryBudget> retryBudget) {
    /** What bounds retries, for people. */
    public String retryWords() {
      return retryBudget
          .map(
              budget ->
                  "retry_budget of "
                      + budget.percent()
                      + " percent and at least "
                      + budget.minConcurrency())
          .orElse("max_retries of " + maxRetries);
    }

    public static final CircuitBreakers DEFAULT = new CircuitBreakers(1024, 3, Optional.empty());
  }

  /**
   * {@code CircuitBreakers.Thresholds.RetryBudget}.
   *
   * @param percent of the requests in flight that may be retries; unset is 20
   * @param minConcurrency retries in flight that are always allowed; unset is 3
   */
  public record RetryBudget(double percent, long minConcurrency) {}

  /** The limits of a priority. */
  public CircuitBreakers limits(RouteAction.Priority priority) {
    return priority == RouteAction.Priority.HIGH ? highPriority : circuitBreakers;
  }
}
