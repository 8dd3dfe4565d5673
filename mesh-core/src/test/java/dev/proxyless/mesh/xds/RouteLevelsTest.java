package dev.proxyless.mesh.xds;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.model.Decorator;
import dev.proxyless.mesh.model.FilterConfig;
import dev.proxyless.mesh.model.HeaderMatcher;
import dev.proxyless.mesh.model.HeaderMutations;
import dev.proxyless.mesh.model.HeaderValueOption;
import dev.proxyless.mesh.model.HeaderValueOption.AppendAction;
import dev.proxyless.mesh.model.HedgePolicy;
import dev.proxyless.mesh.model.Metadata;
import dev.proxyless.mesh.model.RequestMirrorPolicy;
import dev.proxyless.mesh.model.RequestMirrorPolicy.HeaderMutation;
import dev.proxyless.mesh.model.Route;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.StringMatcher;
import dev.proxyless.mesh.model.ValueMatch;
import dev.proxyless.mesh.model.VirtualCluster;
import dev.proxyless.mesh.model.VirtualHost;
import dev.proxyless.mesh.model.VirtualHost.RequireTls;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a configuration, its virtual hosts and their routes say besides matches and actions. */
final class RouteLevelsTest {

  private static final String ROUTER = "envoy.extensions.filters.http.router.v3.Router";

  private static final String MUTATIONS =
      """
      request_headers_to_add: [{header: {key: X-A, value: v}}], request_headers_to_remove: [X-B],
      response_headers_to_add: [{header: {key: X-C, value: v}}], response_headers_to_remove: [X-D]
      """;

  private final Decoding decoding = new Decoding(new RealChecks());

  @Test
  void everyLevelChangesHeaders() {
    RouteConfiguration configuration =
        routes(
            "configuration",
            "{%1$s, virtual_hosts: [{name: v, domains: [v], %1$s, routes: [{%1$s, match: {prefix:"
                    .formatted(MUTATIONS)
                + " /}, redirect: {}}]}]}");
    VirtualHost host = configuration.virtualHosts().get(0);
    Route route = host.routes().get(0);
    HeaderMutations requests =
        new HeaderMutations(
            List.of(option("x-a", "v", AppendAction.APPEND_IF_EXISTS_OR_ADD, false)),
            List.of("x-b"));
    HeaderMutations responses =
        new HeaderMutations(
            List.of(option("x-c", "v", AppendAction.APPEND_IF_EXISTS_OR_ADD, false)),
            List.of("x-d"));
    assertEquals(
        List.of(requests, requests, requests),
        List.of(configuration.requestHeaders(), host.requestHeaders(), route.requestHeaders()));
    assertEquals(
        List.of(responses, responses, responses),
        List.of(configuration.responseHeaders(), host.responseHeaders(), route.responseHeaders()));
  }

  /** The older wrapper says the same as the first and the third of the actions. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{header: {key: a}}                                                            | APPEND_IF_EXISTS_OR_ADD",
        "{header: {key: a}, append_action: ADD_IF_ABSENT}                              | ADD_IF_ABSENT",
        "{header: {key: a}, append_action: OVERWRITE_IF_EXISTS_OR_ADD}                 | OVERWRITE_IF_EXISTS_OR_ADD",
        "{header: {key: a}, append_action: OVERWRITE_IF_EXISTS}                        | OVERWRITE_IF_EXISTS",
        "{header: {key: a}, append: true}                                              | APPEND_IF_EXISTS_OR_ADD",
        "{header: {key: a}, append: false}                                             | OVERWRITE_IF_EXISTS_OR_ADD",
        "{header: {key: a}, append: false, append_action: APPEND_IF_EXISTS_OR_ADD}     | OVERWRITE_IF_EXISTS_OR_ADD",
      })
  void whatBecomesOfLinesThatAreThere(String yaml, AppendAction action) {
    assertEquals(
        List.of(option("a", "", action, false)),
        host("{request_headers_to_add: [" + yaml + "]}").requestHeaders().add());
  }

  @Test
  void anEmptyValueIsKeptOnDemand() {
    assertEquals(
        List.of(option("a", "%REQ(b)%", AppendAction.APPEND_IF_EXISTS_OR_ADD, true)),
        host("{request_headers_to_add: [{header: {key: a, value: '%REQ(b)%'}, keep_empty_value:"
                + " true}]}")
            .requestHeaders()
            .add());
  }

  /** Envoy refuses it on the other levels alone. */
  @Test
  void anEmptyNameOfAConfigurationRemovesNothing() {
    RouteConfiguration configuration =
        routes(
            "configuration", "{request_headers_to_remove: ['', a], internal_only_headers: ['']}");
    assertEquals(List.of("a"), configuration.requestHeaders().remove());
    assertEquals(List.of(), configuration.internalOnlyHeaders());
  }

