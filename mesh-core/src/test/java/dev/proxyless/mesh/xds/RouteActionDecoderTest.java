package dev.proxyless.mesh.xds;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.model.HashPolicy;
import dev.proxyless.mesh.model.HashPolicy.Specifier;
import dev.proxyless.mesh.model.HeaderMutations;
import dev.proxyless.mesh.model.HedgePolicy;
import dev.proxyless.mesh.model.InternalRedirectPolicy;
import dev.proxyless.mesh.model.InternalRedirectPolicy.Predicate;
import dev.proxyless.mesh.model.Metadata;
import dev.proxyless.mesh.model.RegexRewrite;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.RouteAction.BodyFormat;
import dev.proxyless.mesh.model.RouteAction.ClusterSpecifier;
import dev.proxyless.mesh.model.RouteAction.ClusterWeight;
import dev.proxyless.mesh.model.RouteAction.Forward;
import dev.proxyless.mesh.model.RouteAction.HostRewrite;
import dev.proxyless.mesh.model.RouteAction.MaxStreamDuration;
import dev.proxyless.mesh.model.RouteAction.PathRewrite;
import dev.proxyless.mesh.model.RouteAction.Priority;
import dev.proxyless.mesh.model.RouteAction.Redirect;
import dev.proxyless.mesh.model.RouteAction.RouteTimeouts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Actions of routes, beyond what {@link RouteDecoderTest} asks of them. */
final class RouteActionDecoderTest {

  private final Decoding decoding = new Decoding(new RealChecks());

  @Test
  void pathRewrites() {
    RegexRewrite regex = new RegexRewrite("a+", "\\1");
    assertEquals(new PathRewrite.None(), forward("{prefix_rewrite: ''}").pathRewrite());
    assertEquals(
        new PathRewrite.Regex(regex),
        forward("{regex_rewrite: {pattern: {regex: a+}, substitution: '\\1'}}").pathRewrite());
    assertEquals(
        new PathRewrite.Format("/%PROTOCOL%"),
        forward("{prefix_rewrite: '', path_rewrite: /%PROTOCOL%}").pathRewrite());
    assertEquals(
        new PathRewrite.UriTemplate("/{b}"),
        ((Forward)
                action(
                    "route",
                    "{match: {path_match_policy: {name: m, typed_config: {@UriTemplateMatch,"
                        + " path_template: '/{b}'}}}, route: {cluster: c, path_rewrite_policy:"
                        + " {name: r, typed_config: {@UriTemplateRewrite, path_template_rewrite:"
                        + " '/{b}'}}}}"))
            .pathRewrite());
    assertEquals(
        new PathRewrite.Regex(regex),
        redirect("{regex_rewrite: {pattern: {regex: a+}, substitution: '\\1'}}").pathRewrite());
    assertEquals(
        new PathRewrite.Format("/%PROTOCOL%"),
        redirect("{path_rewrite: /%PROTOCOL%}").pathRewrite());
  }

  @Test
  void hostRewrites() {
    assertEquals(new HostRewrite.None(), forward("{host_rewrite_literal: ''}").hostRewrite());
    assertEquals(new HostRewrite.Auto(), forward("{auto_host_rewrite: true}").hostRewrite());
    assertEquals(new HostRewrite.None(), forward("{auto_host_rewrite: false}").hostRewrite());
    assertEquals(
        new HostRewrite.Header("x-host"), forward("{host_rewrite_header: X-Host}").hostRewrite());
    assertEquals(
        new HostRewrite.PathRegex(new RegexRewrite("a", "")),
        forward("{host_rewrite_path_regex: {pattern: {regex: a}}}").hostRewrite());
    assertEquals(
        new HostRewrite.Format("%PROTOCOL%"),
        forward("{host_rewrite: '%PROTOCOL%'}").hostRewrite());
    assertTrue(forward("{append_x_forwarded_host: true}").appendForwardedHost());
  }

  @Test
  void everythingThatAWeightedClusterCanSayIsRead() {
    ClusterSpecifier.Weighted weighted =
        (ClusterSpecifier.Weighted)
            ((Forward)
                    action(
                        "action",
                        """
                        {route: {weighted_clusters: {use_hash_policy: true, total_weight: 7, clusters: [
                          {name: a, weight: 3, host_rewrite_literal: h, metadata_match: {filter_metadata: {envoy.lb: {k: v}}},
                           request_headers_to_remove: [X-A], response_headers_to_remove: [X-B]},
                          {cluster_header: X-Cluster, weight: 1}]}}}
                        """))
                .cluster();
    assertTrue(weighted.useHashPolicy());
    assertEquals(
        List.of(
            new ClusterWeight(
                "a",
                "",
                3,
                new Metadata(Map.of("envoy.lb", Map.of("k", "v"))),
                new HeaderMutations(List.of(), List.of("x-a")),
                new HeaderMutations(List.of(), List.of("x-b")),
                Optional.of("h"),
                Map.of()),
            new ClusterWeight(
                "",
                "x-cluster",
                1,
                Metadata.EMPTY,
                HeaderMutations.NONE,
                HeaderMutations.NONE,
                Optional.empty(),
                Map.of())),
        weighted.clusters());
  }

