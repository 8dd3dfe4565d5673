package dev.proxyless.mesh.xds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What Envoy refuses in a route configuration is refused here, and the complaint names the field.
 * Each line has been tried with Envoy 1.40 ({@code --mode validate}); what it takes stands apart.
 */
final class RouteRefusalTest {

  private final Decoding decoding = new Decoding(new RealChecks());

  @ParameterizedTest(name = "{0}: {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          configuration | {request_headers_to_add: [{header: {key: ':path', value: v}}]} | request_headers_to_add[0].header.key: is ":path", which cannot be changed here; right would be a header that is not "host" and does not begin with a colon
          configuration | {request_headers_to_add: [{header: {key: Host, value: v}}]} | request_headers_to_add[0].header.key: is "host", which cannot be changed here; right would be a header that is not "host" and does not begin with a colon
          host | {response_headers_to_add: [{header: {key: host, value: v}}]} | response_headers_to_add[0].header.key: is "host", which cannot be changed here; right would be a header that is not "host" and does not begin with a colon
          host | {response_headers_to_add: [{header: {key: ':status', value: v}}]} | response_headers_to_add[0].header.key: is ":status", which cannot be changed here; right would be a header that is not "host" and does not begin with a colon
          configuration | {request_headers_to_remove: [x, Host]} | request_headers_to_remove[1]: is "host", which cannot be removed here; right would be a header that is not "host" and does not begin with a colon
          host | {request_headers_to_remove: [':authority']} | request_headers_to_remove[0]: is ":authority", which cannot be removed here; right would be a header that is not "host" and does not begin with a colon
          action | {response_headers_to_remove: [host], redirect: {}} | response_headers_to_remove[0]: is "host", which cannot be removed here; right would be a header that is not "host" and does not begin with a colon
          action | {response_headers_to_remove: [':status'], redirect: {}} | response_headers_to_remove[0]: is ":status", which cannot be removed here; right would be a header that is not "host" and does not begin with a colon
          host | {request_headers_to_remove: ['']} | request_headers_to_remove[0]: is empty; right would be the name of a header
          action | {response_headers_to_remove: [''], redirect: {}} | response_headers_to_remove[0]: is empty; right would be the name of a header
          configuration | {response_headers_to_remove: ["a\\nb"]} | response_headers_to_remove[0]: has a line break at character 2; right would be a text without one
          host | {request_headers_to_add: [{header: {key: "a\\nb", value: v}}]} | request_headers_to_add[0].header.key: has a line break at character 2; right would be a text without one
          host | {request_headers_to_add: [{header: {key: a, value: "v\\rb"}}]} | request_headers_to_add[0].header.value: has a line break at character 2; right would be a text without one
          host | {request_headers_to_add: [{header: {key: a, value: "v\\0b"}}]} | request_headers_to_add[0].header.value: has a NUL at character 2; right would be a text without one
          host | {request_headers_to_add: [{}]} | request_headers_to_add[0].header: is required
          host | {request_headers_to_add: [{header: {value: v}}]} | request_headers_to_add[0].header.key: is required
          host | {request_headers_to_add: [{header: {key: x, value: v}, append: true, append_action: ADD_IF_ABSENT}]} | request_headers_to_add[0].append: excludes append_action, which is ADD_IF_ABSENT; leave out append
          host | {request_headers_to_add: [{header: {key: x, value: v}, append_action: 7}]} | request_headers_to_add[0].append_action: is 7, which is unknown; right would be one of APPEND_IF_EXISTS_OR_ADD, ADD_IF_ABSENT, OVERWRITE_IF_EXISTS_OR_ADD, OVERWRITE_IF_EXISTS
          action | {route: {weighted_clusters: {clusters: [{name: c, weight: 1, request_headers_to_add: [{header: {key: host, value: v}}]}]}}} | route.weighted_clusters.clusters[0].request_headers_to_add[0].header.key: is "host", which cannot be changed here; right would be a header that is not "host" and does not begin with a colon
          forward | {request_mirror_policies: [{cluster: c, request_headers_mutations: [{}]}]} | request_mirror_policies[0].request_headers_mutations[0].action: is required: remove, append or remove_on_match
          forward | {request_mirror_policies: [{cluster: c, request_headers_mutations: [{append: {header: {key: ':path', value: v}}}]}]} | request_mirror_policies[0].request_headers_mutations[0].append.header.key: is ":path", which cannot be changed here; right would be a header that is not "host" and does not begin with a colon
          forward | {request_mirror_policies: [{cluster: c, request_headers_mutations: [{remove_on_match: {}}]}]} | request_mirror_policies[0].request_headers_mutations[0].remove_on_match.key_matcher: is required
          forward | {request_mirror_policies: [{cluster: c, request_headers_mutations: [{remove: "a\\nb"}]}]} | request_mirror_policies[0].request_headers_mutations[0].remove: has a line break at character 2; right would be a text without one
          """)
  void aHeaderMutationThatCannotBeDoneIsRefused(String part, String yaml, String message) {
    assertRefused(part, yaml, message);
  }

  @ParameterizedTest(name = "{0}: {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          path | {case_sensitive: false} | path_specifier: is required: prefix, path, safe_regex, path_separated_prefix, path_match_policy or connect_matcher
          path | {path_separated_prefix: /a/} | path_separated_prefix: is "/a/"; right would be a path without a slash at its end, query or fragment
          path | {path_separated_prefix: /} | path_separated_prefix: is "/"; right would be a path without a slash at its end, query or fragment
          path | {path_separated_prefix: '/a?b'} | path_separated_prefix: is "/a?b"; right would be a path without a slash at its end, query or fragment
          path | {path_separated_prefix: '/a#'} | path_separated_prefix: is "/a#"; right would be a path without a slash at its end, query or fragment
          path | {safe_regex: {regex: ''}} | safe_regex.regex: is required
          path | {path_match_policy: {}} | path_match_policy.name: is required
          path | {path_match_policy: {name: a}} | path_match_policy.typed_config: is required
          path | {path_match_policy: {name: a, typed_config: {@RouteList}}} | path_match_policy.typed_config: is a envoy.config.route.v3.RouteList; right would be a envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig
          path | {path_match_policy: {name: a, typed_config: {@UriTemplateMatch}}} | path_match_policy.typed_config.path_template: is required
          match | {runtime_fraction: {default_value: {denominator: 7}}} | runtime_fraction.default_value.denominator: is 7, which is unknown; right would be one of HUNDRED, TEN_THOUSAND, MILLION
          match | {headers: [{name: "a\\nb"}]} | headers[0].name: has a line break at character 2; right would be a text without one
          match | {headers: [{name: a, string_match: {safe_regex: {regex: a}, ignore_case: true}}]} | headers[0].string_match.ignore_case: excludes safe_regex; write (?i) into the expression instead
          match | {headers: [{name: a, safe_regex_match: {}}]} | headers[0].safe_regex_match.regex: is required
          match | {headers: [{name: a, suffix_match: ''}]} | headers[0].suffix_match: is required
          match | {headers: [{name: a, contains_match: ''}]} | headers[0].contains_match: is required
          match | {headers: [{name: a, string_match: {prefix: ''}}]} | headers[0].string_match.prefix: is required
          match | {query_parameters: [{}]} | query_parameters[0].name: is required
          match | {query_parameters: [{name: a, string_match: {}}]} | query_parameters[0].string_match.match_pattern: is required: exact, prefix, suffix, contains or safe_regex
          match | {cookies: [{}]} | cookies[0].name: is required
          match | {cookies: [{name: a}]} | cookies[0].string_match: is required
          match | {cookies: [{name: a, string_match: {suffix: ''}}]} | cookies[0].string_match.suffix: is required
          match | {dynamic_metadata: [{}]} | dynamic_metadata[0].filter: is required
          match | {dynamic_metadata: [{filter: f}]} | dynamic_metadata[0].path: is empty; right would be at least one key
          match | {dynamic_metadata: [{filter: f, path: [{key: k}]}]} | dynamic_metadata[0].value: is required
          match | {dynamic_metadata: [{filter: f, path: [{}], value: {present_match: true}}]} | dynamic_metadata[0].path[0].key: is required
          match | {dynamic_metadata: [{filter: f, path: [{key: k}], value: {}}]} | dynamic_metadata[0].value.match_pattern: is required: null_match, double_match, string_match, bool_match, present_match, list_match or or_match
          match | {dynamic_metadata: [{filter: f, path: [{key: k}], value: {double_match: {}}}]} | dynamic_metadata[0].value.double_match.match_pattern: is required: range or exact
          match | {dynamic_metadata: [{filter: f, path: [{key: k}], value: {list_match: {}}}]} | dynamic_metadata[0].value.list_match.one_of: is required
          match | {dynamic_metadata: [{filter: f, path: [{key: k}], value: {or_match: {value_matchers: [{present_match: true}]}}}]} | dynamic_metadata[0].value.or_match.value_matchers: has 1; right would be at least 2
          match | {filter_state: [{}]} | filter_state[0].key: is required
          match | {filter_state: [{key: k}]} | filter_state[0].matcher: is required: string_match or address_match
          match | {filter_state: [{key: k, address_match: {ranges: [{prefix_len: 8}]}}]} | filter_state[0].address_match.ranges[0].address_prefix: is required
          match | {filter_state: [{key: k, address_match: {ranges: [{address_prefix: nope}]}}]} | filter_state[0].address_match.ranges[0].address_prefix: is "nope"; right would be an IPv4 or IPv6 address such as "10.0.0.0"
          match | {filter_state: [{key: k, address_match: {ranges: [{address_prefix: 10.0.0.0, prefix_len: 129}]}}]} | filter_state[0].address_match.ranges[0].prefix_len: is 129; right would be a number from 0 to 128
          """)
  void aMatchThatSaysTooLittleOrTooMuchIsRefused(String part, String yaml, String message) {
    assertRefused(part, yaml, message);
  }

