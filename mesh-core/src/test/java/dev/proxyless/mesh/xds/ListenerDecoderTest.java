package dev.proxyless.mesh.xds;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.model.CidrRange;
import dev.proxyless.mesh.model.FractionalPercent;
import dev.proxyless.mesh.model.HeaderMatcher;
import dev.proxyless.mesh.model.HttpConnectionManager;
import dev.proxyless.mesh.model.HttpConnectionManager.EscapedSlashes;
import dev.proxyless.mesh.model.HttpConnectionManager.Paths;
import dev.proxyless.mesh.model.HttpConnectionManager.RouteSource;
import dev.proxyless.mesh.model.HttpConnectionManager.StripPort;
import dev.proxyless.mesh.model.HttpConnectionManager.Trust;
import dev.proxyless.mesh.model.HttpFault;
import dev.proxyless.mesh.model.Listener;
import dev.proxyless.mesh.model.Listener.Direction;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.ValueMatch;
import dev.proxyless.mesh.proto.FieldState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ListenerDecoderTest {

  private static final String HCM = Decoding.HTTP_CONNECTION_MANAGER;
  private static final String HTTP_FILTERS = "envoy.extensions.filters.http.";
  private static final String ROUTER =
      "{name: router, typed_config: {\"@type\":"
          + " type.googleapis.com/envoy.extensions.filters.http.router.v3.Router";

  private final Decoding decoding = new Decoding(new RealChecks());

  @Test
  void everythingThatAConnectionManagerCanSayIsRead() {
    assertEquals(
        HttpConnectionManager.of(new RouteSource.Inline(RouteConfiguration.of("r", List.of()))),
        connectionManager("stream_error_on_invalid_http_message: true"));
    assertEquals(
        new HttpConnectionManager(
            new RouteSource.Inline(RouteConfiguration.of("r", List.of())),
            new Paths(true, true, EscapedSlashes.UNESCAPE_AND_REDIRECT),
            StripPort.ANY,
            true,
            new Trust(Optional.of(List.of(new CidrRange("127.0.0.0", 8))), true, 2),
            Optional.of(Duration.ofSeconds(3)),
            Optional.of(Duration.ofSeconds(4)),
            Map.of("websocket", true, "connect", false),
            Map.of(
                "chaos",
                new HttpFault(
                    Optional.of(
                        new HttpFault.Delay(
                            Optional.of(Duration.ofSeconds(2)), new FractionalPercent(5, 10_000))),
                    Optional.of(
                        new HttpFault.Abort(
                            OptionalInt.of(503),
                            OptionalInt.empty(),
                            new FractionalPercent(7, 100))),
                    Optional.of(
                        new HttpFault.RateLimit(
                            OptionalLong.of(11), new FractionalPercent(13, 100))),
                    "c",
                    List.of(new HeaderMatcher("x-a", new ValueMatch.Present(true), false, false)),
                    List.of("n"),
                    OptionalLong.of(9))),
            new HttpConnectionManager.Router(true, true, List.of("x-envoy-max-retries"))),
        connectionManager(
            """
            normalize_path: true, merge_slashes: true, strip_any_host_port: true,
            path_with_escaped_slashes_action: UNESCAPE_AND_REDIRECT, strip_trailing_host_dot: true,
            internal_address_config: {cidr_ranges: [{address_prefix: 127.0.0.0, prefix_len: 8}]},
            use_remote_address: true, xff_num_trusted_hops: 2,
            common_http_protocol_options: {max_stream_duration: 3s},
            upgrade_configs: [{upgrade_type: websocket}, {upgrade_type: CONNECT, enabled: false}],
            stream_idle_timeout: 4s,
            http_filters: [
              {name: chaos, typed_config: {'@type': type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault,
                delay: {fixed_delay: 2s, percentage: {numerator: 5, denominator: TEN_THOUSAND}},
                abort: {http_status: 503, percentage: {numerator: 7}}, upstream_cluster: c,
                response_rate_limit: {fixed_limit: {limit_kbps: 11}, percentage: {numerator: 13}},
                headers: [{name: x-a, present_match: true}], downstream_nodes: [n], max_active_faults: 9}},
              %s, suppress_envoy_headers: true, respect_expected_rq_timeout: true,
              strict_check_headers: [x-envoy-max-retries]}}]
            """
                .formatted(ROUTER)));
    assertEquals(
        StripPort.MATCHING, connectionManager("strip_matching_host_port: true").stripPort());
    assertEquals(
        new Trust(Optional.of(List.of()), false, 0),
        connectionManager("internal_address_config: {}").trust());
  }

  @ParameterizedTest
  @CsvSource({
    "IMPLEMENTATION_SPECIFIC_DEFAULT, KEEP_UNCHANGED",
    "KEEP_UNCHANGED, KEEP_UNCHANGED",
    "REJECT_REQUEST, REJECT_REQUEST",
    "UNESCAPE_AND_REDIRECT, UNESCAPE_AND_REDIRECT",
    "UNESCAPE_AND_FORWARD, UNESCAPE_AND_FORWARD",
  })
  void escapedSlashes(String action, EscapedSlashes expected) {
    assertEquals(
        expected,
        connectionManager("path_with_escaped_slashes_action: " + action).paths().escapedSlashes());
  }

  /** Each line has been tried with Envoy 1.40, which refuses it too. */
  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          strip_matching_host_port: true, strip_any_host_port: true | strip_any_host_port: excludes strip_matching_host_port, which is set too
          internal_address_config: {cidr_ranges: [{prefix_len: 8}]} | internal_address_config.cidr_ranges[0].address_prefix: is required
          internal_address_config: {cidr_ranges: [{address_prefix: nope}]} | internal_address_config.cidr_ranges[0].address_prefix: is "nope"; right would be an IPv4 or IPv6 address such as "10.0.0.0"
          internal_address_config: {cidr_ranges: [{address_prefix: 10.0.0.0, prefix_len: 129}]} | internal_address_config.cidr_ranges[0].prefix_len: is 129; right would be a number from 0 to 128
          upgrade_configs: [{upgrade_type: a}, {upgrade_type: A}] | upgrade_configs[1].upgrade_type: is "a", which stands twice; leave out one of them
          http_filters: [{name: f, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault, response_rate_limit: {percentage: {numerator: 1}}}}] | http_filters[0].typed_config.response_rate_limit.fixed_limit: is required, or header_limit
          http_filters: [{name: f, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault, response_rate_limit: {fixed_limit: {}}}}] | http_filters[0].typed_config.response_rate_limit.fixed_limit.limit_kbps: is 0; right would be a number from 1
          http_filters: [{name: r, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router, strict_check_headers: [x-foo]}}] | http_filters[0].typed_config.strict_check_headers[0]: is "x-foo"; right would be one of x-envoy-upstream-rq-timeout-ms, x-envoy-upstream-rq-per-try-timeout-ms, x-envoy-max-retries, x-envoy-retry-grpc-on, x-envoy-retry-on
          """)
  void aConnectionManagerThatCannotWorkIsRefused(String yaml, String message) {
    decoding.assertRefused(
        ResourceType.LISTENER, apiListener(yaml), "api_listener.api_listener." + message);
  }

  @Test
  void boundsOnConnectionsHaveNoMeaningForAListener() {
    assertEquals(
        List.of("idle_timeout", "max_connection_duration", "max_requests_per_connection"),
        decoding
            .decode(
                ResourceType.LISTENER,
                apiListener(
                    "common_http_protocol_options: {idle_timeout: 1s, max_connection_duration: 2s,"
                        + " max_requests_per_connection: 3}"))
            .findings()
            .all()
            .stream()
            .filter(each -> each.state() == FieldState.INERT)
            .map(each -> each.path().substring(each.path().lastIndexOf('.') + 1))
            .toList());
  }

  private HttpConnectionManager connectionManager(String yaml) {
    return decoding.listener(apiListener(yaml)).apiListener().orElseThrow();
  }

  private static String apiListener(String yaml) {
    return "{name: l, api_listener: {api_listener: {"
        + HCM
        + ", route_config: {name: r}, "
        + yaml
        + "}}}";
  }

  @Test
  void aListenerOfEnvoysStyle() {
    Listener listener =
        decoding.listener(
            """
            name: egress
            traffic_direction: OUTBOUND
            use_original_dst: true
            address: {socket_address: {address: 0.0.0.0, port_value: 15001}}
            filter_chains:
            - name: http
              filter_chain_match: {destination_port: 8080}
              filters:
              - name: hcm
                typed_config: {%s, rds: {route_config_name: r, config_source: {ads: {}}}}
            default_filter_chain:
              filters:
              - name: tcp
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                  cluster: c
            """
                .formatted(HCM));
    assertEquals("egress", listener.name());
    assertEquals(Direction.OUTBOUND, listener.direction());
    assertTrue(listener.useOriginalDst());
    assertEquals(OptionalInt.of(15001), listener.port());
    assertEquals(
        List.of(
            new Listener.FilterChain(
                "http",
                OptionalInt.of(8080),
                Optional.of(HttpConnectionManager.of(new RouteSource.Rds("r"))),
                Optional.empty())),
        listener.filterChains());
    assertEquals(
        Optional.of(
            new Listener.FilterChain("", OptionalInt.empty(), Optional.empty(), Optional.empty())),
        listener.defaultFilterChain());
    assertEquals(Optional.empty(), listener.apiListener());
  }

  @Test
  void aListenerOfGrpcsStyle() {
    Listener listener =
        decoding.listener(
            "{name: a.local, api_listener: {api_listener: {"
                + HCM
                + ", route_config: {name: inline}}}}");
    assertEquals(
        Optional.of(
            HttpConnectionManager.of(
                new RouteSource.Inline(RouteConfiguration.of("inline", List.of())))),
        listener.apiListener());
    assertEquals(Direction.UNSPECIFIED, listener.direction());
    assertFalse(listener.useOriginalDst());
    assertEquals(OptionalInt.empty(), listener.port());
    assertEquals(List.of(), listener.filterChains());
  }

  @Test
  void theRouterSaysWhetherEnvoysHeadersAreLeftOut() {
    assertFalse(manager(ROUTER + "}}").router().suppressEnvoyHeaders());
    assertTrue(
        manager(ROUTER + ", suppress_envoy_headers: true}}").router().suppressEnvoyHeaders());
  }

  @Test
  void filtersThatAreNotSupportedAreReported() {
    String fault =
        "{name: cors, typed_config: {\"@type\":"
            + " type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors}}";
    String disabled = "{name: unused, disabled: true}";
    assertEquals(
        List.of(
            "http_filters[0]: the filter \"cors\" is not supported; it is passed over",
            "http_filters[3]: the filter \"bare\" is not supported; it is passed over"),
        decoding
            .reported(
                ResourceType.LISTENER,
                api("rds: {route_config_name: r}", fault, disabled, ROUTER + "}}", "{name: bare}"))
            .stream()
            .map(each -> each.replace("api_listener.api_listener.", ""))
            .toList());
    assertEquals(
        List.of("filter_chains[0].filters[0]: \"tcp\" is no HTTP filter; it does not act here"),
        decoding.reported(
            ResourceType.LISTENER,
            "{name: l, filter_chains: [{filters: [{name: tcp, typed_config: {\"@type\":"
                + " type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy}}]}]}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rbac.v3.RBAC",
        "ext_authz.v3.ExtAuthz",
        "jwt_authn.v3.JwtAuthentication",
        "oauth2.v3.OAuth2",
        "basic_auth.v3.BasicAuth",
        "api_key_auth.v3.ApiKeyAuth",
      })
  void aFilterThatGuardsRequestsIsNotPassedOver(String type) {
    String config = "typed_config: {\"@type\": type.googleapis.com/" + HTTP_FILTERS + type + "}";
    String refusal =
        decoding.refusal(
            ResourceType.LISTENER,
            api("rds: {route_config_name: r}", "{name: guard, " + config + "}", ROUTER + "}}"));
    assertTrue(
        refusal.endsWith(
            "http_filters[0].typed_config: is "
                + HTTP_FILTERS
                + type
                + ", which guards requests and is not supported; without it more would be let in"),
        refusal);
    for (String allowed : List.of("is_optional: true", "disabled: true")) {
      decoding.reported(
          ResourceType.LISTENER,
          api(
              "rds: {route_config_name: r}",
              "{name: guard, " + allowed + ", " + config + "}",
              ROUTER + "}}"));
    }
  }

  @Test
  void aNetworkFilterThatGuardsConnectionsIsNotPassedOverEither() {
    assertEquals(
        "filter_chains[0].filters[0].typed_config: is envoy.extensions.filters.network.rbac.v3.RBAC,"
            + " which guards requests and is not supported; without it more would be let in",
        decoding.refusal(
            ResourceType.LISTENER,
            "{name: l, filter_chains: [{filters: [{name: rbac, typed_config: {\"@type\":"
                + " type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC}}]}]}"));
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}                                          | name: is required",
        "{name: l, address: {pipe: {path: /s}}}      | address.pipe: is not supported, and the"
            + " resource would mean something else without it",
        "{name: l, address: {socket_address: {port_value: 65536}}} |"
            + " address.socket_address.port_value: is 65536; right would be a number from 0 to 65535",
        "{name: l, internal_listener: {}}            | internal_listener: is not supported, and the"
            + " resource would mean something else without it",
        "{name: l, filter_chains: [{filter_chain_match: {destination_port: 0}}]} |"
            + " filter_chains[0].filter_chain_match.destination_port: is 0; right would be a number"
            + " from 1 to 65535",
        "{name: l, filter_chains: [{filters: [{name: f}]}]} |"
            + " filter_chains[0].filters[0].typed_config: is required",
        "{name: l, filter_chains: [{filters: [{name: f, config_discovery: {}}]}]} |"
            + " filter_chains[0].filters[0].config_discovery: is not supported, and the resource"
            + " would mean something else without it",
        "{name: l, api_listener: {api_listener: {\"@type\":"
            + " type.googleapis.com/envoy.config.route.v3.RouteConfiguration}}} |"
            + " api_listener.api_listener: is a envoy.config.route.v3.RouteConfiguration; right"
            + " would be a"
            + " envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
      })
  void aListenerThatCannotBeUsedIsRefused(String yaml, String message) {
    decoding.assertRefused(ResourceType.LISTENER, yaml, message);
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "stat_prefix: s                          | route_specifier: is required: rds or route_config",
        "rds: {}                                 | rds.route_config_name: is required",
        "rds: {route_config_name: r, config_source: {path_config_source: {path: /r}}} |"
            + " rds.config_source.path_config_source: is not supported, and the resource would mean"
            + " something else without it",
        "scoped_routes: {}                       | scoped_routes: is not supported, and the resource"
            + " would mean something else without it",
        "route_config: {virtual_hosts: [{name: v}]} | route_config.virtual_hosts[0].domains: is"
            + " empty; right would be at least one domain",
        "route_config: {virtual_hosts: [{name: v, domains: [a, a]}]} |"
            + " route_config.virtual_hosts[0].domains[1]: \"a\" stands twice; a domain belongs to"
            + " one virtual host",
      })
  void aConnectionManagerThatRoutesNothingIsRefused(String yaml, String message) {
    decoding.assertRefused(
        ResourceType.LISTENER, api(yaml), "api_listener.api_listener." + message);
  }

  private HttpConnectionManager manager(String... filters) {
    return decoding
        .listener(api("rds: {route_config_name: r}", filters))
        .apiListener()
        .orElseThrow();
  }

  private static String api(String routes, String... filters) {
    return "{name: l, api_listener: {api_listener: {"
        + HCM
        + ", "
        + routes
        + ", http_filters: ["
        + String.join(", ", filters)
        + "]}}}";
  }
}