  @Test
  void aRawValueIsReported() {
    assertEquals(
        List.of(
            "request_headers_to_add[0].header.raw_value: is not supported; Envoy takes no notice of"
                + " it in routes either"),
        decoding.reported(
            ResourceType.ROUTE_CONFIGURATION,
            RouteYaml.of(
                "configuration",
                "{request_headers_to_add: [{header: {key: a, value: v, raw_value: dg==}}]}")));
  }

  @Test
  void everythingElseThatAConfigurationCanSayIsRead() {
    RouteConfiguration plain = routes("configuration", "{virtual_hosts: []}");
    assertEquals(RouteConfiguration.of("r", List.of()), plain);
    RouteConfiguration full =
        routes(
            "configuration",
            """
            {virtual_hosts: [], internal_only_headers: [X-Secret], validate_clusters: true,
             most_specific_header_mutations_wins: true, vhost_header: X-Host,
             ignore_path_parameters_in_path_matching: true}
            """);
    assertEquals(List.of("x-secret"), full.internalOnlyHeaders());
    assertEquals(Optional.of(true), full.validateClusters());
    assertTrue(full.mostSpecificHeaderMutationsWins());
    assertEquals(Optional.of("x-host"), full.vhostHeader());
    assertTrue(full.ignorePathParametersInPathMatching());
    assertEquals(
        Optional.of(false),
        routes("configuration", "{validate_clusters: false}").validateClusters());
  }

  @Test
  void everythingElseThatAVirtualHostCanSayIsRead() {
    VirtualHost host =
        host(
            """
            {require_tls: EXTERNAL_ONLY, include_is_timeout_retry_header: true, hedge_policy: {},
             virtual_clusters: [{name: vc, headers: [{name: ':method', exact_match: PUT}]}],
             metadata: {filter_metadata: {f: {a: [1, 'b', true, {}]}}}}
            """);
    assertEquals(RequireTls.EXTERNAL_ONLY, host.requireTls());
    assertTrue(host.includeIsTimeoutRetryHeader());
    assertEquals(Optional.of(new HedgePolicy(false)), host.hedgePolicy());
    assertEquals(
        List.of(
            new VirtualCluster(
                "vc",
                List.of(
                    new HeaderMatcher(
                        ":method",
                        new ValueMatch.Text(StringMatcher.exact("PUT")),
                        false,
                        false)))),
        host.virtualClusters());
    assertEquals(
        new Metadata(Map.of("f", Map.of("a", List.of(1.0, "b", true, Map.of())))), host.metadata());
  }

  @Test
  void everythingElseThatARouteCanSayIsRead() {
    Route route =
        routes(
                "action",
                "{decorator: {operation: o}, metadata: {filter_metadata: {f: {a: b}}}, redirect:"
                    + " {}}")
            .virtualHosts()
            .get(0)
            .routes()
            .get(0);
    assertEquals(Optional.of(new Decorator("o", true)), route.decorator());
    assertEquals(new Metadata(Map.of("f", Map.of("a", "b"))), route.metadata());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      value = {
        "{require_tls: NONE}                                                     | none",
        "{per_request_buffer_limit_bytes: 5}                                     | 5",
        "{request_body_buffer_limit: 6}                                          | 6",
        "{per_request_buffer_limit_bytes: 5, request_body_buffer_limit: '0'}     | 0",
        "{request_body_buffer_limit: '18446744073709551615'}                     |"
            + " 9223372036854775807",
      })
  void theNewerBoundOfBodiesWins(String yaml, Long limit) {
    assertEquals(
        limit == null ? OptionalLong.empty() : OptionalLong.of(limit),
        host(yaml).requestBodyBufferLimit());
  }

