package dev.proxyless.mesh.appmesh;

import dev.proxyless.mesh.appmesh.AppMesh.ClientTls;
import dev.proxyless.mesh.appmesh.AppMesh.NodeListener;
import dev.proxyless.mesh.appmesh.AppMesh.OutlierDetection;
import dev.proxyless.mesh.appmesh.AppMesh.PortMapping;
import dev.proxyless.mesh.appmesh.AppMesh.ServiceDiscovery;
import dev.proxyless.mesh.appmesh.AppMesh.VirtualNode;
import dev.proxyless.mesh.proto.AnyMessage;
import dev.proxyless.mesh.proto.CloudMapMetadata;
import dev.proxyless.mesh.proto.Message;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Translates the listeners of virtual nodes to clusters. */
final class Clusters {

  private static final String CLUSTER = "envoy.config.cluster.v3.Cluster";
  private static final String HTTP_OPTIONS =
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
  private static final Duration EGRESS_CONNECT_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration INGRESS_CONNECT_TIMEOUT = Duration.ofMillis(250);

  /** How App Mesh wrote "no limit". */
  private static final long UNLIMITED = Integer.MAX_VALUE;

  private final String mesh;

  Clusters(String mesh) {
    this.mesh = mesh;
  }

  /** The cluster by which clients reach a virtual node's listener. */
  Message egress(
      String cluster,
      String nodeName,
      VirtualNode node,
      NodeListener listener,
      Optional<ClientTls> policy) {
    return Message.of(
        CLUSTER,
        message -> {
          message.set("name", cluster).set("connect_timeout", EGRESS_CONNECT_TIMEOUT);
          Map<String, Object> metadata = new LinkedHashMap<>();
          metadata.put(
              "aws.appmesh.aggregate_stats",
              Map.of("tags", List.of(Map.of("key", "TargetVirtualNode", "value", nodeName))));
          node.discovery().ifPresent(each -> discovery(message, cluster, each, listener, metadata));
          message.set("metadata", each -> each.set("filter_metadata", metadata));
          unlimited(message);
          listener.outlierDetection().ifPresent(each -> outliers(message, each));
          if (listener.mapping().isHttp2()) {
            http2(message);
          }
          Tls.upstream(message, node, listener, policy);
        });
  }

  private static void discovery(
      Message.Builder message,
      String cluster,
      ServiceDiscovery discovery,
      NodeListener listener,
      Map<String, Object> metadata) {
    int port = listener.mapping().port();
    if (discovery instanceof ServiceDiscovery.CloudMap cloudMap) {
      message.set("type", "EDS").set("eds_cluster_config", eds -> eds.set("eds_config", Xds::ads));
      Map<String, Object> names = new LinkedHashMap<>();
      names.put(CloudMapMetadata.NAMESPACE_NAME, cloudMap.namespace());
      names.put(CloudMapMetadata.SERVICE_NAME, cloudMap.service());
      names.put(CloudMapMetadata.ATTRIBUTES, cloudMap.attributes());
      names.put(CloudMapMetadata.PORT, port);
      cloudMap
          .ipPreference()
          .ifPresent(
              each -> names.put(CloudMapMetadata.IP_PREFERENCE, each.toUpperCase(Locale.ROOT)));
      metadata.put(CloudMapMetadata.NAMESPACE, names);
    } else if (discovery instanceof ServiceDiscovery.Dns dns) {
      message
          .set("type", dns.endpoints() ? "STRICT_DNS" : "LOGICAL_DNS")
          .set("dns_lookup_family", family(dns.ipPreference()))
          .set(
              "load_assignment",
              assignment -> Xds.assignment(assignment, cluster, dns.hostname(), port));
    }
  }

  /** DNS discovery prefers IPv6 where nothing is said. */
  private static String family(Optional<String> ipPreference) {
    return switch (ipPreference.orElse("")) {
      case "IPv4_ONLY" -> "V4_ONLY";
      case "IPv6_ONLY" -> "V6_ONLY";
      case "IPv4_PREFERRED" -> "V4_PREFERRED";
      default -> "AUTO";
    };
  }

  private static void unlimited(Message.Builder message) {
    message.set(
        "circuit_breakers",
        breakers ->
            breakers.add(
                "thresholds",
                limits ->
                    limits
                        .set("max_connections", UNLIMITED)
                        .set("max_pending_requests", UNLIMITED)
                        .set("max_requests", UNLIMITED)
                        .set("max_retries", UNLIMITED)));
  }

  private static void outliers(Message.Builder message, OutlierDetection detection) {
    message.set(
        "outlier_detection",
        each ->
            each.set("consecutive_5xx", detection.maxServerErrors())
                .set("interval", detection.interval())
                .set("base_ejection_time", detection.baseEjectionDuration())
                .set("max_ejection_percent", (long) detection.maxEjectionPercent())
                .set("always_eject_one_host", true));
  }

  private static void http2(Message.Builder message) {
    AnyMessage options =
        Xds.any(
            HTTP_OPTIONS,
            each ->
                each.set(
                    "explicit_http_config",
                    config -> config.set("http2_protocol_options", http2 -> {})));
    message.set("typed_extension_protocol_options", Map.of(HTTP_OPTIONS, options));
  }

  /** The cluster by which a sidecar reached its own application. */
  Message ingress(String nodeName, PortMapping mapping) {
    String name = Names.ingressCluster(mesh, nodeName, mapping);
    return Message.of(
        CLUSTER,
        message ->
            message
                .set("name", name)
                .set("type", "STATIC")
                .set("connect_timeout", INGRESS_CONNECT_TIMEOUT)
                .set(
                    "load_assignment",
                    assignment -> Xds.assignment(assignment, name, "127.0.0.1", mapping.port())));
  }

  /** A cluster that goes where the request was going anyway. */
  static Message originalDestination(String name) {
    return Message.of(
        CLUSTER,
        message ->
            message
                .set("name", name)
                .set("type", "ORIGINAL_DST")
                .set("lb_policy", "CLUSTER_PROVIDED")
                .set("connect_timeout", EGRESS_CONNECT_TIMEOUT));
  }
}
