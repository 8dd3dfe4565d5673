package dev.proxyless.mesh.appmesh;

import dev.proxyless.mesh.appmesh.AppMesh.HeaderMatch;
import dev.proxyless.mesh.appmesh.AppMesh.PathMatch;
import dev.proxyless.mesh.appmesh.AppMesh.QueryMatch;
import dev.proxyless.mesh.appmesh.AppMesh.RetryPolicy;
import dev.proxyless.mesh.appmesh.AppMesh.Route;
import dev.proxyless.mesh.appmesh.AppMesh.RouteMatch;
import dev.proxyless.mesh.appmesh.AppMesh.Timeout;
import dev.proxyless.mesh.appmesh.AppMesh.WeightedTarget;
import dev.proxyless.mesh.document.Node;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Reads the specifications of HTTP routes. */
final class RouteReader {

  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");
  private static final Set<String> HTTP_EVENTS =
      Set.of("server-error", "gateway-error", "client-error", "stream-error");
  private static final int MAX_ITEMS = 10;

  private final SpecReader specs;

  RouteReader(SpecReader specs) {
    this.specs = specs;
  }

  Route route(Spec spec) {
    int priority =
        spec.find("priority").map(node -> (int) node.integer(0, 1_000)).orElse(Route.NO_PRIORITY);
    String kind = spec.union(true, "httpRoute", "http2Route", "grpcRoute", "tcpRoute").orElse("");
    if (kind.equals("grpcRoute") || kind.equals("tcpRoute")) {
      throw spec.required(kind)
          .error("is a " + kind, "an httpRoute or http2Route; " + kind + " is not supported yet");
    }
    Spec http = spec.requiredChild(kind);
    RouteMatch match = match(http.requiredChild("match"));
    Spec action = http.requiredChild("action");
    List<WeightedTarget> targets =
        action.list("weightedTargets", 1, MAX_ITEMS).stream()
            .map(node -> target(new Spec(node)))
            .toList();
    if (targets.stream().mapToInt(WeightedTarget::weight).sum() == 0) {
      throw action
          .required("weightedTargets")
          .error("has weights that add up to 0", "at least one weight of more than 0");
    }
    action.end();
    Optional<RetryPolicy> retryPolicy = http.child("retryPolicy").map(RouteReader::retryPolicy);
    Timeout timeout = http.child("timeout").map(specs::timeout).orElse(Timeout.UNSET);
    http.end();
    spec.end();
    return new Route(priority, match, targets, retryPolicy, timeout);
  }

  private static WeightedTarget target(Spec spec) {
    WeightedTarget target =
        new WeightedTarget(
            spec.required("virtualNode").name(),
            (int) spec.required("weight").integer(0, 100),
            port(spec));
    spec.end();
    return target;
  }

  private static OptionalInt port(Spec spec) {
    return spec.find("port")
        .map(node -> OptionalInt.of(SpecReader.port(node)))
        .orElse(OptionalInt.empty());
  }

  private RouteMatch match(Spec spec) {
    RouteMatch match =
        new RouteMatch(
            path(spec),
            spec.find("method").map(node -> SpecReader.word(node, METHODS)),
            spec.find("scheme").map(node -> SpecReader.word(node, Set.of("http", "https"))),
            port(spec),
            spec.list("headers", 1, MAX_ITEMS).stream()
                .map(node -> header(new Spec(node)))
                .toList(),
            spec.list("queryParameters", 1, MAX_ITEMS).stream()
                .map(node -> query(new Spec(node)))
                .toList());
    spec.end();
    return match;
  }

  /** A match without prefix and path takes every path. */
  private PathMatch path(Spec spec) {
    String given = spec.union(false, "prefix", "path").orElse("");
    if (given.isEmpty()) {
      return new PathMatch("prefix", "/");
    }
    if (given.equals("prefix")) {
      Node prefix = spec.required("prefix");
      if (!prefix.text().startsWith("/")) {
        throw prefix.error("is \"" + prefix.text() + "\"", "a prefix that begins with /");
      }
      return new PathMatch("prefix", prefix.text());
    }
    Spec path = spec.requiredChild("path");
    String kind = path.union(true, "exact", "regex").orElse("");
    Node value = path.required(kind);
    path.end();
    return new PathMatch(kind, kind.equals("regex") ? specs.expression(value) : value.name());
  }

  private HeaderMatch header(Spec spec) {
    String name = spec.required("name").name();
    boolean invert = spec.find("invert").map(Node::bool).orElse(false);
    Optional<Spec> match = spec.child("match");
    HeaderMatch header =
        match
            .map(union -> headerMatch(name, invert, union))
            .orElse(new HeaderMatch(name, invert, "", "", 0, 0));
    spec.end();
    return header;
  }

  private HeaderMatch headerMatch(String name, boolean invert, Spec union) {
    String kind = union.union(true, "exact", "prefix", "suffix", "regex", "range").orElse("");
    HeaderMatch match;
    if (kind.equals("range")) {
      Spec range = union.requiredChild("range");
      long start = range.required("start").integer(Long.MIN_VALUE, Long.MAX_VALUE);
      long end = range.required("end").integer(Long.MIN_VALUE, Long.MAX_VALUE);
      if (start >= end) {
        throw range.node().error("has start " + start + " and end " + end, "a start below the end");
      }
      range.end();
      match = new HeaderMatch(name, invert, kind, "", start, end);
    } else {
      Node value = union.required(kind);
      String text = kind.equals("regex") ? specs.expression(value) : value.name();
      match = new HeaderMatch(name, invert, kind, text, 0, 0);
    }
    union.end();
    return match;
  }

  private static QueryMatch query(Spec spec) {
    String name = spec.required("name").name();
    Optional<String> exact =
        spec.child("match")
            .flatMap(
                match -> {
                  Optional<String> value = match.find("exact").map(Node::text);
                  match.end();
                  return value;
                });
    spec.end();
    return new QueryMatch(name, exact);
  }

  private static RetryPolicy retryPolicy(Spec spec) {
    RetryPolicy policy =
        new RetryPolicy(
            spec.required("maxRetries").integer(0, Integer.MAX_VALUE),
            SpecReader.duration(spec.required("perRetryTimeout")),
            spec.list("httpRetryEvents").stream()
                .map(node -> SpecReader.word(node, HTTP_EVENTS))
                .toList(),
            spec.list("tcpRetryEvents").stream()
                .map(node -> SpecReader.word(node, Set.of("connection-error")))
                .toList());
    spec.end();
    if (policy.httpEvents().isEmpty() && policy.tcpEvents().isEmpty()) {
      throw spec.node().error("has no event", "at least one of httpRetryEvents and tcpRetryEvents");
    }
    return policy;
  }
}
