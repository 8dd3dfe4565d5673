package dev.proxyless.mesh.xds;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.document.Json;
import dev.proxyless.mesh.model.HttpFault;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.TlsContext;
import dev.proxyless.mesh.proto.Field;
import dev.proxyless.mesh.proto.FieldState;
import dev.proxyless.mesh.proto.FieldTable;
import dev.proxyless.mesh.proto.InvalidMessageException;
import dev.proxyless.mesh.proto.Kind;
import dev.proxyless.mesh.proto.MessageType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A field that the table says acts is read: resources that set all of them mean something else
 * without any one of them.
 */
final class ActingFieldsTest {

  /** What says nothing that is not so without it; the table notes why. */
  private static final Set<String> SAY_NOTHING =
      Set.of(
          "envoy.config.cluster.v3.Cluster.EdsClusterConfig.eds_config",
          "envoy.extensions.filters.network.http_connection_manager.v3.Rds.config_source",
          "envoy.config.core.v3.ConfigSource.ads",
          "envoy.config.core.v3.ConfigSource.self",
          "envoy.config.core.v3.TransportSocket.name",
          "envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig.http_protocol_options");

  private static final List<String> LISTENERS =
      List.of(
          """
          name: egress
          traffic_direction: OUTBOUND
          use_original_dst: true
          address: {socket_address: {address: 0.0.0.0, port_value: 15001}}
          filter_chains:
          - name: http
            filter_chain_match: {destination_port: 8080}
            transport_socket:
              name: tls
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
                require_client_certificate: true
                common_tls_context:
                  tls_params: {tls_minimum_protocol_version: TLSv1_3}
                  alpn_protocols: [h2]
                  tls_certificates:
                  - certificate_chain: {filename: /chain.pem}
                    private_key: {inline_string: key}
                  validation_context:
                    trusted_ca: {inline_bytes: Y2E=}
                    match_typed_subject_alt_names:
                    - {san_type: DNS, matcher: {exact: a}}
            filters:
            - name: hcm
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                rds: {route_config_name: r, config_source: {ads: {}}}
                stream_idle_timeout: 9s
                http_filters:
                - name: unused
                  disabled: true
                  typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault}
                - name: fault
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault
                    delay: {fixed_delay: 2s, percentage: {numerator: 5, denominator: TEN_THOUSAND}}
                    abort: {http_status: 503, percentage: {numerator: 7}}
                    response_rate_limit: {fixed_limit: {limit_kbps: 11}, percentage: {numerator: 13}}
                    upstream_cluster: c
                    headers: [{name: x-a, present_match: true}]
                    downstream_nodes: [n]
                    max_active_faults: 9
                - name: told
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault
                    delay: {header_delay: {}, percentage: {numerator: 5}}
                    abort: {header_abort: {}, percentage: {numerator: 7}}
                    response_rate_limit: {header_limit: {}, percentage: {numerator: 13}}
                - name: grpc
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault
                    abort: {grpc_status: 14, percentage: {numerator: 7}}
                - name: cors
                  typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors}
                - name: guard
                  is_optional: true
                  typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC}
                - name: router
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
                    suppress_envoy_headers: true
                    respect_expected_rq_timeout: true
                    strict_check_headers: [x-envoy-max-retries]
          default_filter_chain:
            filters:
            - name: tcp
              typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy}
          """,
          """
          name: api.local
          api_listener:
            api_listener:
              "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
              rds: {route_config_name: r, config_source: {self: {}}}
          """,
          """
          name: inline.local
          api_listener:
            api_listener:
              "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
              route_config: {name: inline}
              normalize_path: true
              merge_slashes: true
              path_with_escaped_slashes_action: REJECT_REQUEST
              strip_any_host_port: true
              strip_trailing_host_dot: true
              use_remote_address: true
              xff_num_trusted_hops: 1
              internal_address_config: {cidr_ranges: [{address_prefix: 10.0.0.0, prefix_len: 8}]}
              common_http_protocol_options: {max_stream_duration: 2s}
              upgrade_configs: [{upgrade_type: websocket, enabled: false}]
          """,
          """
          name: strip.local
          api_listener:
            api_listener:
              "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
              route_config: {name: inline}
              strip_matching_host_port: true
          """);

