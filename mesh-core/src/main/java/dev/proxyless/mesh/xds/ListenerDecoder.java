package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.model.HttpConnectionManager;
import dev.proxyless.mesh.model.HttpConnectionManager.RouteSource;
import dev.proxyless.mesh.model.HttpFault;
import dev.proxyless.mesh.model.Listener;
import dev.proxyless.mesh.model.Listener.Direction;
import dev.proxyless.mesh.model.Listener.FilterChain;
import dev.proxyless.mesh.proto.AnyMessage;
import dev.proxyless.mesh.proto.FieldState;
import dev.proxyless.mesh.proto.Findings;
import dev.proxyless.mesh.proto.Message;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * Decodes listeners of both styles: Envoy's, with addresses and filter chains, and gRPC's, with an
 * API listener.
 */
final class ListenerDecoder {

  private static final String CONNECTION_MANAGER =
      "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";

  /** Filters that decide who is let in; to pass one over would open what it closes. */
  private static final Pattern GUARD =
      Pattern.compile(
          "envoy\\.extensions\\.filters\\.(http|network)\\."
              + "(rbac|ext_authz|jwt_authn|oauth2|basic_auth|api_key_auth)\\..*");

  private static final String ROUTER = "envoy.extensions.filters.http.router.v3.Router";

  /** Of {@code HttpProtocolOptions}: the same message bounds a cluster's connections. */
  private static final List<String> OF_CONNECTIONS =
      List.of("idle_timeout", "max_connection_duration", "max_requests_per_connection");

  private final Findings findings;
  private final Checks checks;

  ListenerDecoder(Findings findings, Checks checks) {
    this.findings = findings;
    this.checks = checks;
  }

  Listener listener(Message message) {
    Optional<HttpConnectionManager> apiListener =
        message
            .message("api_listener")
            .flatMap(api -> api.any("api_listener"))
            .map(this::apiListener);
    Optional<Message> defaultChain = message.message("default_filter_chain");
    return new Listener(
        message.requiredString("name"),
        switch (message.enumName("traffic_direction")) {
          case "INBOUND" -> Direction.INBOUND;
          case "OUTBOUND" -> Direction.OUTBOUND;
          default -> Direction.UNSPECIFIED;
        },
        port(message),
        message.bool("use_original_dst", false),
        message.messages("filter_chains").stream().map(this::filterChain).toList(),
        defaultChain.map(this::filterChain),
        apiListener);
  }

  private HttpConnectionManager apiListener(AnyMessage config) {
    return connectionManager(config.unpack(CONNECTION_MANAGER, findings));
  }

  private static OptionalInt port(Message message) {
    return message
        .message("address")
        .flatMap(address -> address.message("socket_address"))
        .map(address -> OptionalInt.of(address.integer("port_value", 0, 65_535, 0)))
        .orElse(OptionalInt.empty());
  }

  private FilterChain filterChain(Message message) {
    OptionalInt port =
        message
            .message("filter_chain_match")
            .filter(match -> match.has("destination_port"))
            .map(match -> OptionalInt.of(match.integer("destination_port", 1, 65_535, 1)))
            .orElse(OptionalInt.empty());
    return new FilterChain(
        message.string("name"),
        port,
        connectionManager(message.messages("filters")),
        new TlsDecoder(findings, checks).downstream(message.message("transport_socket")));
  }

  private Optional<HttpConnectionManager> connectionManager(List<Message> filters) {
    Optional<HttpConnectionManager> found = Optional.empty();
    for (Message filter : filters) {
      AnyMessage config =
          filter
              .any("typed_config")
              .orElseThrow(() -> filter.invalid("typed_config", "is required"));
      if (config.is(CONNECTION_MANAGER)) {
        found = Optional.of(connectionManager(config.unpack(findings)));
      } else {
        refuseGuard(filter, config);
        findings.report(
            filter.path(),
            "\"" + filter.string("name") + "\" is no HTTP filter; it does not act here");
      }
    }
    return found;
  }

  private HttpConnectionManager connectionManager(Message message) {
    message.message("common_http_protocol_options").ifPresent(this::noteConnections);
    return ConnectionManagerDecoder.decode(
        message, routes(message), faults(message), router(message));
  }

  /** There are no connections on the way in. */
  private void noteConnections(Message options) {
    for (String field : OF_CONNECTIONS) {
      if (options.has(field)) {
        findings.add(options.path(field), FieldState.INERT, "acts of a cluster alone");
      }
    }
  }

  private RouteSource routes(Message message) {
    if (message.has("rds")) {
      return new RouteSource.Rds(
          message.requiredMessage("rds").requiredString("route_config_name"));
    }
    if (message.has("route_config")) {
      return new RouteSource.Inline(
          RouteDecoder.decode(message.requiredMessage("route_config"), findings, checks));
    }
    throw message.invalid("route_specifier", "is required: rds or route_config");
  }

  private HttpConnectionManager.Router router(Message message) {
    HttpConnectionManager.Router router = HttpConnectionManager.Router.DEFAULT;
    for (Message filter : message.messages("http_filters")) {
      Optional<AnyMessage> config = filter.any("typed_config");
      if (config.isPresent() && config.get().is(ROUTER)) {
        router = ConnectionManagerDecoder.router(config.get().unpack(findings));
      } else if (!filter.bool("disabled", false) && !isFault(config)) {
        if (!filter.bool("is_optional", false)) {
          config.ifPresent(each -> refuseGuard(filter, each));
        }
        findings.report(
            filter.path(),
            "the filter \"" + filter.string("name") + "\" is not supported; it is passed over");
      }
    }
    return router;
  }

  private static boolean isFault(Optional<AnyMessage> config) {
    return config.isPresent() && config.get().is(FaultDecoder.FAULT);
  }

  private Map<String, HttpFault> faults(Message message) {
    Map<String, HttpFault> faults = new LinkedHashMap<>();
    for (Message filter : message.messages("http_filters")) {
      Optional<AnyMessage> config = filter.any("typed_config");
      if (isFault(config) && !filter.bool("disabled", false)) {
        Message settings = config.orElseThrow().unpack(findings);
        HttpFault fault = FaultDecoder.decode(settings);
        checks.fault(fault, settings.path());
        faults.put(filter.string("name"), fault);
      }
    }
    return Collections.unmodifiableMap(faults);
  }

  /** A listener must not let in more than its control plane meant, as gRFC A39 asks. */
  private static void refuseGuard(Message filter, AnyMessage config) {
    if (GUARD.matcher(config.typeName()).matches()) {
      throw filter.invalid(
          "typed_config",
          "is "
              + config.typeName()
              + ", which guards requests and is not supported; without it more would be let in");
    }
  }
}
