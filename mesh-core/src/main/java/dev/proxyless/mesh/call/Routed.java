package dev.proxyless.mesh.call;

import dev.proxyless.mesh.Internal;
import dev.proxyless.mesh.call.MeshView.Target;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.route.HeaderEdit;
import dev.proxyless.mesh.route.RequestHead;
import dev.proxyless.mesh.route.ResponseInfo;
import dev.proxyless.mesh.route.RetryRules;
import dev.proxyless.mesh.route.RouteEntry;
import dev.proxyless.mesh.route.RouteTarget;
import dev.proxyless.mesh.route.StreamInfo;
import dev.proxyless.mesh.telemetry.CallInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where a request goes, decided by one view of the mesh. */
@Internal
public sealed interface Routed {

  /**
   * It is answered here.
   *
   * @param action {@code redirect}, {@code direct_response}, {@code no_route}, {@code no_cluster}
   *     or {@code refuse}
   * @param reply what the caller gets
   * @param fault that was injected
   */
  record Answered(String action, LocalReply reply, InjectedFault fault) implements Routed {

    Answered(String action, LocalReply reply) {
      this(action, reply, InjectedFault.NONE);
    }

    @Override
    public Routed with(InjectedFault injected) {
      return new Answered(action, injected.isDelayed() ? reply.delayed() : reply, injected);
    }
  }

  /** It goes where it was going, with the client's own settings. */
  record Through(CallInfo info) implements Routed {

    @Override
    public Routed with(InjectedFault injected) {
      injected.end().run(); // who it belongs to waits for nothing of the mesh
      return this;
    }
  }

  /** The same with a fault that delays it. */
  Routed with(InjectedFault injected);

  /**
   * It goes to a cluster.
   *
   * @param head as routing saw it
   * @param info what else is true of it
   * @param route the route that took it
   * @param routed the cluster that the route chose
   * @param target that cluster
   * @param timeouts how long it may take
   * @param bounds the same, and what the caller allows
   * @param deadlineNanos when it is over, on the mesh's monotonic clock; {@link
   *     CallContext#NO_DEADLINE} for never
   * @param retryRules in effect; empty where nobody asks for retries
   * @param rewritten authority and path as they are sent; null where they are the head's
   * @param edits of the headers, for the first try
   * @param followed redirects of upstreams that led here, in order
   * @param sendsBody whether the caller's body is sent
   * @param envoyHeaders whether headers that tell of Envoy's router are written
   * @param fault that was injected
   */
  record Upstream(
      RequestHead head,
      StreamInfo info,
      RouteEntry route,
      RouteTarget routed,
      Target target,
      CallTimeouts timeouts,
      Bounds bounds,
      long deadlineNanos,
      Optional<RetryRules> retryRules,
      RouteEntry.@Nullable Rewritten rewritten,
      List<HeaderEdit> edits,
      List<String> followed,
      boolean sendsBody,
      boolean envoyHeaders,
      InjectedFault fault)
      implements Routed {

    @Override
    public Upstream with(InjectedFault injected) {
      return new Upstream(
          head,
          info,
          route,
          routed,
          target,
          timeouts,
          bounds,
          bounds.startsWithRouter() ? deadlineNanos + injected.delay().toNanos() : deadlineNanos,
          retryRules,
          rewritten,
          edits,
          followed,
          sendsBody,
          envoyHeaders,
          injected);
    }

    /** The same, where redirects led here. */
    Upstream redirected(List<String> steps, boolean withBody) {
      return new Upstream(
          head,
          info,
          route,
          routed,
          target,
          timeouts,
          bounds,
          deadlineNanos,
          retryRules,
          rewritten,
          edits,
          List.copyOf(steps),
          withBody,
          envoyHeaders,
          fault);
    }

    /** A copy of the request for another cluster, without retries. */
    Upstream mirrored(RouteEntry.Mirror mirror, Target to) {
      List<HeaderEdit> all = new ArrayList<>(edits);
      all.addAll(mirror.edits());
      return new Upstream(
          head,
          info,
          route,
          mirror.target(),
          to,
          timeouts,
          bounds,
          deadlineNanos,
          Optional.empty(),
          new RouteEntry.Rewritten(mirror.authority(), path()),
          all,
          followed,
          sendsBody,
          envoyHeaders,
          InjectedFault.NONE);
    }

    /** The authority that is sent. */
    public String authority() {
      return rewritten == null ? head.authority() : rewritten.authority();
    }

    /** The path that is sent, with its query. */
    public String path() {
      return rewritten == null ? head.path() : rewritten.path();
    }

    /** Whether the headers of responses may be changed for the caller. */
    boolean changesResponses() {
      return route.changesResponses(routed) || route.virtualHost().includeAttemptCountInResponse();
    }

    /** By which the cluster's limits count it. */
    RouteAction.Priority priority() {
      return route.priority();
    }

    /** Time left of the call; negative when it is over. Only where something bounds it. */
    long leftNanos(long nowNanos) {
      return deadlineNanos - nowNanos;
    }

    /** Of the whole call, in milliseconds; zero is none. */
    public long timeoutMillis() {
      return timeouts.global().toMillis();
    }

    /** Of each try, in milliseconds; zero is none. */
    public long perTryTimeoutMillis() {
      return timeouts.perTry().toMillis();
    }

    /** What the caller would get of this on top of an empty response at the first try. */
    public List<Header> responseHeaders() {
      ResponseInfo response = new ResponseInfo(200, "", CallInfo.VIA_UPSTREAM, "", 1);
      return HeaderLines.edited(
          List.of(), new UpstreamHead(this).responseEdits(name -> null, response, 1));
    }

    /** What bounds the call, for people. */
    public String boundWords() {
      return bounds.words();
    }
  }
}
