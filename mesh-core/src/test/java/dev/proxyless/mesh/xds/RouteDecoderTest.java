package dev.proxyless.mesh.xds;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.model.FractionalPercent;
import dev.proxyless.mesh.model.HeaderMatcher;
import dev.proxyless.mesh.model.Metadata;
import dev.proxyless.mesh.model.QueryParameterMatcher;
import dev.proxyless.mesh.model.RetryOn;
import dev.proxyless.mesh.model.RetryPolicy;
import dev.proxyless.mesh.model.RetryPolicy.BackOff;
import dev.proxyless.mesh.model.RetryPolicy.HostSelection;
import dev.proxyless.mesh.model.RetryPolicy.RateLimitedBackOff;
import dev.proxyless.mesh.model.RetryPolicy.ResetHeader;
import dev.proxyless.mesh.model.Route;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.RouteAction.ClusterSpecifier;
import dev.proxyless.mesh.model.RouteAction.ClusterWeight;
import dev.proxyless.mesh.model.RouteAction.HostRewrite;
import dev.proxyless.mesh.model.RouteAction.MaxStreamDuration;
import dev.proxyless.mesh.model.RouteAction.PathRewrite;
import dev.proxyless.mesh.model.RouteConfiguration;
import dev.proxyless.mesh.model.RouteMatch;
import dev.proxyless.mesh.model.RouteMatch.PathMatch;
import dev.proxyless.mesh.model.RuntimeFraction;
import dev.proxyless.mesh.model.StringMatcher;
import dev.proxyless.mesh.model.StringMatcher.Kind;
import dev.proxyless.mesh.model.ValueMatch;
import dev.proxyless.mesh.model.VirtualHost;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RouteDecoderTest {

  private static final String AT = "virtual_hosts[0].routes[0].";

  private final Decoding decoding = new Decoding(new RealChecks());

  @Test
  void aConfigurationOfTheLeastFieldsHasEnvoysDefaults() {
    RouteConfiguration routes =
        decoding.routes(
            """
            name: r
            virtual_hosts:
            - name: v
              domains: ["*"]
              routes:
              - match: {prefix: /}
                route: {cluster: c}
            """);
    Route route =
        Route.of(
            "",
            RouteMatch.of(new PathMatch.Prefix("/"), true),
            RouteAction.Forward.to(new ClusterSpecifier.Named("c")));
    VirtualHost virtualHost = VirtualHost.of("v", List.of("*"), List.of(route));
    assertEquals(RouteConfiguration.of("r", List.of(virtualHost)), routes);
  }

  @Test
  void everythingThatAVirtualHostCanSayIsRead() {
    RouteConfiguration routes =
        decoding.routes(
            """
            name: r
            ignore_port_in_host_matching: true
            virtual_hosts:
            - name: v
              domains: [a.local, "*.b.local"]
              retry_policy: {retry_on: 5xx}
              include_request_attempt_count: true
              include_attempt_count_in_response: true
            """);
    VirtualHost host = routes.virtualHosts().get(0);
    assertTrue(routes.ignorePortInHostMatching());
    assertEquals(List.of("a.local", "*.b.local"), host.domains());
    assertEquals(Set.of(RetryOn.SERVER_ERROR), host.retryPolicy().orElseThrow().retryOn());
    assertTrue(host.includeRequestAttemptCount());
    assertTrue(host.includeAttemptCountInResponse());
  }

  @Test
  void pathSpecifiers() {
    assertEquals(new PathMatch.Prefix(""), match("{prefix: ''}").path());
    assertEquals(new PathMatch.Exact("/a"), match("{path: /a}").path());
    assertEquals(new PathMatch.SafeRegex("/a.*"), match("{safe_regex: {regex: /a.*}}").path());
    assertEquals(
        new PathMatch.PathSeparatedPrefix("/a"), match("{path_separated_prefix: /a}").path());
    assertFalse(match("{prefix: /, case_sensitive: false}").caseSensitive());
    assertTrue(match("{prefix: /, case_sensitive: true}").caseSensitive());
    assertTrue(match("{prefix: /, grpc: {}}").grpc());
  }

  @ParameterizedTest
  @CsvSource({"5,, 100", "5, HUNDRED, 100", "5, TEN_THOUSAND, 10000", "5, MILLION, 1000000"})
  void runtimeFractions(long numerator, String denominator, int of) {
    String yaml = denominator == null ? "" : ", denominator: " + denominator;
    assertEquals(
        Optional.of(new RuntimeFraction("", new FractionalPercent(numerator, of))),
        match(
                "{prefix: /, runtime_fraction: {default_value: {numerator: "
                    + numerator
                    + yaml
                    + "}}}")
            .runtimeFraction());
  }

  @Test
  void headerConditions() {
    assertEquals(new ValueMatch.Present(true), header("{name: X-A}").match());
    assertEquals("x-a", header("{name: X-A}").name());
    assertEquals(new ValueMatch.Present(false), header("{name: a, present_match: false}").match());
    assertEquals(text(Kind.PREFIX, ""), header("{name: a, exact_match: ''}").match());
    assertEquals(text(Kind.EXACT, "v"), header("{name: a, exact_match: v}").match());
    assertEquals(text(Kind.PREFIX, "v"), header("{name: a, prefix_match: v}").match());
    assertEquals(text(Kind.SUFFIX, "v"), header("{name: a, suffix_match: v}").match());
    assertEquals(text(Kind.CONTAINS, "v"), header("{name: a, contains_match: v}").match());
    assertEquals(
        text(Kind.SAFE_REGEX, "v+"), header("{name: a, safe_regex_match: {regex: v+}}").match());
    assertEquals(
        new ValueMatch.Range(-5, 10),
        header("{name: a, range_match: {start: -5, end: 10}}").match());
    assertEquals(new ValueMatch.Range(0, 10), header("{name: a, range_match: {end: 10}}").match());
    assertFalse(header("{name: a}").invert());
    assertFalse(header("{name: a}").treatMissingAsEmpty());
    assertTrue(header("{name: a, invert_match: true}").invert());
    assertTrue(header("{name: a, treat_missing_header_as_empty: true}").treatMissingAsEmpty());
  }

  @Test
  void stringMatchers() {
    assertEquals(text(Kind.EXACT, ""), header("{name: a, string_match: {exact: ''}}").match());
    assertEquals(
        new ValueMatch.Text(new StringMatcher(Kind.PREFIX, "V", true)),
        header("{name: a, string_match: {prefix: V, ignore_case: true}}").match());
    assertEquals(text(Kind.SUFFIX, "v"), header("{name: a, string_match: {suffix: v}}").match());
    assertEquals(
        text(Kind.CONTAINS, "v"), header("{name: a, string_match: {contains: v}}").match());
    assertEquals(
        text(Kind.SAFE_REGEX, "v"),
        header("{name: a, string_match: {safe_regex: {google_re2: {}, regex: v}}}").match());
  }

  @Test
  void queryConditions() {
    assertEquals(new ValueMatch.Present(true), query("{name: q}").match());
    assertEquals(new ValueMatch.Present(false), query("{name: q, present_match: false}").match());
    assertEquals(text(Kind.EXACT, "v"), query("{name: q, string_match: {exact: v}}").match());
  }

  @Test
  void clusterSpecifiers() {
    assertEquals(new ClusterSpecifier.Named("c"), forward("{cluster: c}").cluster());
    assertEquals(
        new ClusterSpecifier.FromHeader("x-c"), forward("{cluster_header: x-c}").cluster());
    assertEquals(
        new ClusterSpecifier.Weighted(
            List.of(ClusterWeight.of("a", 75), ClusterWeight.of("b", 0)),
            Optional.of("x-r"),
            false),
        forward(
                "{weighted_clusters: {header_name: x-r, clusters: [{name: a, weight: 75}, {name: b,"
                    + " weight: 0}]}}")
            .cluster());
  }

  /** Weights are unsigned; their sum may be all of 32 bits. */
  @Test
  void weightsMayAddUpToAllThatFits() {
    assertEquals(
        new ClusterSpecifier.Weighted(
            List.of(ClusterWeight.of("a", 4_294_967_295L)), Optional.empty(), false),
        forward("{weighted_clusters: {clusters: [{name: a, weight: 4294967295}]}}").cluster());
  }

  @ParameterizedTest
  @CsvSource({"SERVICE_UNAVAILABLE, 503", "NOT_FOUND, 404", "INTERNAL_SERVER_ERROR, 500"})
  void clusterNotFoundStatuses(String name, int status) {
    assertEquals(
        status,
        forward("{cluster: c, cluster_not_found_response_code: " + name + "}")
            .clusterNotFoundStatus());
  }

  @Test
  void timeoutsAndRewrites() {
    RouteAction.Forward forward =
        forward("{cluster: c, timeout: 0s, prefix_rewrite: /b, host_rewrite_literal: h}");
    assertEquals(Optional.of(Duration.ZERO), forward.timeouts().timeout());
    assertEquals(new PathRewrite.Prefix("/b"), forward.pathRewrite());
    assertEquals(new HostRewrite.Literal("h"), forward.hostRewrite());
    assertEquals(
        Optional.of(new MaxStreamDuration(Optional.empty(), Optional.empty(), Optional.empty())),
        forward("{cluster: c, max_stream_duration: {}}").timeouts().maxStreamDuration());
    assertEquals(
        Optional.of(
            new MaxStreamDuration(
                Optional.of(Duration.ofMillis(1_500)), Optional.empty(), Optional.empty())),
        forward("{cluster: c, max_stream_duration: {max_stream_duration: 1.5s}}")
            .timeouts()
            .maxStreamDuration());
  }

  @Test
  void aRetryPolicyOfTheLeastFieldsHasEnvoysDefaults() {
    assertEquals(
        new RetryPolicy(
            Set.of(),
            1,
            Optional.empty(),
            Optional.empty(),
            List.of(),
            List.of(),
            List.of(),
            new BackOff(Duration.ofMillis(25), Duration.ofMillis(250)),
            Optional.empty(),
            new HostSelection(false, false, List.of(), 1, OptionalInt.empty())),
        retry("{}"));
  }

  @Test
  void everythingThatARetryPolicyCanSayIsRead() {
    assertEquals(
        new RetryPolicy(
            Set.of(RetryOn.GATEWAY_ERROR, RetryOn.RETRIABLE_STATUS_CODES, RetryOn.GRPC_UNAVAILABLE),
            0,
            Optional.of(Duration.ofSeconds(2)),
            Optional.of(Duration.ofSeconds(1)),
            List.of(429, 599),
            List.of(new HeaderMatcher("x-r", text(Kind.EXACT, "1"), false, false)),
            List.of(new HeaderMatcher("x-q", new ValueMatch.Present(true), false, false)),
            new BackOff(Duration.ofMillis(10), Duration.ofMillis(20)),
            Optional.of(
                new RateLimitedBackOff(
                    List.of(
                        new ResetHeader("retry-after", false),
                        new ResetHeader("x-ratelimit-reset", true)),
                    Duration.ofSeconds(7))),
            new HostSelection(
                true,
                true,
                List.of(new Metadata(Map.of("envoy.lb", Map.of("old", true)))),
                5,
                OptionalInt.of(2))),
        retry(
            """
            {retry_on: 'gateway-error, retriable-status-codes,unavailable', num_retries: 0,
             per_try_timeout: 2s, per_try_idle_timeout: 1s, retriable_status_codes: [429, 599],
             retriable_headers: [{name: X-R, exact_match: '1'}],
             retriable_request_headers: [{name: X-Q, present_match: true}],
             retry_back_off: {base_interval: 0.010s, max_interval: 0.020s},
             rate_limited_retry_back_off:
               {reset_headers: [{name: Retry-After}, {name: X-RateLimit-Reset, format: UNIX_TIMESTAMP}],
                max_interval: 7s},
             retry_host_predicate: [
               {name: envoy.retry_host_predicates.previous_hosts},
               {name: canary, typed_config: {'@type': type.googleapis.com/envoy.extensions.retry.host.omit_canary_hosts.v3.OmitCanaryHostsPredicate}},
               {name: metadata,
                typed_config: {'@type': type.googleapis.com/envoy.extensions.retry.host.omit_host_metadata.v3.OmitHostMetadataConfig,
                  metadata_match: {filter_metadata: {envoy.lb: {old: true}}}}}],
             retry_priority:
               {name: envoy.retry_priorities.previous_priorities,
                typed_config: {'@type': type.googleapis.com/envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig,
                  update_frequency: 2}},
             host_selection_retry_max_attempts: 5}
            """));
    assertEquals(
        Duration.ofMillis(100),
        retry("{retry_back_off: {base_interval: 0.010s}}").backOff().maxInterval());
    assertEquals(
        Optional.of(Duration.ofMinutes(5)),
        retry("{rate_limited_retry_back_off: {reset_headers: [{name: a}]}}")
            .rateLimitedBackOff()
            .map(RateLimitedBackOff::maxInterval));
  }

  @Test
  void redirects() {
    assertEquals(
        new RouteAction.Redirect(
            Optional.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            new PathRewrite.None(),
            301,
            false),
        action("redirect: {}"));
    assertEquals(
        new RouteAction.Redirect(
            Optional.of("https"),
            Optional.of("h"),
            OptionalInt.of(8443),
            Optional.of("/p"),
            new PathRewrite.None(),
            308,
            true),
        action(
            "redirect: {https_redirect: true, host_redirect: h, port_redirect: 8443, path_redirect:"
                + " /p, response_code: PERMANENT_REDIRECT, strip_query: true}"));
    assertEquals(
        new RouteAction.Redirect(
            Optional.of("ftp"),
            Optional.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            new PathRewrite.Prefix("/p"),
            302,
            false),
        action("redirect: {scheme_redirect: FTP, prefix_rewrite: /p, response_code: FOUND}"));
  }

  @Test
  void directResponses() {
    assertEquals(
        new RouteAction.DirectResponse(200, "", Optional.empty()),
        action("direct_response: {status: 200}"));
    assertEquals(
        new RouteAction.DirectResponse(599, "no", Optional.empty()),
        action("direct_response: {status: 599, body: {inline_string: 'no'}}"));
    assertEquals(
        new RouteAction.DirectResponse(404, "nö", Optional.empty()),
        action("direct_response: {status: 404, body: {inline_bytes: bsO2}}"));
    assertEquals(
        new RouteAction.DirectResponse(200, "a".repeat(4_096), Optional.empty()),
        action("direct_response: {status: 200, body: {inline_string: " + "a".repeat(4_096) + "}}"));
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "route: {cluster: c}                                       | match: is required",
        "match: {}                                                 | match.path_specifier: is"
            + " required: prefix, path, safe_regex, path_separated_prefix, path_match_policy or"
            + " connect_matcher",
        "match: {prefix: /}                                        | action: is required: route,"
            + " redirect, direct_response or non_forwarding_action",
        "match: {path_separated_prefix: /a/}                       |"
            + " match.path_separated_prefix: is \"/a/\"; right would be a path without a slash at"
            + " its end, query or fragment",
        "match: {safe_regex: {}}                                   | match.safe_regex.regex: is"
            + " required",
        "match: {prefix: /, runtime_fraction: {}}                  |"
            + " match.runtime_fraction.default_value: is required",
        "match: {prefix: /, headers: [{}]}                         | match.headers[0].name: is"
            + " required",
        "match: {prefix: /, headers: [{name: a, prefix_match: ''}]} |"
            + " match.headers[0].prefix_match: is required",
        "match: {prefix: /, headers: [{name: a, string_match: {}}]} |"
            + " match.headers[0].string_match.match_pattern: is required: exact, prefix, suffix,"
            + " contains or safe_regex",
        "match: {prefix: /, headers: [{name: a, string_match: {safe_regex: {regex: a}, ignore_case:"
            + " true}}]} | match.headers[0].string_match.ignore_case: excludes safe_regex; write"
            + " (?i) into the expression instead",
        "match: {prefix: /, headers: [{name: a, string_match: {suffix: ''}}]} |"
            + " match.headers[0].string_match.suffix: is required",
        "match: {prefix: /, query_parameters: [{}]}                |"
            + " match.query_parameters[0].name: is required",
      })
  void aRouteThatCannotMatchIsRefused(String yaml, String message) {
    decoding.assertRefused(
        ResourceType.ROUTE_CONFIGURATION,
        "{name: r, virtual_hosts: [{name: v, domains: [v], routes: [{" + yaml + "}]}]}",
        AT + message);
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "route: {}                                | route.cluster_specifier: is required: cluster,"
            + " cluster_header or weighted_clusters",
        "route: {cluster: ''}                     | route.cluster: is required",
        "route: {cluster_header: ''}              | route.cluster_header: is required",
        "route: {weighted_clusters: {}}           | route.weighted_clusters.clusters: have weights"
            + " that add up to 0; right would be 1 to 4294967295",
        "route: {weighted_clusters: {clusters: [{name: a}]}} |"
            + " route.weighted_clusters.clusters[0].weight: is required; 0 takes no traffic",
        "route: {weighted_clusters: {clusters: [{weight: 1}]}} |"
            + " route.weighted_clusters.clusters[0].name: is required, or cluster_header",
        "route: {weighted_clusters: {clusters: [{name: a, weight: 0}, {name: b, weight: 0}]}} |"
            + " route.weighted_clusters.clusters: have weights that add up to 0; right would be 1 to"
            + " 4294967295",
        "route: {weighted_clusters: {clusters: [{name: a, weight: 4294967295}, {name: b, weight:"
            + " 1}]}} | route.weighted_clusters.clusters: have weights that add up to 4294967296;"
            + " right would be 1 to 4294967295",
        "route: {weighted_clusters: {clusters: [{name: a, weight: 1, cluster_header: h}]}} |"
            + " route.weighted_clusters.clusters[0].cluster_header: excludes name, which is set too",
        "route: {cluster_specifier_plugin: p}     | route.cluster_specifier_plugin: is \"p\"; right"
            + " would be the name of one of cluster_specifier_plugins",
        "route: {cluster: c, timeout: -1s}        | route.timeout: is PT-1S; right would be a"
            + " duration of 0 or more",
        "route: {cluster: c, retry_policy: {retry_back_off: {}}} |"
            + " route.retry_policy.retry_back_off.base_interval: must be more than 0",
        "route: {cluster: c, retry_policy: {retry_back_off: {base_interval: 1s, max_interval: 0.5s}}}"
            + " | route.retry_policy.retry_back_off.max_interval: is PT0.5S, less than"
            + " base_interval",
        "route: {cluster: c, retry_policy: {retriable_headers: [{}]}} |"
            + " route.retry_policy.retriable_headers[0].name: is required",
        "redirect: {port_redirect: 65536}         | redirect.port_redirect: is 65536; right would"
            + " be a number from 0 to 65535",
        "redirect: {regex_rewrite: {}}            | redirect.regex_rewrite.pattern: is required",
        "direct_response: {}                      | direct_response.status: is required: 200 to 599",
        "direct_response: {status: 199}           | direct_response.status: is 199; right would be"
            + " a number from 200 to 599",
        "direct_response: {status: 600}           | direct_response.status: is 600; right would be"
            + " a number from 200 to 599",
        "direct_response: {status: 200, body: {filename: /etc/passwd}} |"
            + " direct_response.body.filename: names the file /etc/passwd, which is not below an"
            + " allowed directory; allowed are none; add its directory to tls.allowed_directories"
            + " of mesh.yaml if configuration may name files there",
        "direct_response: {status: 200, body: {environment_variable: HOME}} |"
            + " direct_response.body.environment_variable: is not supported, and the resource would"
            + " mean something else without it",
        "direct_response: {status: 200, body: {inline_bytes: /w==}} |"
            + " direct_response.body.inline_bytes: is not UTF-8; right would be text",
        "filter_action: {}                        | filter_action: is not supported, and the"
            + " resource would mean something else without it",
      })
  void anActionThatCannotBeDoneIsRefused(String yaml, String message) {
    decoding.assertRefused(
        ResourceType.ROUTE_CONFIGURATION,
        "{name: r, virtual_hosts: [{name: v, domains: [v], routes: [{match: {prefix: /}, "
            + yaml
            + "}]}]}",
        AT + message);
  }

  /** The bound is on bytes, of which these characters have two. */
  @Test
  void aBodyIsBoundedInBytes() {
    decoding.assertRefused(
        ResourceType.ROUTE_CONFIGURATION,
        routeYaml(
            "direct_response: {status: 200, body: {inline_string: " + "ö".repeat(2_049) + "}}"),
        AT + "direct_response.body.inline_string: has 4098 bytes; at most 4096 are taken");
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{virtual_hosts: []}                                | name: is required",
        "{name: r, virtual_hosts: [{domains: [a]}]}         | virtual_hosts[0].name: is required",
        "{name: r, virtual_hosts: [{name: v}]}              | virtual_hosts[0].domains: is empty;"
            + " right would be at least one domain",
        "{name: r, virtual_hosts: [{name: v, domains: [a]}, {name: w, domains: [b, A]}]} |"
            + " virtual_hosts[1].domains[1]: \"A\" stands twice; a domain belongs to one virtual"
            + " host",
      })
  void aConfigurationThatFindsNothingIsRefused(String yaml, String message) {
    decoding.assertRefused(ResourceType.ROUTE_CONFIGURATION, yaml, message);
  }

  @Test
  void anExpressionThatDoesNotCompileIsRefusedAtItsField() {
    String message =
        decoding.refusal(
            ResourceType.ROUTE_CONFIGURATION,
            "{name: r, virtual_hosts: [{name: v, domains: [v], routes: [{match: {safe_regex: {regex:"
                + " '('}}, redirect: {}}]}]}");
    assertTrue(message.startsWith(AT + "match.safe_regex.regex: is \"(\""), message);
  }

  @Test
  void whatDoesNotActIsReported() {
    assertEquals(
        List.of(
            AT + "route.retry_policy.retry_on: the condition \"5xxx\" is unknown; it never holds",
            AT
                + "route.retry_policy.retry_host_predicate[0].name:"
                + " \"own.predicate\" is not supported; it rejects"
                + " no host"),
        decoding.reported(
            ResourceType.ROUTE_CONFIGURATION,
            routeYaml(
                "route: {cluster: c, retry_policy: {retry_on: '5xx, 5xxx,', retry_host_predicate:"
                    + " [{name: own.predicate}]}}")));
    assertEquals(
        List.of(AT + "route.rate_limits: is not supported; it changes nothing"),
        decoding.reported(
            ResourceType.ROUTE_CONFIGURATION,
            routeYaml("route: {cluster: c, rate_limits: [{}], priority: DEFAULT}")));
  }

  private static String routeYaml(String action) {
    return "{name: r, virtual_hosts: [{name: v, domains: [v], routes: [{match: {prefix: /}, "
        + action
        + "}]}]}";
  }

  private Route route(String match, String action) {
    return decoding
        .routes(
            "{name: r, virtual_hosts: [{name: v, domains: [v], routes: [{match: "
                + match
                + ", "
                + action
                + "}]}]}")
        .virtualHosts()
        .get(0)
        .routes()
        .get(0);
  }

  private RouteMatch match(String yaml) {
    return route(yaml, "redirect: {}").match();
  }

  private HeaderMatcher header(String yaml) {
    return match("{prefix: /, headers: [" + yaml + "]}").headers().get(0);
  }

  private QueryParameterMatcher query(String yaml) {
    return match("{prefix: /, query_parameters: [" + yaml + "]}").queryParameters().get(0);
  }

  private RouteAction action(String yaml) {
    return route("{prefix: /}", yaml).action();
  }

  private RouteAction.Forward forward(String yaml) {
    return (RouteAction.Forward) action("route: " + yaml);
  }

  private RetryPolicy retry(String yaml) {
    return forward("{cluster: c, retry_policy: " + yaml + "}").retryPolicy().orElseThrow();
  }

  private static ValueMatch text(Kind kind, String value) {
    return new ValueMatch.Text(new StringMatcher(kind, value, false));
  }
}