  @Test
  void mirrors() {
    String yaml =
        """
        {request_mirror_policies: [{cluster: c}, {cluster_header: X-C, host_rewrite_literal: h,
          disable_shadow_host_suffix_append: true, runtime_fraction: {default_value: {numerator: 1}},
          request_headers_mutations: [{remove: X-A}, {append: {header: {key: X-B, value: v}}},
            {remove_on_match: {key_matcher: {prefix: x-}}}]}]}
        """;
    List<RequestMirrorPolicy> mirrors = host(yaml).requestMirrorPolicies();
    assertEquals(
        new RequestMirrorPolicy("c", "", Optional.empty(), Optional.empty(), true, List.of()),
        mirrors.get(0));
    RequestMirrorPolicy second = mirrors.get(1);
    assertEquals("x-c", second.clusterHeader());
    assertEquals(Optional.of("h"), second.hostRewriteLiteral());
    assertEquals(false, second.shadowSuffix());
    assertEquals(1, second.runtimeFraction().orElseThrow().defaultValue().numerator());
    assertEquals(
        List.of(
            new HeaderMutation.Remove("x-a"),
            new HeaderMutation.Append(
                option("x-b", "v", AppendAction.APPEND_IF_EXISTS_OR_ADD, false)),
            new HeaderMutation.RemoveOnMatch(
                new StringMatcher(StringMatcher.Kind.PREFIX, "x-", false))),
        second.requestHeaders());
    assertEquals(mirrors, routes("configuration", yaml).requestMirrorPolicies());
  }

  /** As bytes, in hexadecimal: {@code suppress_envoy_headers} is field 4. */
  @Test
  void settingsOfFiltersAreHandedOver() {
    String router = "{\"@type\": type.googleapis.com/" + ROUTER + ", suppress_envoy_headers: true}";
    Map<String, FilterConfig> configs =
        host("{typed_per_filter_config: {a: %1$s, b: {@FilterConfig, disabled: true}, c:"
                    .formatted(router)
                + " {@FilterConfig, disabled: true, config: "
                + router
                + "}, d: {@FilterConfig, config: "
                + router
                + "}}}")
            .typedPerFilterConfig();
    assertEquals(
        Map.of(
            "a", new FilterConfig(ROUTER, "2001", false, Optional.empty()),
            "b", new FilterConfig("", "", true, Optional.empty()),
            "c", new FilterConfig(ROUTER, "2001", true, Optional.empty()),
            "d", new FilterConfig(ROUTER, "2001", false, Optional.empty())),
        configs);
  }

  /** There is nobody who could make bytes of them. */
  @Test
  void settingsOfATypeThatIsUnknownAreHandedOverAsTheyAreWritten() {
    RouteConfiguration configuration =
        (RouteConfiguration)
            new Decoder(new RealChecks())
                .decode(
                    ResourceType.ROUTE_CONFIGURATION,
                    Documents.parse(
                        "test.yaml",
                        "{name: r, typed_per_filter_config: {a: {\"@type\": a.b/c.D, e: [1, x]}}}"))
                .model();
    assertEquals(
        Map.of(
            "a",
            new FilterConfig(
                "c.D", "{\"@type\":\"a.b/c.D\",\"e\":[1,\"x\"]}", false, Optional.empty())),
        configuration.typedPerFilterConfig());
  }

  private static HeaderValueOption option(
      String name, String value, AppendAction action, boolean keepEmptyValue) {
    return new HeaderValueOption(name, value, action, keepEmptyValue);
  }

  private VirtualHost host(String yaml) {
    return routes("host", yaml).virtualHosts().get(0);
  }

  private RouteConfiguration routes(String part, String yaml) {
    return decoding.routes(RouteYaml.of(part, yaml));
  }
}
