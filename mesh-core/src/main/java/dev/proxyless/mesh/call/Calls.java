package dev.proxyless.mesh.call;

import dev.proxyless.mesh.Internal;
import dev.proxyless.mesh.call.MeshView.OutboundChain;
import dev.proxyless.mesh.call.MeshView.Target;
import dev.proxyless.mesh.model.Cluster.Discovery;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.VirtualHost;
import dev.proxyless.mesh.route.RequestHead;
import dev.proxyless.mesh.route.RouteEntry;
import dev.proxyless.mesh.route.StreamInfo;
import dev.proxyless.mesh.telemetry.CallInfo;
import dev.proxyless.mesh.telemetry.ResponseFlag;
import dev.proxyless.mesh.telemetry.ResponseFlags;
import dev.proxyless.mesh.telemetry.Telemetry;
import dev.proxyless.mesh.time.MeshTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Where transports bring requests. Reads one view of the mesh per request and takes no lock. Safe
 * for use by several threads.
 */
public final class Calls {

  private static final Duration CLOSE_STEP = Duration.ofMillis(5);

  private final MeshView.Source views;
  private final MeshTime time;
  private final Telemetry telemetry;
  private final Duration readyTimeout;
  private final LongAdder active = new LongAdder();
  private volatile boolean closed;

  @Internal
  public Calls(MeshView.Source views, MeshTime time, Telemetry telemetry, Duration readyTimeout) {
    this.views = views;
    this.time = time;
    this.telemetry = telemetry;
    this.readyTimeout = readyTimeout;
  }