  @ParameterizedTest(name = "{0}: {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          action | {} | action: is required: route, redirect, direct_response or non_forwarding_action
          action | {route: {cluster_header: "a\\nb"}} | route.cluster_header: has a line break at character 2; right would be a text without one
          action | {route: {weighted_clusters: {clusters: [{name: c, weight: 1, cluster_header: h}]}}} | route.weighted_clusters.clusters[0].cluster_header: excludes name, which is set too
          action | {route: {weighted_clusters: {clusters: [{cluster_header: "a\\n", weight: 1}]}}} | route.weighted_clusters.clusters[0].cluster_header: has a line break at character 2; right would be a text without one
          action | {route: {weighted_clusters: {header_name: "a\\n", clusters: [{name: c, weight: 1}]}}} | route.weighted_clusters.header_name: has a line break at character 2; right would be a text without one
          action | {route: {weighted_clusters: {clusters: [{name: c, weight: 1, host_rewrite_literal: "a\\n"}]}}} | route.weighted_clusters.clusters[0].host_rewrite_literal: has a line break at character 2; right would be a text without one
          action | {route: {inline_cluster_specifier_plugin: {}}} | route.inline_cluster_specifier_plugin.extension: is required
          action | {route: {inline_cluster_specifier_plugin: {extension: {name: a, typed_config: {@RouteList}}}}} | route.inline_cluster_specifier_plugin.extension.typed_config: is a envoy.config.route.v3.RouteList, which is no plugin that is known here; right would be cluster, cluster_header or weighted_clusters in its routes, or is_optional
          configuration | {cluster_specifier_plugins: [{}]} | cluster_specifier_plugins[0].extension: is required
          configuration | {cluster_specifier_plugins: [{extension: {name: a, typed_config: {@RouteList}}}]} | cluster_specifier_plugins[0].extension.typed_config: is a envoy.config.route.v3.RouteList, which is no plugin that is known here; right would be cluster, cluster_header or weighted_clusters in its routes, or is_optional
          forward | {prefix_rewrite: /a, regex_rewrite: {pattern: {regex: a}}} | regex_rewrite: excludes prefix_rewrite, which is set too
          forward | {regex_rewrite: {pattern: {regex: a}}, path_rewrite: /b} | path_rewrite: excludes regex_rewrite, which is set too
          forward | {prefix_rewrite: "a\\nb"} | prefix_rewrite: has a line break at character 2; right would be a text without one
          forward | {regex_rewrite: {}} | regex_rewrite.pattern: is required
          forward | {regex_rewrite: {pattern: {regex: a}, substitution: "\\n"}} | regex_rewrite.substitution: has a line break at character 1; right would be a text without one
          route | {match: {path_match_policy: {name: a, typed_config: {@UriTemplateMatch, path_template: '/{b}'}}}, route: {cluster: c, prefix_rewrite: /x}} | route.prefix_rewrite: is not for a match by path_match_policy; right would be regex_rewrite or path_rewrite
          route | {match: {path_match_policy: {name: a, typed_config: {@UriTemplateMatch, path_template: '/{b}'}}}, redirect: {prefix_rewrite: /x}} | redirect.prefix_rewrite: is not for a match by path_match_policy; right would be regex_rewrite or path_rewrite
          forward | {path_rewrite_policy: {name: x, typed_config: {@UriTemplateRewrite, path_template_rewrite: /a}}} | path_rewrite_policy.typed_config: needs a match by path_match_policy, whose variables it uses
          forward | {path_rewrite_policy: {name: x, typed_config: {@RouteList}}} | path_rewrite_policy.typed_config: is a envoy.config.route.v3.RouteList; right would be a envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig
          forward | {host_rewrite_literal: "a\\nb"} | host_rewrite_literal: has a line break at character 2; right would be a text without one
          forward | {host_rewrite_header: "a\\nb"} | host_rewrite_header: has a line break at character 2; right would be a text without one
          forward | {host_rewrite_path_regex: {pattern: {regex: ''}}} | host_rewrite_path_regex.pattern.regex: is required
          forward | {internal_redirect_policy: {redirect_response_codes: [301, 302, 303, 307, 308, 309]}} | internal_redirect_policy.redirect_response_codes: has 6 codes; right would be at most 5
          forward | {internal_redirect_policy: {response_headers_to_copy: [':path']}} | internal_redirect_policy.response_headers_to_copy[0]: is ":path", which cannot be copied here; right would be a header that is not "host" and does not begin with a colon
          forward | {internal_redirect_policy: {response_headers_to_copy: [Host]}} | internal_redirect_policy.response_headers_to_copy[0]: is "host", which cannot be copied here; right would be a header that is not "host" and does not begin with a colon
          forward | {internal_redirect_policy: {response_headers_to_copy: [a, a]}} | internal_redirect_policy.response_headers_to_copy[1]: is "a", which stands twice; leave out one of them
          forward | {internal_redirect_policy: {predicates: [{name: a}]}} | internal_redirect_policy.predicates[0].typed_config: is required
          forward | {internal_redirect_policy: {predicates: [{name: a, typed_config: {@RouteList}}]}} | internal_redirect_policy.predicates[0].typed_config: is a envoy.config.route.v3.RouteList; right would be a PreviousRoutesConfig, AllowListedRoutesConfig or SafeCrossSchemeConfig
          forward | {hash_policy: [{}]} | hash_policy[0].policy_specifier: is required: header, cookie, connection_properties, query_parameter or filter_state
          forward | {hash_policy: [{header: {}}]} | hash_policy[0].header.header_name: is required
          forward | {hash_policy: [{header: {header_name: a, regex_rewrite: {}}}]} | hash_policy[0].header.regex_rewrite.pattern: is required
          forward | {hash_policy: [{cookie: {}}]} | hash_policy[0].cookie.name: is required
          forward | {hash_policy: [{query_parameter: {}}]} | hash_policy[0].query_parameter.name: is required
          forward | {hash_policy: [{filter_state: {}}]} | hash_policy[0].filter_state.key: is required
          forward | {request_mirror_policies: [{}]} | request_mirror_policies[0].cluster: is required, or cluster_header
          forward | {request_mirror_policies: [{cluster: c, cluster_header: x}]} | request_mirror_policies[0].cluster_header: excludes cluster, which is set too
          host | {request_mirror_policies: [{}]} | request_mirror_policies[0].cluster: is required, or cluster_header
          configuration | {request_mirror_policies: [{cluster: c, cluster_header: x}]} | request_mirror_policies[0].cluster_header: excludes cluster, which is set too
          forward | {request_mirror_policies: [{cluster: c, runtime_fraction: {}}]} | request_mirror_policies[0].runtime_fraction.default_value: is required
          forward | {request_mirror_policies: [{cluster: c, host_rewrite_literal: "a\\nb"}]} | request_mirror_policies[0].host_rewrite_literal: has a line break at character 2; right would be a text without one
          forward | {upgrade_configs: [{}]} | upgrade_configs[0].upgrade_type: is required
          forward | {upgrade_configs: [{upgrade_type: websocket}, {upgrade_type: WebSocket}]} | upgrade_configs[1].upgrade_type: is "websocket", which stands twice; leave out one of them
          forward | {upgrade_configs: [{upgrade_type: websocket, connect_config: {}}]} | upgrade_configs[0].connect_config: is for CONNECT alone; upgrade_type is "websocket"
          forward | {max_stream_duration: {grpc_timeout_header_offset: -1s}} | max_stream_duration.grpc_timeout_header_offset: is PT-1S; right would be a duration of 0 or more
          forward | {priority: 7} | priority: is 7, which is unknown; right would be one of DEFAULT, HIGH
          forward | {cluster_not_found_response_code: 7} | cluster_not_found_response_code: is 7, which is unknown; right would be one of SERVICE_UNAVAILABLE, NOT_FOUND, INTERNAL_SERVER_ERROR
          forward | {retry_policy: {retry_host_predicate: [{}]}} | retry_policy.retry_host_predicate[0].name: is required
          action | {redirect: {path_redirect: "/a\\nb"}} | redirect.path_redirect: has a line break at character 3; right would be a text without one
          action | {redirect: {host_redirect: "a\\nb"}} | redirect.host_redirect: has a line break at character 2; right would be a text without one
          action | {redirect: {response_code: 7}} | redirect.response_code: is 7, which is unknown; right would be one of MOVED_PERMANENTLY, FOUND, SEE_OTHER, TEMPORARY_REDIRECT, PERMANENT_REDIRECT
          action | {direct_response: {status: 200, body: {}}} | direct_response.body.specifier: is required: inline_string, inline_bytes or filename
          action | {direct_response: {status: 200, body: {filename: ''}}} | direct_response.body.filename: is required
          action | {direct_response: {status: 200, body_format: {}}} | direct_response.body_format.format: is required: text_format_source or json_format
          action | {direct_response: {status: 200, body_format: {text_format_source: {}}}} | direct_response.body_format.text_format_source.specifier: is required: inline_string, inline_bytes or filename
          action | {direct_response: {status: 200, body_format: {text_format: x, content_type: "a\\nb"}}} | direct_response.body_format.content_type: has a line break at character 2; right would be a text without one
          configuration | {max_direct_response_body_size_bytes: 2, virtual_hosts: [{name: v, domains: [v], routes: [{match: {prefix: /}, direct_response: {status: 200, body: {inline_string: abc}}}]}]} | virtual_hosts[0].routes[0].direct_response.body.inline_string: has 3 bytes; at most 2 are taken
          action | {decorator: {}, redirect: {}} | decorator.operation: is required
          """)
  void anActionThatCannotBeDoneIsRefused(String part, String yaml, String message) {
    assertRefused(part, yaml, message);
  }

  @ParameterizedTest(name = "{0}: {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          configuration | {vhost_header: "a\\nb"} | vhost_header: has a line break at character 2; right would be a text without one
          configuration | {internal_only_headers: ["a\\nb"]} | internal_only_headers[0]: has a line break at character 2; right would be a text without one
          configuration | {route_specifiers: [{name: a}]} | route_specifiers: is not supported, and the resource would mean something else without it
          configuration | {typed_per_filter_config: {a: {@FilterConfig}}} | typed_per_filter_config["a"].config: is required where disabled is not true
          configuration | {virtual_hosts: [{name: a, domains: ['*']}, {name: b, domains: ['*']}]} | virtual_hosts[1].domains[0]: "*" stands twice; a domain belongs to one virtual host
          configuration | {virtual_hosts: [{name: a, domains: ["a\\nb"]}]} | virtual_hosts[0].domains[0]: has a line break at character 2; right would be a text without one
          host | {require_tls: 7} | require_tls: is 7, which is unknown; right would be one of NONE, EXTERNAL_ONLY, ALL
          host | {virtual_clusters: [{name: a}]} | virtual_clusters[0].headers: is empty; right would be at least one matcher
          host | {virtual_clusters: [{headers: [{name: a}]}]} | virtual_clusters[0].name: is required
          host | {routes: [{match: {prefix: /}, redirect: {}}], matcher: {}} | matcher: excludes routes, which is set too
          host | {matcher: {matcher_list: {}}} | matcher.matcher_list.matchers: is empty; right would be at least one
          host | {matcher: {matcher_list: {matchers: [{}]}}} | matcher.matcher_list.matchers[0].predicate: is required
          host | {matcher: {matcher_list: {matchers: [{predicate: {}}]}}} | matcher.matcher_list.matchers[0].predicate.match_type: is required: single_predicate, or_matcher, and_matcher or not_matcher
          host | {matcher: {on_no_match: {keep_matching: true, matcher: {}}}} | matcher.on_no_match.keep_matching: is not supported, and the resource would mean something else without it
          host | {matcher: {on_no_match: {}}} | matcher.on_no_match.on_match: is required: matcher or action
          host | {matcher: {matcher_tree: {}}} | matcher.matcher_tree.input: is required
          host | {matcher: {matcher_tree: {input: {name: i, typed_config: {@RequestHeader, header_name: q}}}}} | matcher.matcher_tree.tree_type: is required: exact_match_map or prefix_match_map
          host | {matcher: {matcher_tree: {input: {name: i, typed_config: {@RequestHeader, header_name: q}}, prefix_match_map: {}}}} | matcher.matcher_tree.prefix_match_map.map: is empty; right would be at least one entry
          host | {matcher: {matcher_tree: {input: {name: i, typed_config: {@ResponseHeader, header_name: q}}, prefix_match_map: {}}}} | matcher.matcher_tree.input.typed_config: is a envoy.type.matcher.v3.HttpResponseHeaderMatchInput; right would be a envoy.type.matcher.v3.HttpRequestHeaderMatchInput
          host | {matcher: {matcher_tree: {input: {name: i, typed_config: {@RequestQuery, query_param: q}}, prefix_match_map: {}}}} | matcher.matcher_tree.input.typed_config: is a envoy.type.matcher.v3.HttpRequestQueryParamMatchInput; right would be a envoy.type.matcher.v3.HttpRequestHeaderMatchInput
          host | {matcher: {matcher_tree: {input: {name: i, typed_config: {@RequestHeader, header_name: q}}, custom_match: {name: a}}}} | matcher.matcher_tree.custom_match: is not supported, and the resource would mean something else without it
          host | {matcher: {matcher_list: {matchers: [{predicate: {or_matcher: {predicate: [{not_matcher: {}}]}}}]}}} | matcher.matcher_list.matchers[0].predicate.or_matcher.predicate[0].not_matcher.match_type: is required: single_predicate, or_matcher, and_matcher or not_matcher
          host | {matcher: {matcher_list: {matchers: [{predicate: {single_predicate: {}}}]}}} | matcher.matcher_list.matchers[0].predicate.single_predicate.input: is required
          host | {matcher: {matcher_list: {matchers: [{predicate: {single_predicate: {input: {name: i, typed_config: {@RequestHeader, header_name: q}}}}}]}}} | matcher.matcher_list.matchers[0].predicate.single_predicate.matcher: is required: value_match
          host | {matcher: {matcher_list: {matchers: [{predicate: {single_predicate: {input: {name: i, typed_config: {@RequestHeader, header_name: q}}, value_match: {safe_regex: {regex: a}}}}}]}}} | matcher.matcher_list.matchers[0].predicate.single_predicate.value_match.safe_regex.google_re2: is required; write "google_re2: {}"
          host | {matcher: {matcher_list: {matchers: [{predicate: {single_predicate: {input: {name: i, typed_config: {@RequestHeader, header_name: q}}, value_match: {safe_regex: {google_re2: {}, regex: a}, ignore_case: true}}}}]}}} | matcher.matcher_list.matchers[0].predicate.single_predicate.value_match.ignore_case: excludes safe_regex; write (?i) into the expression instead
          host | {matcher: {on_no_match: {action: {name: a}}}} | matcher.on_no_match.action.typed_config: is required
          host | {matcher: {on_no_match: {action: {name: a, typed_config: {@FilterConfig}}}}} | matcher.on_no_match.action.typed_config: is a envoy.config.route.v3.FilterConfig; right would be a envoy.config.route.v3.Route or RouteList
          host | {matcher: {on_no_match: {action: {name: a, typed_config: {@Route, match: {prefix: /}}}}}} | matcher.on_no_match.action.typed_config.action: is required: route, redirect, direct_response or non_forwarding_action
          host | {matcher: {on_no_match: {action: {name: a, typed_config: {@RouteList, routes: [{match: {prefix: /}}]}}}}} | matcher.on_no_match.action.typed_config.routes[0].action: is required: route, redirect, direct_response or non_forwarding_action
          """)
  void aConfigurationOrVirtualHostThatCannotWorkIsRefused(
      String part, String yaml, String message) {
    assertRefused(part, yaml, message);
  }

