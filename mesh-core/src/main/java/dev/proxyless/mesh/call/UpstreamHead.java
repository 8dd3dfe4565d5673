package dev.proxyless.mesh.call;

import dev.proxyless.mesh.model.VirtualHost;
import dev.proxyless.mesh.route.HeaderEdit;
import dev.proxyless.mesh.route.HeaderEdits;
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
  private final SentHead sent;

  UpstreamHead(Routed.Upstream routed) {
    this.routed = routed;
    virtualHost = routed.route().virtualHost();
    sent = new SentHead(routed.head(), routed.edits(), routed.rewritten());
  }

  String authority() {
    return routed.rewritten().authority();
  }

  String path() {
    return routed.rewritten().path();
  }

  /**
   * What one try changes of the headers. A retry tells anew what the first try told of itself; the
   * route's mutations are made once.
   *
   * @param count tries that were begun, this one included
   * @param left of the call; zero is no bound
   */
  List<HeaderEdit> edits(int count, AttemptSpan span, Duration left) {
    List<HeaderEdit> edits = new ArrayList<>(routed.edits());
    if (count > 1) {
      Duration expected = expectedTimeout(left);
      if (routed.envoyHeaders() && !expected.isZero()) {
        edits.add(HeaderEdit.set(EnvoyHeaders.EXPECTED_TIMEOUT, Routing.wholeMillis(expected)));
      }
      if (virtualHost.includeRequestAttemptCount()) {
        edits.add(attemptCount(count));
      }
    }
    span.inject((name, value) -> edits.add(HeaderEdit.set(name, value)));
    return edits;
  }

  /** What is changed of the headers of a response to the caller. */
  List<HeaderEdit> responseEdits(
      UnaryOperator<@Nullable String> header, ResponseInfo response, int count) {
    HeaderEdits edits = new HeaderEdits(header);
    routed.route().finalizeResponse(sent, routed.info(), routed.routed(), edits, response);
    if (virtualHost.includeAttemptCountInResponse()) {
      edits.add(attemptCount(count));
    }
    return edits.list();
  }

  /** The headers of a reply that no endpoint gave. */
  List<Header> replyHeaders(List<Header> own, int status, CallInfo info, int count) {
    List<Header> headers =
        new ArrayList<>(
            Routing.mutated(
                routed.route(), sent, routed.info(), routed.routed(), List.of(), status, info));
    headers.addAll(own);
    if (virtualHost.includeAttemptCountInResponse()) {
      return HeaderLines.edited(headers, List.of(attemptCount(count)));
    }
    return headers;
  }

  private static HeaderEdit attemptCount(int count) {
    return HeaderEdit.set(EnvoyHeaders.ATTEMPT_COUNT, Integer.toString(Math.max(1, count)));
  }

  /** What a try may take, at most what is left of the call; zero is no bound. */
  private Duration expectedTimeout(Duration left) {
    Duration expected = routed.timeouts().expected();
    boolean bounded = !left.isZero() && routed.bounds().kind() != Bounds.Kind.MAX_STREAM_DURATION;
    return bounded && (expected.isZero() || left.compareTo(expected) < 0) ? left : expected;
  }
}