  private static final List<String> ROUTES =
      List.of(
          """
          name: r
          ignore_port_in_host_matching: true
          ignore_path_parameters_in_path_matching: true
          internal_only_headers: [x-secret]
          request_headers_to_add: [{header: {key: a, value: v}, append: false}]
          request_headers_to_remove: [b]
          response_headers_to_add: [{header: {key: a, value: v}, append_action: ADD_IF_ABSENT, keep_empty_value: true}]
          response_headers_to_remove: [b]
          most_specific_header_mutations_wins: true
          validate_clusters: false
          vhost_header: x-host
          metadata: {filter_metadata: {a: {b: c}}}
          typed_per_filter_config:
            a: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
            b:
              "@type": type.googleapis.com/envoy.config.route.v3.FilterConfig
              disabled: true
              config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
          cluster_specifier_plugins:
          - is_optional: true
            extension:
              name: plugin
              typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
          request_mirror_policies:
          - cluster: c
            runtime_fraction: {default_value: {numerator: 5}, runtime_key: k}
            disable_shadow_host_suffix_append: true
            host_rewrite_literal: h
            request_headers_mutations:
            - {remove: a}
            - {append: {header: {key: a, value: v}}}
            - {remove_on_match: {key_matcher: {prefix: x}}}
          - cluster_header: x-mirror
          virtual_hosts:
          - name: a
            domains: [a, b]
            require_tls: ALL
            include_request_attempt_count: true
            include_attempt_count_in_response: true
            include_is_timeout_retry_header: true
            per_request_buffer_limit_bytes: 5
            request_headers_to_add: [{header: {key: a, value: v}}]
            request_headers_to_remove: [b]
            response_headers_to_add: [{header: {key: a, value: v}}]
            response_headers_to_remove: [b]
            metadata: {filter_metadata: {a: {b: c}}}
            typed_per_filter_config:
              a: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
            request_mirror_policies: [{cluster: c}]
            virtual_clusters: [{name: vc, headers: [{name: a}]}]
            hedge_policy: {hedge_on_per_try_timeout: true}
            retry_policy:
              retry_on: 5xx
              num_retries: 3
              per_try_timeout: 2s
              retry_host_predicate:
              - name: previous
                typed_config: {"@type": type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate}
              - name: labels
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.retry.host.omit_host_metadata.v3.OmitHostMetadataConfig
                  metadata_match: {filter_metadata: {envoy.lb: {old: true}}}
              retry_priority:
                name: priorities
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig
                  update_frequency: 2
              per_try_idle_timeout: 1s
              rate_limited_retry_back_off:
                reset_headers: [{name: retry-after}, {name: x-reset, format: UNIX_TIMESTAMP}]
                max_interval: 7s
              host_selection_retry_max_attempts: 4
              retriable_status_codes: [418]
              retry_back_off: {base_interval: 1s, max_interval: 3s}
              retriable_headers: [{name: x-a}]
              retriable_request_headers: [{name: x-b}]
            routes:
            - name: first
              request_headers_to_add: [{header: {key: a, value: v}}]
              request_headers_to_remove: [b]
              response_headers_to_add: [{header: {key: a, value: v}}]
              response_headers_to_remove: [b]
              metadata: {filter_metadata: {a: {b: c}}}
              decorator: {operation: o, propagate: false}
              request_body_buffer_limit: 6
              typed_per_filter_config:
                a: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
              match:
                prefix: /
                case_sensitive: false
                grpc: {}
                runtime_fraction: {default_value: {numerator: 5, denominator: MILLION}}
                query_parameters:
                - {name: q, present_match: false}
                - {name: s, string_match: {exact: a, ignore_case: true}}
                cookies: [{name: c, string_match: {exact: a}, invert_match: true}]
                tls_context: {presented: true, validated: false}
                dynamic_metadata:
                - {filter: f, path: [{key: k}], value: {null_match: {}}, invert: true}
                - {filter: f, path: [{key: k}], value: {double_match: {exact: 1}}}
                - {filter: f, path: [{key: k}], value: {double_match: {range: {start: 1, end: 2}}}}
                - {filter: f, path: [{key: k}], value: {string_match: {exact: a}}}
                - {filter: f, path: [{key: k}], value: {bool_match: true}}
                - {filter: f, path: [{key: k}], value: {present_match: true}}
                - {filter: f, path: [{key: k}], value: {list_match: {one_of: {present_match: true}}}}
                - {filter: f, path: [{key: k}], value: {or_match: {value_matchers: [{present_match: true}, {bool_match: true}]}}}
                filter_state:
                - {key: k, string_match: {exact: a}}
                - {key: k, address_match: {ranges: [{address_prefix: 10.0.0.0, prefix_len: 8}], invert_match: true}}
                headers:
                - {name: a, exact_match: v, invert_match: true, treat_missing_header_as_empty: true}
                - {name: b, range_match: {start: 1, end: 9}}
                - {name: c, present_match: false}
                - {name: d, prefix_match: v}
                - {name: e, suffix_match: v}
                - {name: f, safe_regex_match: {regex: v}}
                - {name: g, contains_match: v}
                - {name: h, string_match: {prefix: v}}
                - {name: i, string_match: {suffix: v}}
                - {name: j, string_match: {contains: v}}
                - {name: k, string_match: {safe_regex: {regex: v}}}
              route:
                cluster: c
                prefix_rewrite: /p
                host_rewrite_literal: h
                append_x_forwarded_host: true
                priority: HIGH
                metadata_match: {filter_metadata: {envoy.lb: {a: b}}}
                timeout: 1s
                idle_timeout: 7s
                max_grpc_timeout: 3s
                grpc_timeout_offset: 0.5s
                retry_policy: {retry_on: 5xx}
                hedge_policy: {hedge_on_per_try_timeout: true}
                cluster_not_found_response_code: NOT_FOUND
                max_stream_duration: {max_stream_duration: 9s, grpc_timeout_header_max: 8s, grpc_timeout_header_offset: 1s}
                request_mirror_policies: [{cluster: c}]
                upgrade_configs: [{upgrade_type: websocket, enabled: false}]
                hash_policy:
                - header: {header_name: h, regex_rewrite: {pattern: {regex: a}, substitution: b}}
                - terminal: true
                  cookie: {name: c}
                - connection_properties: {source_ip: true}
                - query_parameter: {name: q}
                - filter_state: {key: k}
                internal_redirect_policy:
                  max_internal_redirects: 2
                  redirect_response_codes: [307]
                  allow_cross_scheme_redirect: true
                  response_headers_to_copy: [x-a]
                  predicates:
                  - name: previous
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.internal_redirect.previous_routes.v3.PreviousRoutesConfig}
                  - name: allowed
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.internal_redirect.allow_listed_routes.v3.AllowListedRoutesConfig
                      allowed_route_names: [a]
                  - name: safe
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.internal_redirect.safe_cross_scheme.v3.SafeCrossSchemeConfig}
            - match: {path: /a}
              route:
                cluster_header: x-cluster
                regex_rewrite: {pattern: {regex: a}, substitution: b}
                auto_host_rewrite: true
                internal_redirect_action: HANDLE_INTERNAL_REDIRECT
                max_internal_redirects: 4
            - match: {safe_regex: {regex: a}}
              route:
                path_rewrite: "%REQ(x-path)%"
                host_rewrite: "%REQ(x-host)%"
                weighted_clusters:
                  header_name: x-random
                  clusters:
                  - name: a
                    weight: 1
                    metadata_match: {filter_metadata: {envoy.lb: {a: b}}}
                    request_headers_to_add: [{header: {key: a, value: v}}]
                    request_headers_to_remove: [b]
                    response_headers_to_add: [{header: {key: a, value: v}}]
                    response_headers_to_remove: [b]
                    host_rewrite_literal: h
                    typed_per_filter_config:
                      a: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
                  - {cluster_header: x-c, weight: 2}
            - match: {prefix: /h}
              route:
                host_rewrite_header: x-host
                weighted_clusters: {use_hash_policy: true, clusters: [{name: a, weight: 1}]}
            - match: {prefix: /i}
              route:
                host_rewrite_path_regex: {pattern: {regex: a}, substitution: b}
                cluster_specifier_plugin: plugin
            - match: {prefix: /j}
              route:
                inline_cluster_specifier_plugin:
                  is_optional: true
                  extension:
                    name: plugin
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
            - match:
                path_match_policy:
                  name: template
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig
                    path_template: /a/{b}
              route:
                cluster: c
                path_rewrite_policy:
                  name: template
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig
                    path_template_rewrite: /{b}
            - match: {path_separated_prefix: /a}
              per_request_buffer_limit_bytes: 5
              redirect:
                host_redirect: h
                path_redirect: /p
                response_code: FOUND
                https_redirect: true
                strip_query: true
                port_redirect: 8443
            - match: {prefix: /a}
              redirect: {prefix_rewrite: /b, scheme_redirect: https}
            - match: {prefix: /c}
              redirect: {regex_rewrite: {pattern: {regex: a}, substitution: b}}
            - match: {prefix: /d}
              redirect: {path_rewrite: "%REQ(x-path)%"}
            - match: {prefix: /b}
              direct_response:
                status: 404
                body: {inline_string: text}
                body_format: {text_format_source: {inline_string: f}, omit_empty_values: true, content_type: a/b}
            - match: {prefix: /e}
              direct_response: {status: 404, body_format: {text_format: f}}
            - match: {prefix: /f}
              direct_response: {status: 404, body_format: {json_format: {a: b}}}
            - match: {connect_matcher: {}}
              non_forwarding_action: {}
          - name: tree
            domains: [tree]
            request_body_buffer_limit: 7
            matcher:
              on_no_match:
                action:
                  name: list
                  typed_config:
                    "@type": type.googleapis.com/envoy.config.route.v3.RouteList
                    routes: [{match: {prefix: /}, redirect: {}}]
              matcher_list:
                matchers:
                - predicate:
                    or_matcher:
                      predicate:
                      - single_predicate:
                          input: {name: h, typed_config: {"@type": type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput, header_name: h}}
                          value_match: {exact: A, ignore_case: true}
                      - single_predicate:
                          input: {name: h, typed_config: {"@type": type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput, header_name: h}}
                          value_match: {prefix: a}
                      - and_matcher:
                          predicate:
                          - single_predicate:
                              input: {name: h, typed_config: {"@type": type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput, header_name: h}}
                              value_match: {suffix: a}
                          - not_matcher:
                              single_predicate:
                                input: {name: h, typed_config: {"@type": type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput, header_name: h}}
                                value_match: {contains: a}
                      - single_predicate:
                          input: {name: h, typed_config: {"@type": type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput, header_name: h}}
                          value_match: {safe_regex: {google_re2: {}, regex: a}}
                  on_match:
                    matcher:
                      matcher_tree:
                        input: {name: h, typed_config: {"@type": type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput, header_name: h}}
                        exact_match_map:
                          map:
                            a:
                              action:
                                name: route
                                typed_config:
                                  "@type": type.googleapis.com/envoy.config.route.v3.Route
                                  match: {prefix: /}
                                  redirect: {}
                - predicate:
                    single_predicate:
                      input: {name: h, typed_config: {"@type": type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput, header_name: h}}
                      value_match: {exact: a}
                  on_match:
                    matcher:
                      matcher_tree:
                        input: {name: h, typed_config: {"@type": type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput, header_name: h}}
                        prefix_match_map:
                          map:
                            a:
                              action:
                                name: route
                                typed_config:
                                  "@type": type.googleapis.com/envoy.config.route.v3.Route
                                  match: {prefix: /}
                                  redirect: {}
          """,
          """
          name: large
          max_direct_response_body_size_bytes: 5000
          virtual_hosts:
          - name: v
            domains: [v]
            routes:
            - {match: {prefix: /}, direct_response: {status: 200, body: {inline_string: "%s"}}}
          """
              .formatted("a".repeat(5_000)));