  /** An extension that nobody knows, but that may be missing, leaves its routes without effect. */
  @Test
  void anOptionalPluginThatIsUnknownIsNoCluster() {
    String plugin = "{is_optional: true, extension: {name: p, typed_config: {@Cors}}}";
    String named =
        "{cluster_specifier_plugins: [%s], virtual_hosts: [{name: v, domains: [v], routes: [{match:"
            + " {prefix: /}, route: {cluster_specifier_plugin: p}}]}]}";
    Forward byName = (Forward) action("configuration", named.formatted(plugin));
    assertEquals(new ClusterSpecifier.Unknown(), byName.cluster());
    Forward inline =
        (Forward) action("action", "{route: {inline_cluster_specifier_plugin: " + plugin + "}}");
    assertEquals(new ClusterSpecifier.Unknown(), inline.cluster());
    assertEquals(
        List.of(
            "cluster_specifier_plugins[0]: the plugin \"p\" is unknown; its routes match nothing"),
        decoding.reported(
            ResourceType.ROUTE_CONFIGURATION,
            RouteYaml.of("configuration", named.formatted(plugin))));
  }

  @Test
  void timeoutsAndPriority() {
    assertEquals(RouteTimeouts.UNSET, forward("{priority: DEFAULT}").timeouts());
    assertEquals(
        new RouteTimeouts(
            Optional.of(Duration.ofSeconds(1)),
            Optional.of(
                new MaxStreamDuration(
                    Optional.of(Duration.ofSeconds(2)),
                    Optional.of(Duration.ZERO),
                    Optional.of(Duration.ofSeconds(3)))),
            Optional.of(Duration.ofSeconds(4)),
            Optional.of(Duration.ofSeconds(5)),
            Optional.of(Duration.ofSeconds(6))),
        forward(
                "{timeout: 1s, max_stream_duration: {max_stream_duration: 2s,"
                    + " grpc_timeout_header_max: 0s, grpc_timeout_header_offset: 3s},"
                    + " max_grpc_timeout: 4s, grpc_timeout_offset: 5s, idle_timeout: 6s}")
            .timeouts());
    assertEquals(Priority.HIGH, forward("{priority: HIGH}").priority());
    assertEquals(
        new Metadata(Map.of("envoy.lb", Map.of("a", 1.0, "b", List.of(true)))),
        forward("{metadata_match: {filter_metadata: {envoy.lb: {a: 1, b: [true]}}}}")
            .metadataMatch());
  }

  @Test
  void hashPoliciesKeepTheirOrder() {
    assertEquals(
        List.of(
            new HashPolicy(
                new Specifier.Header("x-a", Optional.of(new RegexRewrite("a", "b"))), false),
            new HashPolicy(new Specifier.Header("x-b", Optional.empty()), true),
            new HashPolicy(new Specifier.Cookie("c"), false),
            new HashPolicy(new Specifier.Cookie("d"), false),
            new HashPolicy(new Specifier.SourceIp(), false),
            new HashPolicy(new Specifier.QueryParameter("q"), false),
            new HashPolicy(new Specifier.FilterState("k"), false)),
        forward(
                """
                {hash_policy: [
                  {header: {header_name: X-A, regex_rewrite: {pattern: {regex: a}, substitution: b}}},
                  {terminal: true, header: {header_name: X-B}},
                  {cookie: {name: c}},
                  {cookie: {name: d}},
                  {connection_properties: {source_ip: true}},
                  {terminal: true, connection_properties: {}},
                  {query_parameter: {name: q}},
                  {filter_state: {key: k}}]}
                """)
            .hashPolicies());
  }

  @Test
  void internalRedirects() {
    assertEquals(Optional.empty(), forward("{max_internal_redirects: 3}").internalRedirectPolicy());
    assertEquals(
        new InternalRedirectPolicy(1, Set.of(302), List.of(), false, List.of()),
        internalRedirects("{internal_redirect_policy: {}}"));
    assertEquals(
        new InternalRedirectPolicy(3, Set.of(302), List.of(), false, List.of()),
        internalRedirects(
            "{internal_redirect_action: HANDLE_INTERNAL_REDIRECT, max_internal_redirects: 3}"));
    assertEquals(
        new InternalRedirectPolicy(
            0,
            Set.of(301, 308),
            List.of(
                new Predicate.PreviousRoutes(),
                new Predicate.AllowListedRoutes(Set.of("a", "")),
                new Predicate.SafeCrossScheme()),
            true,
            List.of("x-a")),
        internalRedirects(
            """
            {max_internal_redirects: 9, internal_redirect_policy: {max_internal_redirects: 0,
             redirect_response_codes: [308, 301, 200], allow_cross_scheme_redirect: true,
             response_headers_to_copy: [X-A, x-a, ''], predicates: [
              {name: p, typed_config: {@PreviousRoutes}},
              {name: a, typed_config: {@AllowListedRoutes, allowed_route_names: [a, '']}},
              {name: s, typed_config: {@SafeCrossScheme}}]}}
            """));
  }