  /** {@code docs/differences.md} has the reasons. */
  @ParameterizedTest(name = "{0}: {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          configuration | {vhds: {config_source: {ads: {}}}} | vhds: is not supported, and the resource would mean something else without it
          action | {filter_action: {}} | filter_action: is not supported, and the resource would mean something else without it
          action | {direct_response: {status: 200, body: {environment_variable: HOME}}} | direct_response.body.environment_variable: is not supported, and the resource would mean something else without it
          action | {direct_response: {status: 200, body: {inline_bytes: /w==}}} | direct_response.body.inline_bytes: is not UTF-8; right would be text
          action | {redirect: {port_redirect: 65536}} | redirect.port_redirect: is 65536; right would be a number from 0 to 65535
          action | {redirect: {scheme_redirect: "a\\nb"}} | redirect.scheme_redirect: has a line break at character 2; right would be a text without one
          """)
  void whatEnvoyTakesAndIsRefusedHereStandsAmongTheDifferences(
      String part, String yaml, String message) {
    assertRefused(part, yaml, message);
  }

  @ParameterizedTest
  @CsvSource({"request_headers_to_add", "response_headers_to_add"})
  void aLevelAddsAtMostAThousandHeaders(String field) {
    String entries = "{header: {key: a, value: v}}, ".repeat(1_001);
    assertRefused(
        "host",
        "{" + field + ": [" + entries + "]}",
        field + ": has 1001 entries; right would be at most 1000");
  }

  @Test
  void aMirrorChangesAtMostAThousandHeaders() {
    assertRefused(
        "forward",
        "{request_mirror_policies: [{cluster: c, request_headers_mutations: ["
            + "{remove: a}, ".repeat(1_001)
            + "]}]}",
        "request_mirror_policies[0].request_headers_mutations: has 1001 entries; right would be at"
            + " most 1000");
  }

  @ParameterizedTest
  @CsvSource({"key", "value"})
  void aHeaderHasAtMost16384BytesInItsNameAndInItsValue(String field) {
    String other = field.equals("key") ? "" : "key: a, ";
    assertRefused(
        "host",
        "{request_headers_to_add: [{header: {" + other + field + ": " + "a".repeat(16_385) + "}}]}",
        "request_headers_to_add[0].header."
            + field
            + ": has 16385 bytes; right would be at most 16384 bytes");
  }

  @ParameterizedTest
  @CsvSource({"query_parameters", "cookies"})
  void aParametersOrCookiesNameHasAtMost1024Bytes(String field) {
    assertRefused(
        "match",
        "{%s: [{name: %s, string_match: {exact: a}}]}".formatted(field, "a".repeat(1_025)),
        field + "[0].name: has 1025 bytes; right would be at most 1024 bytes");
  }

  @Test
  void aTemplateHasAtMost256Characters() {
    assertRefused(
        "path",
        "{path_match_policy: {name: a, typed_config: {@UriTemplateMatch, path_template: /"
            + "a".repeat(256)
            + "}}}",
        "path_match_policy.typed_config.path_template: has 257 characters; right would be at most"
            + " 256");
  }

  private void assertRefused(String part, String yaml, String message) {
    decoding.assertRefused(
        ResourceType.ROUTE_CONFIGURATION, RouteYaml.of(part, yaml), RouteYaml.path(part) + message);
  }
}
