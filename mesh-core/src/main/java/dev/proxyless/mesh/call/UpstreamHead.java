package dev.proxyless.mesh.call;

import dev.proxyless.mesh.model.RouteAction.Forward;
import dev.proxyless.mesh.model.RouteAction.HostRewrite;
import dev.proxyless.mesh.model.RouteAction.PathRewrite;
import dev.proxyless.mesh.model.VirtualHost;
import dev.proxyless.mesh.route.HeaderEdit;
import dev.proxyless.mesh.route.RequestHead;
import dev.proxyless.mesh.route.RouteEntry;
import dev.proxyless.mesh.telemetry.MeshTracing.AttemptSpan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What the head of a request becomes on its way to an endpoint: the rewrites of its route, what the
 * caller's thread hands on, and the headers with which Envoy's router tells of itself.
 */
final class UpstreamHead {

  private static final String ATTEMPT_COUNT = "x-envoy-attempt-count";

  private final String authority;
  private final String path;
  private final boolean envoyHeaders;
  private final VirtualHost virtualHost;
  private final List<HeaderEdit> ofAllTries;

  UpstreamHead(RequestHead head, RouteEntry route, CallContext context, boolean envoyHeaders) {
    Forward action = (Forward) route.action();
    this.envoyHeaders = envoyHeaders;
    virtualHost = route.virtualHost();
    authority =
        action.hostRewrite() instanceof HostRewrite.Literal literal
            ? literal.host()
            : head.authority();
    path =
        action.pathRewrite() instanceof PathRewrite.Prefix prefix
            ? route.rewritePrefix(head.path(), prefix.replacement())
            : head.path();
    ofAllTries = ofAllTries(head, context);
  }

  private List<HeaderEdit> ofAllTries(RequestHead head, CallContext context) {
    List<HeaderEdit> edits = new ArrayList<>(4);
    for (Header header : context.headers()) {
      if (head.header(header.name()) == null) {
        edits.add(new HeaderEdit(HeaderEdit.Kind.ADD, header.name(), header.value()));
      }
    }
    if (envoyHeaders && !authority.equals(head.authority())) {
      edits.add(HeaderEdit.set("x-envoy-original-host", head.authority()));
    }
    if (envoyHeaders && !path.equals(head.path())) {
      edits.add(HeaderEdit.set("x-envoy-original-path", head.path()));
    }
    return edits;
  }

  String authority() {
    return authority;
  }

  String path() {
    return path;
  }

  /** Whether headers of Envoy's router are sent. */
  boolean hasEnvoyHeaders() {
    return envoyHeaders;
  }

  /**
   * What one try changes of the headers.
   *
   * @param count tries that were begun, this one included
   * @param perTryTimeout zero is no bound
   * @param left of the call; zero is no bound
   */
  List<HeaderEdit> edits(int count, AttemptSpan span, Duration perTryTimeout, Duration left) {
    List<HeaderEdit> edits = new ArrayList<>(ofAllTries);
    if (envoyHeaders) {
      Duration expected = expectedTimeout(perTryTimeout, left);
      if (!expected.isZero()) {
        edits.add(
            HeaderEdit.set("x-envoy-expected-rq-timeout-ms", Long.toString(wholeMillis(expected))));
      }
    }
    if (virtualHost.includeRequestAttemptCount()) {
      edits.add(attemptCount(count));
    }
    span.inject((name, value) -> edits.add(HeaderEdit.set(name, value)));
    return edits;
  }

  /** What is changed of the headers of a response to the caller. */
  List<HeaderEdit> responseEdits(int count) {
    return virtualHost.includeAttemptCountInResponse() ? List.of(attemptCount(count)) : List.of();
  }

  private static HeaderEdit attemptCount(int count) {
    return HeaderEdit.set(ATTEMPT_COUNT, Integer.toString(Math.max(1, count)));
  }

  /** At least one, and never less than is meant. */
  private static long wholeMillis(Duration duration) {
    return Math.max(1, duration.plusNanos(999_999).toMillis());
  }

  /** What a try may take, at most what is left of the call; zero is no bound. */
  private static Duration expectedTimeout(Duration perTryTimeout, Duration left) {
    if (perTryTimeout.isZero() || left.isZero()) {
      return perTryTimeout.isZero() ? left : perTryTimeout;
    }
    return perTryTimeout.compareTo(left) < 0 ? perTryTimeout : left;
  }
}