  @Test
  void hedgingAndUpgrades() {
    assertEquals(Optional.of(new HedgePolicy(false)), forward("{hedge_policy: {}}").hedgePolicy());
    assertEquals(
        Optional.of(new HedgePolicy(true)),
        forward("{hedge_policy: {hedge_on_per_try_timeout: true}}").hedgePolicy());
    assertEquals(
        Map.of("websocket", true, "connect", false),
        forward(
                "{upgrade_configs: [{upgrade_type: WebSocket}, {upgrade_type: CONNECT, enabled:"
                    + " false}]}")
            .upgrades());
  }

  @Test
  void bodiesOfDirectResponsesHaveFormats() {
    assertEquals(
        new RouteAction.DirectResponse(
            200, "b", Optional.of(new BodyFormat("%PROTOCOL%", Optional.of("a/b"), true))),
        action(
            "action",
            "{direct_response: {status: 200, body: {inline_string: b}, body_format:"
                + " {text_format_source: {inline_string: '%PROTOCOL%'}, content_type: a/b,"
                + " omit_empty_values: true}}}"));
    assertEquals(
        new RouteAction.DirectResponse(
            200, "", Optional.of(new BodyFormat("", Optional.empty(), false))),
        action("action", "{direct_response: {status: 200, body_format: {text_format: ''}}}"));
    assertEquals(
        new RouteAction.DirectResponse(
            200,
            "",
            Optional.of(
                new BodyFormat(
                    Map.of("a", 1.0, "b", List.of("%PROTOCOL%")), Optional.empty(), false))),
        action(
            "action",
            "{direct_response: {status: 200, body_format: {json_format: {a: 1, b:"
                + " ['%PROTOCOL%']}}}}"));
  }

  @Test
  void theConfigurationBoundsBodies() {
    String yaml =
        "{max_direct_response_body_size_bytes: %d, virtual_hosts: [{name: v, domains: [v], routes:"
            + " [{match: {prefix: /}, direct_response: {status: 200, body: {inline_string: %s}}}]}]}";
    String body = "a".repeat(5_000);
    RouteAction bounded = action("configuration", yaml.formatted(5_000, body));
    assertEquals(new RouteAction.DirectResponse(200, body, Optional.empty()), bounded);
    assertEquals(bounded, action("configuration", yaml.formatted(0, body)), "0 is no bound");
  }

  @Test
  void aBodyMayStandInAFileThatIsAllowed(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.toRealPath().resolve("body.txt"), "from a file");
    String yaml =
        RouteYaml.of(
            "action", "{direct_response: {status: 200, body: {filename: '" + file + "'}}}");
    Decoding allowed = new Decoding(new RealChecks(directory));
    assertEquals(
        new RouteAction.DirectResponse(200, "from a file", Optional.empty()),
        allowed.routes(yaml).virtualHosts().get(0).routes().get(0).action());
    Files.writeString(file, "a".repeat(4_097));
    allowed.assertRefused(
        ResourceType.ROUTE_CONFIGURATION,
        yaml,
        "virtual_hosts[0].routes[0].direct_response.body.filename: has 4097 bytes; at most 4096 are"
            + " taken");
    Files.delete(file);
    allowed.assertRefused(
        ResourceType.ROUTE_CONFIGURATION,
        yaml,
        "virtual_hosts[0].routes[0].direct_response.body.filename: is \""
            + file
            + "\", which is no file");
  }

  @Test
  void aRouteForServersForwardsNothing() {
    assertEquals(new RouteAction.NonForwarding(), action("action", "{non_forwarding_action: {}}"));
  }

  private InternalRedirectPolicy internalRedirects(String yaml) {
    return forward(yaml).internalRedirectPolicy().orElseThrow();
  }

  private Forward forward(String yaml) {
    return (Forward) action("forward", yaml);
  }

  private Redirect redirect(String yaml) {
    return (Redirect) action("action", "{redirect: " + yaml + "}");
  }

  private RouteAction action(String part, String yaml) {
    return decoding.routes(RouteYaml.of(part, yaml)).virtualHosts().get(0).routes().get(0).action();
  }
}
