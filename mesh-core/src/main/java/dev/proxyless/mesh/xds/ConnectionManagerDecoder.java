package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.model.HttpConnectionManager;
import dev.proxyless.mesh.model.HttpConnectionManager.EscapedSlashes;
import dev.proxyless.mesh.model.HttpConnectionManager.Paths;
import dev.proxyless.mesh.model.HttpConnectionManager.RouteSource;
import dev.proxyless.mesh.model.HttpConnectionManager.Router;
import dev.proxyless.mesh.model.HttpConnectionManager.StripPort;
import dev.proxyless.mesh.model.HttpConnectionManager.Trust;
import dev.proxyless.mesh.model.HttpFault;
import dev.proxyless.mesh.proto.Message;
import java.util.List;
import java.util.Map;

/** Decodes what a connection manager makes of requests before they are routed. */
final class ConnectionManagerDecoder {

  private static final List<String> CHECKED =
      List.of(
          "x-envoy-upstream-rq-timeout-ms",
          "x-envoy-upstream-rq-per-try-timeout-ms",
          "x-envoy-max-retries",
          "x-envoy-retry-grpc-on",
          "x-envoy-retry-on");

  private ConnectionManagerDecoder() {}

  static HttpConnectionManager decode(
      Message message, RouteSource routes, Map<String, HttpFault> faults, Router router) {
    return new HttpConnectionManager(
        routes,
        new Paths(
            message.bool("normalize_path", false),
            message.bool("merge_slashes", false),
            escapedSlashes(message)),
        stripPort(message),
        message.bool("strip_trailing_host_dot", false),
        new Trust(
            message
                .message("internal_address_config")
                .map(config -> ValueMatchers.ranges(config, "cidr_ranges")),
            message.bool("use_remote_address", false),
            (int) Math.min(message.number("xff_num_trusted_hops", 0), Integer.MAX_VALUE)),
        message
            .message("common_http_protocol_options")
            .flatMap(options -> options.duration("max_stream_duration")),
        message.duration("stream_idle_timeout"),
        RoutePolicyDecoder.upgrades(message),
        faults,
        router);
  }

  /** What an implementation may choose, Envoy leaves unchanged. */
  private static EscapedSlashes escapedSlashes(Message message) {
    String action = message.enumName("path_with_escaped_slashes_action");
    return action.equals("IMPLEMENTATION_SPECIFIC_DEFAULT")
        ? EscapedSlashes.KEEP_UNCHANGED
        : EscapedSlashes.valueOf(action);
  }

  private static StripPort stripPort(Message message) {
    boolean any = message.bool("strip_any_host_port", false);
    if (!message.bool("strip_matching_host_port", false)) {
      return any ? StripPort.ANY : StripPort.NONE;
    }
    if (any) {
      throw message.invalid(
          "strip_any_host_port", "excludes strip_matching_host_port, which is set too");
    }
    return StripPort.MATCHING;
  }

  static Router router(Message message) {
    List<String> strict = message.strings("strict_check_headers");
    for (int i = 0; i < strict.size(); i++) {
      if (!CHECKED.contains(strict.get(i))) {
        throw message.invalid(
            "strict_check_headers[" + i + "]",
            "is \"" + strict.get(i) + "\"; right would be one of " + String.join(", ", CHECKED));
      }
    }
    return new Router(
        message.bool("suppress_envoy_headers", false),
        message.bool("respect_expected_rq_timeout", false),
        strict);
  }
}
