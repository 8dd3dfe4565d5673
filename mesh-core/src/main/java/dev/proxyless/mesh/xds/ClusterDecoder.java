package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.model.Cluster;
import dev.proxyless.mesh.model.Cluster.CircuitBreakers;
import dev.proxyless.mesh.model.Cluster.Connections;
import dev.proxyless.mesh.model.Cluster.Discovery;
import dev.proxyless.mesh.model.Cluster.HostAndPort;
import dev.proxyless.mesh.model.Cluster.IpPreference;
import dev.proxyless.mesh.model.Cluster.Protocol;
import dev.proxyless.mesh.model.Cluster.RetryBudget;
import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.model.OutlierDetection;
import dev.proxyless.mesh.proto.AnyMessage;
import dev.proxyless.mesh.proto.CloudMapMetadata;
import dev.proxyless.mesh.proto.Findings;
import dev.proxyless.mesh.proto.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decodes clusters. */
final class ClusterDecoder {

  private static final String HTTP_OPTIONS =
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
  private static final Duration DEFAULT_DNS_REFRESH_RATE = Duration.ofSeconds(5);
  private static final Duration MIN_DNS_REFRESH_RATE = Duration.ofMillis(1);
  private static final double DEFAULT_PANIC_THRESHOLD = 50;

  private final Findings findings;
  private final Checks checks;

  ClusterDecoder(Findings findings, Checks checks) {
    this.findings = findings;
    this.checks = checks;
  }

  Cluster cluster(Message message) {
    boolean balances = !message.enumName("type").equals("ORIGINAL_DST");
    if (balances && !message.enumName("lb_policy").equals("ROUND_ROBIN")) {
      findings.report(
          message.path("lb_policy"),
          message.enumName("lb_policy") + " is not supported; ROUND_ROBIN is used");
    }
    Optional<Message> typed = httpOptions(message);
    Optional<Message> common = typed.orElse(message).message("common_http_protocol_options");
    return new Cluster(
        message.requiredString("name"),
        discovery(message),
        connections(message, common),
        protocol(message, typed),
        new TlsDecoder(findings, checks).upstream(message.message("transport_socket")),
        message.message("outlier_detection").map(ClusterDecoder::outlierDetection),
        circuitBreakers(message, "DEFAULT"),
        circuitBreakers(message, "HIGH"),
        common.flatMap(each -> each.duration("max_stream_duration")).orElse(Duration.ZERO),
        message
            .message("common_lb_config")
            .flatMap(config -> config.message("healthy_panic_threshold"))
            .map(ClusterDecoder::percent)
            .orElse(DEFAULT_PANIC_THRESHOLD));
  }

  private static double percent(Message message) {
    double value = message.fraction("value", 0);
    if (!(value >= 0 && value <= 100)) {
      throw message.invalid("value", "is " + value + "; right would be a number from 0 to 100");
    }
    return value;
  }

  private Discovery discovery(Message message) {
    return switch (message.enumName("type")) {
      case "EDS" -> eds(message);
      case "STRICT_DNS" -> dns(message, false);
      case "LOGICAL_DNS" -> dns(message, true);
      case "ORIGINAL_DST" -> new Discovery.OriginalDst();
      case "STATIC" ->
          new Discovery.Static(
              message.has("load_assignment")
                  ? assignment(message, false)
                  : EndpointAssignment.EMPTY); // as in Envoy, there may be none
      default ->
          throw message.invalid(
              "type",
              "is "
                  + message.enumName("type")
                  + "; right would be STATIC, STRICT_DNS, LOGICAL_DNS, EDS or ORIGINAL_DST");
    };
  }

  private static Discovery eds(Message message) {
    Message config = message.requiredMessage("eds_cluster_config");
    String service = config.string("service_name");
    String serviceName = service.isEmpty() ? message.string("name") : service;
    Optional<Object> cloudMap =
        message
            .message("metadata")
            .map(metadata -> metadata.struct("filter_metadata").get(CloudMapMetadata.NAMESPACE));
    return cloudMap.isPresent() && cloudMap.get() instanceof Map<?, ?> names
        ? new CloudMapDecoder(names).discovery(serviceName)
        : new Discovery.Eds(serviceName);
  }

  /** The hosts of a DNS cluster stand in its assignment, where EDS would put addresses. */
  private Discovery dns(Message message, boolean logical) {
    EndpointAssignment assignment = assignment(message, true);
    List<HostAndPort> hosts = new ArrayList<>();
    for (int i = 0; i < assignment.size(); i++) {
      String host = assignment.address(i);
      hosts.add(
          new HostAndPort(
              host.endsWith(".") ? host.substring(0, host.length() - 1) : host,
              assignment.port(i)));
    }
    if (hosts.isEmpty() || (logical && hosts.size() > 1)) {
      throw message.invalid(
          "load_assignment",
          "has "
              + hosts.size()
              + " endpoints; right would be "
              + (logical ? "exactly one" : "one or more"));
    }
    IpPreference family =
        switch (message.enumName("dns_lookup_family")) {
          case "V4_ONLY" -> IpPreference.IPV4_ONLY;
          case "V6_ONLY" -> IpPreference.IPV6_ONLY;
          case "V4_PREFERRED", "ALL" -> IpPreference.IPV4_PREFERRED;
          default -> IpPreference.IPV6_PREFERRED;
        };
    Duration refresh =
        message
            .duration("dns_refresh_rate")
            .filter(each -> !each.isZero())
            .orElse(DEFAULT_DNS_REFRESH_RATE);
    if (refresh.compareTo(MIN_DNS_REFRESH_RATE) < 0) {
      throw message.invalid("dns_refresh_rate", "is " + refresh + "; right would be 1 ms or more");
    }
    return new Discovery.Dns(List.copyOf(hosts), logical, refresh, family);
  }

