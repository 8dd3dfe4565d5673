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
 * @param connections how long connections may take, last and idle
 * @param protocol what its endpoints speak
 * @param tls how they are spoken to; empty for plaintext
 * @param outlierDetection when an endpoint is set aside; empty for never
 * @param circuitBreakers limits of the default priority
 * @param highPriority limits of calls whose route has the priority HIGH
 * @param maxStreamDuration of each try, its response's body included, unless the request's own
 *     header says otherwise; zero is no bound, as unset
 * @param panicThreshold the share of healthy endpoints, in percent, below which health is ignored
 */
public record Cluster(
    String name,
    Discovery discovery,
    Connections connections,
    Protocol protocol,
    Optional<UpstreamTlsContext> tls,
    Optional<OutlierDetection> outlierDetection,
    CircuitBreakers circuitBreakers,
    CircuitBreakers highPriority,
    Duration maxStreamDuration,
    double panicThreshold) {

  /**
   * What bounds each connection, by the cluster's {@code connect_timeout} and {@code
   * HttpProtocolOptions}. Zero is no bound.
   *
   * @param connectTimeout for TCP and TLS together; unset is 5 s
   * @param idleTimeout how long it is kept while no request uses it; unset is an hour
   * @param maxDuration the age at which it takes no more requests
   * @param maxRequests after so many requests it takes no more; where several are open at once, as
   *     on HTTP/2, some more than that
   */
  public record Connections(
      Duration connectTimeout, Duration idleTimeout, Duration maxDuration, long maxRequests) {

    /** As they are where a cluster says nothing. */
    public static final Connections DEFAULT =
        new Connections(Duration.ofSeconds(5), Duration.ofHours(1), Duration.ZERO, 0);
  }

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
