package dev.proxyless.mesh.appmesh;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.proxyless.mesh.model.HeaderMatcher;
import dev.proxyless.mesh.model.QueryParameterMatcher;
import dev.proxyless.mesh.model.RetryOn;
import dev.proxyless.mesh.model.RetryPolicy;
import dev.proxyless.mesh.model.Route;
import dev.proxyless.mesh.model.RouteAction.ClusterSpecifier;
import dev.proxyless.mesh.model.RouteMatch;
import dev.proxyless.mesh.model.RouteMatch.PathMatch;
import dev.proxyless.mesh.model.StringMatcher;
import dev.proxyless.mesh.model.StringMatcher.Kind;
import dev.proxyless.mesh.model.ValueMatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTranslationTest {

  private static final String ACTION =
      "\"action\": {\"weightedTargets\": [{\"virtualNode\": \"serviceB\", \"weight\": 1}]}";

  @TempDir Path directory;
  private Apps apps;

  @BeforeEach
  void copy() {
    apps = new Apps(directory);
  }

  private RouteMatch match(String match) {
    apps.route("{\"match\": " + match + ", " + ACTION + "}");
    return apps.firstRoute().match();
  }

  private Apps route(String more) {
    return apps.route("{\"match\": {\"prefix\": \"/\"}, " + ACTION + ", " + more + "}");
  }

  @Test
  void pathsAreExactPrefixesOrExpressions() {
    assertEquals(new PathMatch.Prefix("/a"), match("{\"prefix\": \"/a\"}").path());
    assertEquals(new PathMatch.Exact("/a"), match("{\"path\": {\"exact\": \"/a\"}}").path());
    assertEquals(
        new PathMatch.SafeRegex("/a.*"), match("{\"path\": {\"regex\": \"/a.*\"}}").path());
    assertEquals(new PathMatch.Prefix("/"), match("{\"method\": \"GET\"}").path());
  }

  @Test
  void methodAndSchemeAreHeaders() {
    assertEquals(
        List.of(
            text(":method", Kind.EXACT, "POST", false),
            text(":scheme", Kind.EXACT, "https", false)),
        match("{\"prefix\": \"/\", \"method\": \"POST\", \"scheme\": \"https\"}").headers());
  }

  @Test
  void headersMatchInEachOfTheirWays() {
    assertEquals(
        List.of(
            text("a", Kind.EXACT, "1", false),
            text("b", Kind.PREFIX, "2", true),
            text("c", Kind.SUFFIX, "3", false),
            text("d", Kind.SAFE_REGEX, "4.*", false),
            new HeaderMatcher("e", new ValueMatch.Range(5, 7), false, false),
            new HeaderMatcher("f", new ValueMatch.Present(true), false, false),
            new HeaderMatcher("g", new ValueMatch.Present(true), true, false)),
        match(
                """
                {"prefix": "/", "headers": [
                  {"name": "a", "match": {"exact": "1"}},
                  {"name": "b", "match": {"prefix": "2"}, "invert": true},
                  {"name": "c", "match": {"suffix": "3"}, "invert": false},
                  {"name": "d", "match": {"regex": "4.*"}},
                  {"name": "e", "match": {"range": {"start": 5, "end": 7}}},
                  {"name": "f"},
                  {"name": "g", "invert": true}]}
                """)
            .headers());
  }

  private static HeaderMatcher text(String name, Kind kind, String value, boolean invert) {
    return new HeaderMatcher(
        name, new ValueMatch.Text(new StringMatcher(kind, value, false)), invert, false);
  }

  @Test
  void queryParametersAreExactOrThere() {
    assertEquals(
        List.of(
            new QueryParameterMatcher("a", new ValueMatch.Text(StringMatcher.exact("1"))),
            new QueryParameterMatcher("b", new ValueMatch.Present(true))),
        match(
                "{\"prefix\": \"/\", \"queryParameters\": [{\"name\": \"a\", \"match\": {\"exact\":"
                    + " \"1\"}}, {\"name\": \"b\"}]}")
            .queryParameters());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "server-error  | -                | RESET RETRIABLE_STATUS_CODES | 500 501 502 503 504 505 506 507 508 510 511",
        "gateway-error | -                | RESET RETRIABLE_STATUS_CODES | 502 503 504",
        "client-error  | -                | RETRIABLE_STATUS_CODES       | 409",
        "stream-error  | -                | REFUSED_STREAM               | -",
        "-             | connection-error | CONNECT_FAILURE              | -"
      })
  void eachEventIsWhatEnvoyCallsIt(String http, String tcp, String retryOn, String codes) {
    route(
        """
        "retryPolicy": {"maxRetries": 4, "perRetryTimeout": {"unit": "ms", "value": 250},
          "httpRetryEvents": [%s], "tcpRetryEvents": [%s]}
        """
            .formatted(quoted(http), quoted(tcp)));

    RetryPolicy policy = apps.firstAction().retryPolicy().orElseThrow();
    assertEquals(
        Arrays.stream(retryOn.split(" ")).map(RetryOn::valueOf).collect(Collectors.toSet()),
        policy.retryOn());
    assertEquals(
        codes == null ? List.of() : Arrays.stream(codes.split(" ")).map(Integer::valueOf).toList(),
        policy.retriableStatusCodes());
    assertEquals(4, policy.numRetries());
    assertEquals(Optional.of(Duration.ofMillis(250)), policy.perTryTimeout());
  }

  private static String quoted(String word) {
    return word == null ? "" : "\"" + word + "\"";
  }

  @Test
  void aPerRetryTimeoutOf0IsNone() {
    route(
        """
        "retryPolicy": {"maxRetries": 0, "perRetryTimeout": {"unit": "s", "value": 0},
          "httpRetryEvents": ["stream-error"]}
        """);
    RetryPolicy policy = apps.firstAction().retryPolicy().orElseThrow();
    assertEquals(Optional.empty(), policy.perTryTimeout());
    assertEquals(0, policy.numRetries());
  }

  @ParameterizedTest
  @CsvSource({"s, 30, PT30S", "ms, 1500, PT1.5S", "s, 0, PT0S"})
  void theTimeoutIsPerRequest(String unit, long value, Duration expected) {
    route(
        "\"timeout\": {\"perRequest\": {\"unit\": \"%s\", \"value\": %d}}".formatted(unit, value));
    assertEquals(Optional.of(expected), apps.firstAction().timeouts().timeout());
  }

  @Test
  void anIdleTimeoutIsReportedNotToAct() {
    route("\"timeout\": {\"idle\": {\"unit\": \"s\", \"value\": 60}}");
    assertEquals(
        1,
        apps.problems().stream()
            .filter(each -> each.endsWith("spec.httpRoute.timeout.idle: does not act yet"))
            .count());
  }

  @Test
  void anHttp2RouteIsReadAsAnHttpRoute() {
    apps.edit(Apps.ROUTE, "httpRoute", "http2Route");
    assertEquals(new PathMatch.Prefix("/"), apps.firstRoute().match().path());
    assertEquals(List.of(), apps.errors());
  }

  @Test
  void routesAreTriedByPriorityThenExactThenLongestPrefixThenExpressionThenConditionsThenName() {
    apps.delete(Apps.ROUTE).delete("create-route.json");
    more("last-0", "{\"prefix\": \"/\"}", 1000);
    more("none", "{\"prefix\": \"/very/long/prefix\"}", -1);
    more("b-regex", "{\"path\": {\"regex\": \"/a/much/longer/expression\"}}", 5);
    more("c-short", "{\"prefix\": \"/a\"}", 5);
    more("c-long", "{\"prefix\": \"/a/b\"}", 5);
    more("z-exact", "{\"path\": {\"exact\": \"/a\"}}", 5);
    more("d-twin", "{\"prefix\": \"/a\"}", 5);
    more("y-more", "{\"prefix\": \"/a\", \"method\": \"GET\"}", 5);
    more("first", "{\"prefix\": \"/\"}", 0);

    assertEquals(
        List.of(
            "first", "z-exact", "c-long", "y-more", "c-short", "d-twin", "b-regex", "last-0",
            "none"),
        apps.routes().virtualHosts().get(0).routes().stream().map(Route::name).toList());
  }

  private void more(String name, String match, int priority) {
    apps.moreRoute(
        name,
        "{%s \"httpRoute\": {\"match\": %s, %s}}"
            .formatted(priority < 0 ? "" : "\"priority\": " + priority + ",", match, ACTION));
  }

  @Test
  void aTargetOfWeight0StaysAndTakesNothing() {
    apps.edit(Apps.ROUTE, "75", "0");
    ClusterSpecifier.Weighted weighted = (ClusterSpecifier.Weighted) apps.firstAction().cluster();
    assertEquals(
        List.of(0L, 25L), weighted.clusters().stream().map(each -> each.weight()).toList());
  }

  @Test
  void aRouteWithAPortServesThatPortAlone() {
    apps.write(
            Apps.ROUTER,
            """
            {"meshName": "apps", "virtualRouterName": "serviceB", "spec": {"listeners": [
              {"portMapping": {"port": 8000, "protocol": "http"}},
              {"portMapping": {"port": 9000, "protocol": "http2"}}]}}
            """)
        .route("{\"match\": {\"prefix\": \"/\", \"port\": 9000}, " + ACTION + "}");

    assertEquals(
        List.of("RDS rds_egress_http2_9000", "RDS rds_egress_http_8000"),
        Apps.names(apps.translation()).stream()
            .filter(each -> each.startsWith("RDS"))
            .sorted()
            .toList());
    assertEquals(List.of(), apps.routes().virtualHosts().get(0).routes());
    assertEquals(Set.of(), Set.copyOf(apps.errors()));
  }
}