  /**
   * Decides about a request. Before the first configuration has arrived it waits, at most as long
   * as the mesh's ready timeout and the caller's deadline allow.
   *
   * @param replayable whether the request's body can be sent a second time
   * @throws MeshClosedException if the mesh is closed
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public Decision begin(RequestHead head, boolean replayable, CallContext context)
      throws MeshClosedException, InterruptedException {
    if (closed) {
      throw new MeshClosedException();
    }
    MeshView view = views.current();
    if (view == null) {
      Duration wait = readyWait(context);
      view = views.await(wait);
      if (view == null) {
        if (closed) {
          throw new MeshClosedException();
        }
        return new Decision.Respond(notReady(head, wait, views.awaited()));
      }
    }
    return decide(view, head, replayable, context);
  }

  private Duration readyWait(CallContext context) {
    if (context.deadlineNanos() == CallContext.NO_DEADLINE) {
      return readyTimeout;
    }
    Duration left = Duration.ofNanos(Math.max(0, context.deadlineNanos() - time.nanoTime()));
    return left.compareTo(readyTimeout) < 0 ? left : readyTimeout;
  }

  private Decision decide(MeshView view, RequestHead head, boolean replayable, CallContext context)
      throws MeshClosedException {
    OutboundChain chain = view.outbound(head);
    if (chain == null) {
      return new Decision.PassThrough(passThrough("", "", ""));
    }
    StreamInfo info = StreamInfo.of(time.random());
    RouteEntry route = chain.table().find(head, info);
    if (route == null) {
      return new Decision.Respond(noRoute(chain, head));
    }
    if (route.action() instanceof RouteAction.Redirect redirect) {
      return new Decision.Respond(redirect(route, redirect, head));
    }
    if (route.action() instanceof RouteAction.DirectResponse direct) {
      return new Decision.Respond(directResponse(route, direct, head));
    }
    RouteEntry.Target routed = route.target(head, info);
    Target target = view.cluster(routed.cluster());
    if (target == null) {
      return new Decision.Respond(noCluster(route, routed, head));
    }
    if (target.upstream().config().discovery() instanceof Discovery.OriginalDst) {
      return new Decision.PassThrough(
          passThrough(route.virtualHost().name(), route.name(), routed.cluster()));
    }
    active.increment();
    if (closed) { // close() looks at the calls in flight after it has closed the door
      active.decrement();
      throw new MeshClosedException();
    }
    return new Decision.Forward(
        new MeshCall(this, head, replayable, context, chain, route, routed, target));
  }

  private static CallInfo passThrough(String virtualHost, String route, String cluster) {
    return new CallInfo(virtualHost, route, cluster, "", 0, ResponseFlags.NONE, "pass_through", "");
  }

  private static LocalReply notReady(RequestHead head, Duration waited, List<String> awaited) {
    return LocalReplies.text(
        head,
        503,
        "no mesh configuration yet",
        List.of(),
        new CallInfo(
            "",
            "",
            "",
            "",
            0,
            ResponseFlags.of(ResponseFlag.NFCF),
            "no_configuration",
            awaited.isEmpty()
                ? "no configuration arrived within "
                    + waited.toMillis()
                    + " ms; look at the log for the control plane's address and what it answers, or"
                    + " wait with Mesh.awaitReady before the first call"
                : "configuration was not whole within "
                    + waited.toMillis()
                    + " ms: it waits for "
                    + String.join(", ", awaited)));
  }

  private static LocalReply noRoute(OutboundChain chain, RequestHead head) {
    Optional<VirtualHost> host = chain.table().virtualHost(head.authority());
    String explanation;
    if (host.isPresent()) {
      explanation =
          "no route of virtual host "
              + host.get().name()
              + " takes "
              + head.method()
              + " "
              + head.path()
              + "; ask explain for the condition that each of them fails";
    } else {
      String nearest = chain.table().nearestDomain(head.authority());
      explanation =
          "the mesh knows no virtual service \""
              + head.authority()
              + "\" on port "
              + head.port()
              + (nearest.isEmpty() ? "" : "; the nearest that it knows is \"" + nearest + "\"");
    }
    return LocalReplies.text(
        head,
        404,
        "",
        List.of(),
        new CallInfo(
            host.map(VirtualHost::name).orElse(""),
            "",
            "",
            "",
            0,
            ResponseFlags.of(ResponseFlag.NR),
            "route_not_found",
            explanation));
  }

  private static LocalReply noCluster(
      RouteEntry route, RouteEntry.Target routed, RequestHead head) {
    int status = ((RouteAction.Forward) route.action()).clusterNotFoundStatus();
    return LocalReplies.text(
        head,
        status,
        "",
        List.of(),
        new CallInfo(
            route.virtualHost().name(),
            route.name(),
            routed.cluster(),
            "",
            0,
            ResponseFlags.of(ResponseFlag.NC),
            "cluster_not_found",
            routed.cluster().isEmpty()
                ? "the request has no header that names the cluster"
                : "the route names the cluster " + routed.cluster() + ", which is not known"));
  }

  private static LocalReply redirect(
      RouteEntry route, RouteAction.Redirect redirect, RequestHead head) {
    return new LocalReply(
        redirect.status(),
        List.of(new Header("location", route.redirectLocation(redirect, head))),
        "",
        answeredHere(route));
  }

  private static LocalReply directResponse(
      RouteEntry route, RouteAction.DirectResponse direct, RequestHead head) {
    return LocalReplies.text(head, direct.status(), direct.body(), List.of(), answeredHere(route));
  }

  private static CallInfo answeredHere(RouteEntry route) {
    return new CallInfo(
        route.virtualHost().name(),
        route.name(),
        "",
        "",
        0,
        ResponseFlags.NONE,
        "direct_response",
        "");
  }

  MeshTime time() {
    return time;
  }

  Telemetry telemetry() {
    return telemetry;
  }

  void ended() {
    active.decrement();
  }

  /** Calls that have begun and not ended. */
  public long active() {
    return active.sum();
  }

  /**
   * Refuses new calls and waits for those in flight, at most this long. Returns how many were left.
   */
  @Internal
  public long close(Duration grace) throws InterruptedException {
    closed = true;
    long deadline = time.nanoTime() + grace.toNanos();
    CountDownLatch never = new CountDownLatch(1);
    while (active.sum() > 0 && time.nanoTime() - deadline < 0) {
      time.await(never, CLOSE_STEP);
    }
    return active.sum();
  }

  /** How long a call waits for the first configuration. */
  public Duration readyTimeout() {
    return readyTimeout;
  }

  /** The view in force, for explanations. */
  @Internal
  public @Nullable MeshView view() {
    return views.current();
  }
}