  private EndpointAssignment assignment(Message message, boolean names) {
    Message assignment = message.requiredMessage("load_assignment");
    return new AssignmentReader(findings, names).read(assignment.toBytes(), assignment.path());
  }

  /** What the cluster says of HTTP where its own, older fields are not to be used. */
  private Optional<Message> httpOptions(Message message) {
    AnyMessage options = message.anyMap("typed_extension_protocol_options").get(HTTP_OPTIONS);
    message
        .anyMap("typed_extension_protocol_options")
        .keySet()
        .forEach(
            key -> {
              if (!key.equals(HTTP_OPTIONS)) {
                findings.report(
                    message.path("typed_extension_protocol_options") + "[\"" + key + "\"]",
                    "is not supported; it changes nothing");
              }
            });
    return options == null ? Optional.empty() : Optional.of(options.unpack(HTTP_OPTIONS, findings));
  }

  private static Connections connections(Message message, Optional<Message> common) {
    return new Connections(
        message
            .duration("connect_timeout")
            .filter(each -> !each.isZero())
            .orElse(Connections.DEFAULT.connectTimeout()),
        common
            .flatMap(each -> each.duration("idle_timeout"))
            .orElse(Connections.DEFAULT.idleTimeout()),
        common
            .flatMap(each -> each.duration("max_connection_duration"))
            .orElse(Connections.DEFAULT.maxDuration()),
        maxRequests(message, common));
  }

  private static long maxRequests(Message message, Optional<Message> common) {
    String field = "max_requests_per_connection";
    Optional<Message> set = common.filter(each -> each.has(field));
    if (set.isPresent() && message.has(field)) {
      throw message.invalid(field, "excludes " + set.get().path(field) + ", which is set too");
    }
    return set.orElse(message).number(field, Connections.DEFAULT.maxRequests());
  }

  private static Protocol protocol(Message message, Optional<Message> typed) {
    if (typed.isEmpty()) {
      return message.has("http2_protocol_options") ? Protocol.HTTP2 : Protocol.HTTP1;
    }
    Message http = typed.get();
    if (http.has("auto_config")) {
      return Protocol.AUTO;
    }
    boolean http2 =
        http.message("explicit_http_config")
            .map(each -> each.has("http2_protocol_options"))
            .orElse(false);
    return http2 ? Protocol.HTTP2 : Protocol.HTTP1;
  }

  /** The first thresholds of a priority count. */
  private CircuitBreakers circuitBreakers(Message message, String priority) {
    Optional<CircuitBreakers> found = Optional.empty();
    for (Message threshold :
        message
            .message("circuit_breakers")
            .map(each -> each.messages("thresholds"))
            .orElse(List.of())) {
      if (!threshold.enumName("priority").equals(priority)) {
        continue;
      }
      if (found.isPresent()) {
        findings.report(threshold.path(), "follows another of its priority; the first counts");
      } else {
        found =
            Optional.of(
                new CircuitBreakers(
                    threshold.number("max_requests", CircuitBreakers.DEFAULT.maxRequests()),
                    threshold.number("max_retries", CircuitBreakers.DEFAULT.maxRetries()),
                    threshold.message("retry_budget").map(ClusterDecoder::retryBudget)));
      }
    }
    return found.orElse(CircuitBreakers.DEFAULT);
  }

  private static RetryBudget retryBudget(Message budget) {
    return new RetryBudget(
        budget.message("budget_percent").map(each -> each.fraction("value", 0)).orElse(20.0),
        budget.number("min_retry_concurrency", 3));
  }

  private static OutlierDetection outlierDetection(Message message) {
    Duration base = positive(message, "base_ejection_time", Duration.ofSeconds(30));
    Duration defaultMax = Duration.ofMinutes(5);
    Duration max =
        message
            .duration("max_ejection_time")
            .orElse(base.compareTo(defaultMax) > 0 ? base : defaultMax);
    if (max.compareTo(base) < 0) {
      throw message.invalid("max_ejection_time", "is " + max + ", less than base_ejection_time");
    }
    return new OutlierDetection(
        message.integer("consecutive_5xx", 0, Integer.MAX_VALUE, 5),
        message.integer("enforcing_consecutive_5xx", 0, 100, 100),
        positive(message, "interval", Duration.ofSeconds(10)),
        base,
        max,
        message.duration("max_ejection_time_jitter").orElse(Duration.ZERO),
        message.integer("max_ejection_percent", 0, 100, 10),
        message.bool("always_eject_one_host", false));
  }

  private static Duration positive(Message message, String field, Duration unset) {
    Duration duration = message.duration(field).orElse(unset);
    if (duration.isZero()) {
      throw message.invalid(field, "is 0; right would be more than 0");
    }
    return duration;
  }
}
