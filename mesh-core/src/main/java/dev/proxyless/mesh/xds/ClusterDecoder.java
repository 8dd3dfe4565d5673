package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.model.Cluster;
import dev.proxyless.mesh.model.Cluster.CircuitBreakers;
import dev.proxyless.mesh.model.Cluster.Discovery;
import dev.proxyless.mesh.model.Cluster.HostAndPort;
import dev.proxyless.mesh.model.Cluster.IpPreference;
import dev.proxyless.mesh.model.Cluster.Protocol;
import dev.proxyless.mesh.model.EndpointAssignment;
import dev.proxyless.mesh.model.OutlierDetection;
import dev.proxyless.mesh.proto.AnyMessage;
import dev.proxyless.mesh.proto.CloudMapMetadata;
import dev.proxyless.mesh.proto.Findings;
import dev.proxyless.mesh.proto.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decodes clusters. */
final class ClusterDecoder {

  private static final String HTTP_OPTIONS =
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
  private static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration DEFAULT_DNS_REFRESH_RATE = Duration.ofSeconds(5);
  private static final double DEFAULT_PANIC_THRESHOLD = 50;

  /** How "no limit" is written. */
  private static final long UNLIMITED = Integer.MAX_VALUE;

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
    return new Cluster(
        message.requiredString("name"),
        discovery(message),
        message
            .duration("connect_timeout")
            .filter(each -> !each.isZero())
            .orElse(DEFAULT_CONNECT_TIMEOUT),
        protocol(message),
        new TlsDecoder(findings, checks).upstream(message.message("transport_socket")),
        message.message("outlier_detection").map(ClusterDecoder::outlierDetection),
        circuitBreakers(message),
        message
            .message("common_lb_config")
            .flatMap(config -> config.message("healthy_panic_threshold"))
            .map(percent -> percent.fraction("value", 0))
            .orElse(DEFAULT_PANIC_THRESHOLD));
  }

  private Discovery discovery(Message message) {
    return switch (message.enumName("type")) {
      case "EDS" -> eds(message);
      case "STRICT_DNS" -> dns(message, false);
      case "LOGICAL_DNS" -> dns(message, true);
      case "ORIGINAL_DST" -> new Discovery.OriginalDst();
      case "STATIC" -> new Discovery.Static(assignment(message));
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
        ? cloudMap(message, serviceName, names)
        : new Discovery.Eds(serviceName);
  }

  private static Discovery cloudMap(Message message, String serviceName, Map<?, ?> names) {
    Map<String, String> attributes = new LinkedHashMap<>();
    if (names.get(CloudMapMetadata.ATTRIBUTES) instanceof Map<?, ?> map) {
      map.forEach((key, value) -> attributes.put(String.valueOf(key), String.valueOf(value)));
    }
    return new Discovery.CloudMap(
        serviceName,
        text(message, names, CloudMapMetadata.NAMESPACE_NAME),
        text(message, names, CloudMapMetadata.SERVICE_NAME),
        Map.copyOf(attributes),
        names.get(CloudMapMetadata.PORT) instanceof Number port ? port.intValue() : 0,
        IpPreference.valueOf(
            names.get(CloudMapMetadata.IP_PREFERENCE) instanceof String preference
                ? preference
                : IpPreference.IPV4_PREFERRED.name()));
  }

  private static String text(Message message, Map<?, ?> names, String key) {
    if (names.get(key) instanceof String text && !text.isEmpty()) {
      return text;
    }
    throw message.invalid(
        "metadata.filter_metadata[\"" + CloudMapMetadata.NAMESPACE + "\"]." + key, "is required");
  }

  /** The hosts of a DNS cluster stand in its assignment, where EDS would put addresses. */
  private Discovery dns(Message message, boolean logical) {
    EndpointAssignment assignment = assignment(message);
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
    return new Discovery.Dns(List.copyOf(hosts), logical, refresh, family);
  }

  private EndpointAssignment assignment(Message message) {
    Message assignment = message.requiredMessage("load_assignment");
    return new AssignmentReader(findings).read(assignment.toBytes(), "load_assignment");
  }

  private Protocol protocol(Message message) {
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
    if (options == null) {
      return message.has("http2_protocol_options") ? Protocol.HTTP2 : Protocol.HTTP1;
    }
    Message http = options.unpack(findings);
    if (http.has("auto_config")) {
      return Protocol.AUTO;
    }
    boolean http2 =
        http.message("explicit_http_config")
            .map(each -> each.has("http2_protocol_options"))
            .orElse(false);
    return http2 ? Protocol.HTTP2 : Protocol.HTTP1;
  }

  private CircuitBreakers circuitBreakers(Message message) {
    return message
        .message("circuit_breakers")
        .flatMap(
            breakers ->
                breakers.messages("thresholds").stream()
                    .filter(threshold -> threshold.enumName("priority").equals("DEFAULT"))
                    .findFirst())
        .map(this::thresholds)
        .orElse(CircuitBreakers.DEFAULT);
  }

  /** Connections and queues are not bounded; a limit that is none is no reason to complain. */
  private CircuitBreakers thresholds(Message threshold) {
    for (String field : List.of("max_connections", "max_pending_requests")) {
      if (threshold.number(field, UNLIMITED) < UNLIMITED) {
        findings.report(threshold.path(field), "is not supported; max_requests bounds the cluster");
      }
    }
    return new CircuitBreakers(
        threshold.number("max_requests", CircuitBreakers.DEFAULT.maxRequests()),
        threshold.number("max_retries", CircuitBreakers.DEFAULT.maxRetries()));
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