  private static final List<String> CLUSTERS =
      List.of(
          """
          name: eds
          type: EDS
          eds_cluster_config: {service_name: other, eds_config: {ads: {}}}
          connect_timeout: 1s
          lb_policy: RANDOM
          common_lb_config: {healthy_panic_threshold: {value: 7}}
          typed_extension_protocol_options:
            envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
              "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
              explicit_http_config: {http2_protocol_options: {}}
              common_http_protocol_options:
                idle_timeout: 5s
                max_connection_duration: 6s
                max_requests_per_connection: 7
                max_stream_duration: 8s
          circuit_breakers:
            thresholds:
            - {max_requests: 3, max_retries: 2, retry_budget: {budget_percent: {value: 12.5}, min_retry_concurrency: 4}}
            - {priority: HIGH, max_requests: 1}
          outlier_detection:
            consecutive_5xx: 2
            interval: 3s
            base_ejection_time: 4s
            max_ejection_time: 400s
            max_ejection_time_jitter: 1s
            max_ejection_percent: 50
            enforcing_consecutive_5xx: 60
            always_eject_one_host: true
          transport_socket:
            name: tls
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
              sni: a.local
              common_tls_context:
                tls_params: {tls_maximum_protocol_version: TLSv1_2}
                validation_context:
                  trusted_ca: {filename: /ca.pem}
                  match_subject_alt_names: [{exact: a}]
          """,
          """
          name: auto
          type: EDS
          eds_cluster_config: {eds_config: {self: {}}}
          typed_extension_protocol_options:
            envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
              "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
              auto_config: {}
          """,
          """
          name: http1
          type: EDS
          eds_cluster_config: {}
          typed_extension_protocol_options:
            envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
              "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
              explicit_http_config: {http_protocol_options: {}}
          """,
          """
          name: cloud-map
          type: EDS
          eds_cluster_config: {}
          metadata:
            filter_metadata: {dev.proxyless.cloud_map: {namespace_name: n, service_name: s}}
          """,
          """
          name: dns
          type: STRICT_DNS
          http2_protocol_options: {}
          common_http_protocol_options: {idle_timeout: 0s}
          max_requests_per_connection: 9
          dns_refresh_rate: 7s
          dns_lookup_family: V4_ONLY
          load_assignment:
            cluster_name: dns
            endpoints:
            - lb_endpoints:
              - endpoint: {address: {socket_address: {address: a.local, port_value: 80}}}
          """);

