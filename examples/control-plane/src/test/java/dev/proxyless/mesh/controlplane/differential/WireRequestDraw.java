package dev.proxyless.mesh.controlplane.differential;

import dev.proxyless.mesh.call.Header;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Draws requests. */
final class WireRequestDraw {

  /** Steers weighted clusters. */
  static final String RANDOM = "x-random";

  private final Draw draw;
  private final Set<Feature> features;
  private final boolean https;

  /**
   * Draws requests for a table.
   *
   * @param https whether some come by {@code https}
   */
  WireRequestDraw(Draw draw, Set<Feature> features, boolean https) {
    this.draw = draw;
    this.features = features;
    this.https = https;
  }

  WireRequest draw() {
    return new WireRequest(
        draw.chance(70) ? "GET" : draw.of("POST", "PUT", "DELETE", "HEAD"),
        https && draw.chance(50) ? "https" : "http",
        draw.of(Words.HOSTS),
        path(),
        draw.shuffled(headers()),
        features.contains(Feature.TRUST) && draw.chance(25));
  }

  private String path() {
    String path;
    if (draw.chance(50)) {
      path = draw.of(Words.PATHS);
    } else {
      path = "/" + String.join("/", draw.list(0, 3, () -> draw.of(Words.SEGMENTS)));
    }
    if (draw.chance(35)) {
      path += "?" + String.join("&", draw.list(0, 3, () -> draw.of(Words.QUERIES)));
    }
    return draw.chance(1) ? path + "#f" : path;
  }

  private List<Header> headers() {
    List<Header> headers = new ArrayList<>();
    for (String name : Words.HEADERS) {
      int lines = draw.of(0, 0, 1, 1, 1, 2);
      for (int i = 0; i < (name.equals("user-agent") ? Math.min(lines, 1) : lines); i++) {
        add(headers, name, draw.of(Words.VALUES));
      }
    }
    if (features.contains(Feature.COOKIES)) {
      draw.list(
              0,
              2,
              () ->
                  draw.of("s=a", "s=\"ab\"; t=1", "t=a", "s=b; s=a", "S=a", "s", "s=", "t=b;s=ab"))
          .forEach(value -> add(headers, "cookie", value));
    }
    if (features.contains(Feature.HOST_OPTIONS)) {
      draw.list(0, 1, () -> draw.of(Words.HOSTS)).forEach(value -> add(headers, "x-vhost", value));
    }
    if (features.contains(Feature.REQUEST_MUTATION)) {
      maybe(headers, "accept", "a", "b,c");
      maybe(headers, "accept", "d");
      maybe(headers, "authorization", "Basic x");
      maybe(headers, "via", "1.1 a");
      maybe(headers, "x-new", "old");
      maybe(headers, "x-new", "older", "");
    }
    if (features.contains(Feature.CLUSTER_HEADER) || features.contains(Feature.WEIGHTS)) {
      draw.list(0, 1, () -> draw.of("c1", "c2", "unknown", ""))
          .forEach(value -> add(headers, "x-cluster", value));
    }
    if (features.contains(Feature.WEIGHTS)) {
      add(headers, RANDOM, draw.of("0", "1", "2", "3", "4", "5", "6", "7", "18446744073709551615"));
      draw.list(0, 1, () -> draw.of("x", "", "-1", "18446744073709551616", "+1", "1"))
          .forEach(
              value -> {
                if (draw.chance(30)) {
                  if (draw.chance(50)) {
                    headers.removeIf(each -> each.name().equals(RANDOM));
                  }
                  add(headers, RANDOM, value);
                }
              });
    }
    if (features.contains(Feature.OTHER_CONDITIONS) || features.contains(Feature.TIMEOUTS)) {
      grpc(headers);
    }
    if (features.contains(Feature.ENVOY_HEADERS) || features.contains(Feature.TRUST)) {
      envoy(headers);
    }
    return headers;
  }

  private void grpc(List<Header> headers) {
    if (draw.chance(40)) {
      add(
          headers,
          "content-type",
          draw.of(
              "application/grpc",
              "application/grpc",
              "application/grpc+proto",
              "application/grpcx",
              "application/grpc; a=b",
              "application/json"));
    }
    if (draw.chance(40)) {
      add(headers, "grpc-timeout", draw.of("9S", "8000m", "1H", "x", "12S", "25S", "9", "9s"));
    }
  }

  private void envoy(List<Header> headers) {
    maybe(
        headers,
        "x-envoy-upstream-rq-timeout-ms",
        "9000",
        "0",
        "abc",
        "",
        "25000",
        "+9000",
        "-1",
        "9000.5",
        "9000 9",
        "18446744073709551615",
        "99999999999999999999");
    maybe(
        headers,
        "x-envoy-upstream-rq-per-try-timeout-ms",
        "4000",
        "0",
        "abc",
        "30000",
        "+4000",
        "-1");
    maybe(headers, "x-envoy-expected-rq-timeout-ms", "10000", "0");
    maybe(headers, "x-envoy-retry-on", "5xx", "nonsense", "reset,connect-failure");
    maybe(headers, "x-envoy-retry-grpc-on", "cancelled");
    maybe(headers, "x-envoy-max-retries", "2", "x");
    maybe(headers, "x-envoy-retriable-status-codes", "503,504");
    maybe(headers, "x-envoy-retriable-header-names", "x-a");
    maybe(headers, "x-envoy-upstream-alt-stat-name", "alt");
    maybe(headers, "x-envoy-upstream-rq-timeout-alt-response", "1");
    maybe(headers, "x-envoy-upstream-stream-duration-ms", "30000");
    maybe(headers, "x-envoy-hedge-on-per-try-timeout", "true", "false", "x");
    maybe(headers, "x-envoy-decorator-operation", "op");
    maybe(headers, "x-envoy-attempt-count", "7");
    maybe(headers, "x-envoy-original-path", "/old");
    maybe(headers, "x-envoy-original-host", "old.com");
    maybe(headers, "x-envoy-ip-tags", "tag");
    maybe(headers, "x-envoy-force-trace", "1");
    maybe(headers, "x-envoy-is-timeout-retry", "true");
    maybe(headers, "x-envoy-downstream-service-cluster", "dc");
    maybe(headers, "x-envoy-downstream-service-node", "dn");
    maybe(headers, "x-forwarded-host", "fh.com");
    maybe(headers, "x-internal-only", "1");
  }

  private void maybe(List<Header> headers, String name, String... values) {
    if (draw.chance(10)) {
      add(headers, name, draw.of(values));
    }
  }

  private static void add(List<Header> headers, String name, String value) {
    headers.add(new Header(name, value));
  }
}
