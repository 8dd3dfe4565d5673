package dev.proxyless.mesh.controlplane.differential;

import static dev.proxyless.mesh.controlplane.differential.MatchDraw.put;
import static dev.proxyless.mesh.controlplane.differential.Trees.map;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** Draws changes of headers, and what is written by command operators. */
final class MutationDraw {

  private static final List<String> CHANGED =
      List.of(
          "x-a",
          "x-a",
          "x-b",
          "x-b",
          "X-C",
          "x-new",
          "x-new",
          "x-new",
          "user-agent",
          "cookie",
          "accept",
          "authorization",
          "via",
          "x-forwarded-host",
          "x-envoy-original-path",
          "x-envoy-attempt-count",
          "x-envoy-upstream-rq-timeout-ms",
          "x-envoy-retry-on",
          "x-envoy-upstream-rq-per-try-timeout-ms",
          "x-envoy-decorator-operation",
          "content-type",
          "grpc-timeout",
          "referer",
          "x-envoy-internal",
          "x-envoy-max-retries");

  private final Draw draw;
  private final Set<Feature> features;

  MutationDraw(Draw draw, Set<Feature> features) {
    this.draw = draw;
    this.features = features;
  }

  /** Puts the fields of one level's changes. */
  void mutate(Map<String, Object> level) {
    if (features.contains(Feature.REQUEST_MUTATION)) {
      put(level, "request_headers_to_add", draw.lists(50, 3, () -> option(false)));
      put(level, "request_headers_to_remove", draw.lists(25, 2, () -> draw.of(CHANGED)));
    }
    if (features.contains(Feature.RESPONSE_MUTATION)) {
      put(level, "response_headers_to_add", draw.lists(50, 3, () -> option(true)));
      put(level, "response_headers_to_remove", draw.lists(25, 2, () -> draw.of(CHANGED)));
    }
  }

  private Map<String, Object> option(boolean response) {
    String value =
        features.contains(Feature.FORMATS) && draw.chance(60)
            ? format(response)
            : draw.of("", "1", "a", "b", "%%", "a%%b");
    Map<String, Object> option = map("header", map("key", draw.of(CHANGED), "value", value));
    put(option, "keep_empty_value", draw.yes(30));
    if (draw.chance(15)) {
      option.put("append", draw.chance(50));
    } else {
      put(
          option,
          "append_action",
          draw.maybe(
              70,
              () ->
                  draw.of(
                      "APPEND_IF_EXISTS_OR_ADD",
                      "ADD_IF_ABSENT",
                      "OVERWRITE_IF_EXISTS_OR_ADD",
                      "OVERWRITE_IF_EXISTS")));
    }
    return option;
  }

  /** A text with command operators. */
  String format(boolean response) {
    String operator =
        draw.of(
            "%REQ(x-a)%",
            "%REQ(x-none?x-b)%",
            "%REQ(X-B):1%",
            "%REQ(x-none)%",
            "%REQ(:PATH)%",
            "%REQ(:authority)%",
            "%REQ(:method)%",
            "%REQUEST_HEADER(x-new)%",
            "%REQ(x-envoy-original-path?:path)%",
            "%PROTOCOL%",
            "%ROUTE_NAME%",
            "%PATH(NQ:ORIG)%",
            "%PATH(WQ:PATH)%",
            "%PATH%",
            "%PATH(NQ):3%",
            "%QUERY_PARAM(k)%",
            "%QUERY_PARAMS(ORIG)%",
            "%DYNAMIC_METADATA(some:key)%",
            "%METADATA(ROUTE:some:key)%",
            "%METADATA(ROUTE:some:map)%",
            "%METADATA(VIRTUAL_HOST:differential:name)%",
            "%FILTER_STATE(some.key:PLAIN)%",
            "%DOWNSTREAM_PEER_SUBJECT%",
            "%REQUESTED_SERVER_NAME%",
            response ? "%RESPONSE_CODE%" : "%UPSTREAM_CLUSTER%",
            response ? "%RESP(x-new)%" : "%VIRTUAL_CLUSTER_NAME%",
            response ? "%RESPONSE_CODE_DETAILS%" : "%REQ(x-envoy-attempt-count)%",
            response ? "%RESPONSE_FLAGS%" : "%UPSTREAM_CLUSTER_RAW%");
    return draw.of("", "", "p-") + operator + draw.of("", "", "-s", "%%", "%REQ(x-a)%");
  }
}