  private static final List<String> ASSIGNMENTS =
      List.of(
          """
          cluster_name: c
          endpoints:
          - locality: {region: r, zone: z, sub_zone: s}
            priority: 1
            lb_endpoints:
            - health_status: UNHEALTHY
              metadata: {filter_metadata: {envoy.lb: {canary: true}}}
              endpoint:
                hostname: h
                address: {socket_address: {address: 10.0.0.1, port_value: 80}}
          """);

  /** Whether leaving a field out changes anything, by message and field. */
  private static final Map<String, Boolean> CHANGES = new TreeMap<>();

  /** Takes all that is well formed. */
  private static final Checks CHECKS =
      new Checks() {
        @Override
        public Optional<String> fileRefusal(String path) {
          return Optional.empty();
        }

        @Override
        public void fault(HttpFault fault, String path) {}

        @Override
        public void routes(RouteConfiguration configuration) {}

        @Override
        public Optional<String> tlsRefusal(TlsContext context) {
          return Optional.empty();
        }
      };

  @BeforeAll
  static void leaveOutEachField() {
    for (ResourceType type : ResourceType.values()) {
      leaveOut(type, resources(type));
    }
  }

  /** Resources that set all fields that act, in YAML. */
  static List<String> resources(ResourceType type) {
    return switch (type) {
      case LISTENER -> LISTENERS;
      case ROUTE_CONFIGURATION -> ROUTES;
      case CLUSTER -> CLUSTERS;
      case CLUSTER_LOAD_ASSIGNMENT -> ASSIGNMENTS;
    };
  }

