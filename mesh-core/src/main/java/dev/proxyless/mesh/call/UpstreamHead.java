package dev.proxyless.mesh.call;

import dev.proxyless.mesh.model.Decorator;
import dev.proxyless.mesh.model.VirtualHost;
import dev.proxyless.mesh.route.EditedHead;
import dev.proxyless.mesh.route.HeaderEdit;
import dev.proxyless.mesh.route.HeaderEdits;
import dev.proxyless.mesh.route.RequestHead;
import dev.proxyless.mesh.route.ResponseInfo;
import dev.proxyless.mesh.telemetry.CallInfo;
import dev.proxyless.mesh.telemetry.MeshTracing.AttemptSpan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What the head of a request becomes on its way to an endpoint, try by try, and what the head of
 * the response becomes on its way back.
 */
final class UpstreamHead {

  private final Routed.Upstream routed;
  private final VirtualHost virtualHost;

  UpstreamHead(Routed.Upstream routed) {
    this.routed = routed;
    virtualHost = routed.route().virtualHost();
  }

  private RequestHead sent() {
    return EditedHead.of(routed.head(), routed.authority(), routed.path(), routed.edits());
  }

  /**
   * What one try sends besides the path.
   *
   * @param authority to send
   * @param edits of the caller's headers, in order
   */
  record Sent(String authority, List<HeaderEdit> edits) {}

  /**
   * What one try sends. A retry tells anew what the first try told of itself; the route's mutations
   * are made once.
   *
   * @param count tries that were begun, this one included
   * @param hostName the endpoint's own name; may be empty
   * @param nowNanos on the mesh's monotonic clock
   * @param afterTimeout whether the try before took too long
   */
  Sent sent(int count, String hostName, AttemptSpan span, long nowNanos, boolean afterTimeout) {
    if (count == 1 && !span.injects() && !routed.route().becomesHost(hostName)) {
      return new Sent(routed.authority(), routed.edits()); // as a rule
    }
    HeaderEdits edits = HeaderEdits.of(routed.head());
    if (count > 1) {
      routed.edits().forEach(edits::add);
      Duration expected = expectedTimeout(nowNanos);
      if (routed.envoyHeaders()) {
        edits.add(HeaderEdit.set(ServedRetries.RETRY, "true"));
      }
      if (routed.envoyHeaders() && !expected.isZero()) {
        edits.add(HeaderEdit.set(EnvoyHeaders.EXPECTED_TIMEOUT, Routing.wholeMillis(expected)));
      }
      if (virtualHost.includeRequestAttemptCount()) {
        edits.add(attemptCount(count));
      }
      if (virtualHost.includeIsTimeoutRetryHeader()) {
        edits.add(HeaderEdit.set(EnvoyHeaders.IS_TIMEOUT_RETRY, Boolean.toString(afterTimeout)));
      }
    }
    String authority =
        routed.route().authorityFor(routed.authority(), hostName, edits, routed.envoyHeaders());
    int untraced = edits.size();
    span.inject((name, value) -> edits.add(HeaderEdit.set(name, value)));
    if (edits.size() > untraced) {
      routed
          .route()
          .decorator()
          .filter(Decorator::propagate)
          .ifPresent(named -> edits.add(HeaderEdit.set(EnvoyHeaders.DECORATOR, named.operation())));
    }
    return new Sent(authority, count > 1 ? edits.list() : edits.after(routed.edits()));
  }

  /** Whether {@link #responseEdits} may change anything. */
  boolean changesResponses() {
    return routed.route().changesResponses(routed.routed())
        || virtualHost.includeAttemptCountInResponse();
  }

  /** What is changed of the headers of a response to the caller. */
  List<HeaderEdit> responseEdits(
      UnaryOperator<@Nullable String> header, ResponseInfo response, int count) {
    HeaderEdits edits = new HeaderEdits(header);
    routed.route().finalizeResponse(sent(), routed.info(), routed.routed(), edits, response);
    if (virtualHost.includeAttemptCountInResponse()) {
      edits.add(attemptCount(count));
    }
    return edits.list();
  }

  /** The headers of a reply that no endpoint gave. */
  List<Header> replyHeaders(List<Header> own, int status, CallInfo info, int count) {
    List<Header> headers =
        new ArrayList<>(
            RouteReplies.mutated(
                routed.route(), sent(), routed.info(), routed.routed(), List.of(), status, info));
    headers.addAll(own);
    if (virtualHost.includeAttemptCountInResponse() && LocalEnd.isRouters(info.details())) {
      return HeaderLines.edited(headers, List.of(attemptCount(count)));
    }
    return headers;
  }

  private static HeaderEdit attemptCount(int count) {
    return HeaderEdit.set(EnvoyHeaders.ATTEMPT_COUNT, Integer.toString(Math.max(1, count)));
  }

  /** What a try may take, at most what is left of the call; zero is no bound. */
  private Duration expectedTimeout(long nowNanos) {
    Duration expected = routed.timeouts().expected();
    if (routed.bounds().isUnbounded() || routed.bounds().isStream()) {
      return expected;
    }
    Duration left = Duration.ofNanos(routed.leftNanos(nowNanos));
    return expected.isZero() || left.compareTo(expected) < 0 ? left : expected;
  }
}