  @Test
  void aFieldThatActsIsMissedWhenItIsLeftOut() {
    Set<String> missedByNobody = new TreeSet<>();
    CHANGES.forEach(
        (field, changes) -> {
          if (!changes) {
            missedByNobody.add(field);
          }
        });
    assertEquals(new TreeSet<>(SAY_NOTHING), missedByNobody);
    for (MessageType type : FieldTable.xds().types()) {
      for (Field field : type.fields()) {
        if (SAY_NOTHING.contains(type + "." + field.name())) {
          assertNotEquals("", field.note(), type + "." + field.name());
        }
      }
    }
  }

  @Test
  void everyFieldThatActsIsAmongThem() {
    Set<String> untried = new TreeSet<>();
    for (ResourceType type : ResourceType.values()) {
      reach(type.messageName(), untried, new TreeSet<>());
    }
    for (String packed :
        List.of(
            "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
            "envoy.extensions.filters.http.router.v3.Router",
            "envoy.extensions.filters.http.fault.v3.HTTPFault",
            "envoy.extensions.retry.host.omit_host_metadata.v3.OmitHostMetadataConfig",
            "envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig",
            "envoy.config.route.v3.RouteList",
            "envoy.config.route.v3.FilterConfig",
            "envoy.extensions.internal_redirect.previous_routes.v3.PreviousRoutesConfig",
            "envoy.extensions.internal_redirect.allow_listed_routes.v3.AllowListedRoutesConfig",
            "envoy.extensions.internal_redirect.safe_cross_scheme.v3.SafeCrossSchemeConfig",
            "envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig",
            "envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig",
            "envoy.type.matcher.v3.HttpRequestHeaderMatchInput",
            "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
            "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions")) {
      reach(packed, untried, new TreeSet<>());
    }
    untried.removeAll(CHANGES.keySet());
    assertEquals(Set.of(), untried);
  }

  private static void reach(String name, Set<String> acting, Set<String> seen) {
    if (!seen.add(name)) {
      return;
    }
    for (Field field : FieldTable.xds().type(name).fields()) {
      if (field.state() == FieldState.ACTS) {
        acting.add(name + "." + field.name());
        if (field.kind() == Kind.MESSAGE) {
          reach(field.typeName(), acting, seen);
        }
      }
    }
  }

  private static void leaveOut(ResourceType type, List<String> resources) {
    for (String yaml : resources) {
      Object root = Documents.parse("test.yaml", yaml).plain();
      Object whole = outcome(type, root);
      message(
          FieldTable.xds().type(type.messageName()),
          root,
          (name, changed) ->
              CHANGES.merge(name, !whole.equals(outcome(type, changed)), Boolean::logicalOr));
    }
  }

  /** Model, name and findings, or the refusal. */
  private static Object outcome(ResourceType type, Object tree) {
    try {
      Decoded decoded =
          new Decoder(CHECKS).decode(type, Documents.parse("t.json", Json.line(tree)));
      return List.of(decoded.model(), decoded.name(), decoded.findings().all());
    } catch (InvalidMessageException refused) {
      return String.valueOf(refused.getMessage());
    }
  }

  private interface Variant {
    /** Takes the whole tree without one field. */
    void accept(String field, Object changed);
  }

  private static void message(MessageType type, Object tree, Variant variant) {
    Map<?, ?> message = (Map<?, ?>) tree;
    for (Field field : type.fields()) {
      Object value = message.get(field.name());
      if (value == null || field.state() != FieldState.ACTS) {
        continue;
      }
      variant.accept(type + "." + field.name(), with(message, field.name(), null));
      Variant outer = (name, changed) -> variant.accept(name, with(message, field.name(), changed));
      if (field.repeated()) {
        List<?> list = (List<?>) value;
        for (int i = 0; i < list.size(); i++) {
          int index = i;
          nested(
              field,
              list.get(i),
              (name, changed) -> {
                List<Object> copy = new ArrayList<>(list);
                copy.set(index, changed);
                outer.accept(name, copy);
              });
        }
      } else if (field.map()) {
        Map<?, ?> map = (Map<?, ?>) value;
        map.forEach(
            (key, item) ->
                nested(
                    field,
                    item,
                    (name, changed) -> outer.accept(name, with(map, (String) key, changed))));
      } else {
        nested(field, value, outer);
      }
    }
  }

  private static void nested(Field field, Object value, Variant variant) {
    if (field.kind() == Kind.MESSAGE) {
      message(FieldTable.xds().type(field.typeName()), value, variant);
    } else if (field.kind() == Kind.ANY) {
      String url = (String) ((Map<?, ?>) value).get("@type");
      FieldTable.xds()
          .find(url.substring(url.indexOf('/') + 1))
          .ifPresent(type -> message(type, value, variant));
    }
  }

  private static Map<Object, Object> with(Map<?, ?> map, String key, @Nullable Object value) {
    Map<Object, Object> copy = new LinkedHashMap<>(map);
    if (value == null) {
      copy.remove(key);
    } else {
      copy.put(key, value);
    }
    return copy;
  }
}
