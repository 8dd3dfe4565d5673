package dev.proxyless.mesh.call;

import dev.proxyless.mesh.Internal;
import dev.proxyless.mesh.call.MeshView.OutboundChain;
import dev.proxyless.mesh.call.MeshView.Target;
import dev.proxyless.mesh.model.Cluster.Discovery;
import dev.proxyless.mesh.model.InternalRedirectPolicy;
import dev.proxyless.mesh.model.RouteAction;
import dev.proxyless.mesh.model.RouteAction.Forward;
import dev.proxyless.mesh.model.RouteAction.RouteTimeouts;
import dev.proxyless.mesh.route.ConnectionManager.Arrival;
import dev.proxyless.mesh.route.DirectReply;
import dev.proxyless.mesh.route.EditedHead;
import dev.proxyless.mesh.route.HeaderEdit;
import dev.proxyless.mesh.route.HeaderEdits;
import dev.proxyless.mesh.route.InternalRedirects;
import dev.proxyless.mesh.route.RequestHead;
import dev.proxyless.mesh.route.ResponseHeaders;
import dev.proxyless.mesh.route.RetryRules;
import dev.proxyless.mesh.route.RouteEntry;
import dev.proxyless.mesh.route.RouteTarget;
import dev.proxyless.mesh.route.StreamInfo;
import dev.proxyless.mesh.telemetry.CallInfo;
import dev.proxyless.mesh.telemetry.ResponseFlags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Decides about one request, in the order of Envoy's connection manager and router: the head is
 * normalised, a route is found, its cluster chosen, timeouts and headers settled. What a call does
 * and what is explained of it are this one decision.
 */
@Internal
public final class Routing {

  private final MeshView view;
  private final OutboundChain chain;
  private final CallContext context;
  private final StreamInfo.Around around;

  /**
   * Decisions by one view.
   *
   * @param chain what takes requests to their destination
   * @param context what the caller's thread hands on
   * @param around what is true of all requests
   */
  public Routing(
      MeshView view, OutboundChain chain, CallContext context, StreamInfo.Around around) {
    this.view = view;
    this.chain = chain;
    this.context = context;
    this.around = around;
  }

  /** What the caller's thread hands on. */
  CallContext context() {
    return context;
  }

  /** The same for calls that no listener is told of. */
  Routing untold() {
    return new Routing(view, chain, context.toldTo(null), around);
  }

  /**
   * Decides about a request.
   *
   * @param random the request's one random number
   * @param trusted whether the caller is trusted, where somebody says so
   */
  public Routed route(RequestHead request, long random, Optional<Boolean> trusted) {
    return route(request, random, trusted, null, 0);
  }

  /**
   * Decides about a call, which fault filters may delay or abort.
   *
   * @param random the request's one random number
   * @param trusted whether the caller is trusted, where somebody says so
   * @param dice random numbers by which faults are drawn
   * @param now on the mesh's monotonic clock
   */
  Routed decide(
      RequestHead request, long random, Optional<Boolean> trusted, LongSupplier dice, long now) {
    return route(request, random, trusted, dice, now);
  }

  private Routed route(
      RequestHead request,
      long random,
      Optional<Boolean> trusted,
      @Nullable LongSupplier dice,
      long now) {
    List<HeaderEdit> handedOn = handedOn(request);
    RequestHead seen = seen(request, handedOn);
    Arrival arrival = chain.manager().accept(seen, trusted);
    if (arrival instanceof Arrival.Answered answered) {
      return new Routed.Answered(
          answered.location().isPresent() ? "redirect" : "refuse",
          RouteReplies.refused(seen, answered));
    }
    Arrival.Accepted accepted = (Arrival.Accepted) arrival;
    RequestHead head = accepted.head(seen);
    StreamInfo info = info(random, accepted.internal());
    if (handedOn.isEmpty()) {
      return route(head, info, accepted.edits(), dice, now);
    }
    List<HeaderEdit> before = new ArrayList<>(handedOn);
    before.addAll(accepted.edits());
    return route(head, info, before, dice, now);
  }

  /** Headers of the request being served that go on, where the call does not set them itself. */
  private List<HeaderEdit> handedOn(RequestHead request) {
    if (context.headers().isEmpty()) {
      return List.of();
    }
    List<HeaderEdit> edits = new ArrayList<>();
    for (Header header : context.headers()) {
      if (request.header(header.name()) == null) {
        edits.add(HeaderEdit.add(header.name(), header.value()));
      }
    }
    return edits;
  }

  /** What routes see: the request as the endpoint will, with what is handed on. */
  private static RequestHead seen(RequestHead request, List<HeaderEdit> handedOn) {
    return handedOn.isEmpty()
        ? request
        : EditedHead.of(request, request.authority(), request.path(), handedOn);
  }

  /** Decides about a request that the connection manager let in, with edits that it has already. */
  private Routed route(
      RequestHead head,
      StreamInfo info,
      List<HeaderEdit> before,
      @Nullable LongSupplier dice,
      long now) {
    RouteEntry route = chain.table().find(head, info);
    if (dice == null || chain.manager().faults().isEmpty()) {
      return route(route, head, info, before, now);
    }
    InjectedFault fault = Faults.decide(chain, route, head, info, dice);
    if (fault.abort().isPresent()) {
      return new Routed.Answered("refuse", fault.abort().get(), fault);
    }
    return route(route, head, info, before, now).with(fault);
  }

  private Routed route(
      @Nullable RouteEntry route,
      RequestHead head,
      StreamInfo info,
      List<HeaderEdit> before,
      long now) {
    if (route == null || route.action() instanceof RouteAction.NonForwarding) {
      return new Routed.Answered("no_route", RouteReplies.noRoute(chain, head, info));
    }
    if (chain.manager().refusesUpgrade(head, route)) {
      return new Routed.Answered("refuse", RouteReplies.upgradeRefused(route, head, info));
    }
    if (route.action() instanceof RouteAction.Redirect redirect) {
      String location = route.redirectLocation(head, info);
      RequestHead redirected = route.redirectedHead(head, info, chain.envoyHeaders());
      return new Routed.Answered(
          "redirect",
          RouteReplies.byRoute(
              route, redirected, info, redirect.status(), location, "", Optional.empty()));
    }
    if (route.action() instanceof RouteAction.DirectResponse) {
      DirectReply reply = route.directReply(head, info);
      return new Routed.Answered(
          "direct_response",
          RouteReplies.byRoute(
              route,
              head,
              info,
              reply.status(),
              reply.location().orElse(""),
              reply.body(),
              reply.contentType()));
    }
    RouteTarget routed = route.target(head, info);
    Target target = view.cluster(routed.cluster());
    if (target == null) {
      return new Routed.Answered("no_cluster", RouteReplies.noCluster(route, routed, head, info));
    }
    if (target.upstream().config().discovery() instanceof Discovery.OriginalDst) {
      return new Routed.Through(
          new CallInfo(
              route.virtualHost().name(),
              route.name(),
              routed.cluster(),
              "",
              0,
              ResponseFlags.NONE,
              "pass_through",
              ""));
    }
    return upstream(head, info, route, routed, target, before, now);
  }

  /**
   * Where a redirect of an upstream leads; empty where it is not followed.
   *
   * @param before what was redirected
   * @param replayable whether the body can be sent again
   * @param response the headers of the redirect
   * @param dice random numbers by which faults are drawn: as in Envoy, filters run again
   * @param now on the mesh's monotonic clock
   */
  Optional<Routed> follow(
      Routed.Upstream before,
      InternalRedirectPolicy policy,
      boolean replayable,
      int status,
      ResponseHeaders response,
      LongSupplier dice,
      long now) {
    RequestHead sent =
        EditedHead.of(before.head(), before.authority(), before.path(), before.edits());
    Optional<InternalRedirects.Next> next =
        InternalRedirects.next(
            policy,
            sent,
            before.route().name(),
            before.followed(),
            status,
            response,
            found -> chain.table().find(found.head(sent), before.info()));
    if (next.isEmpty() || !(replayable || next.get().dropsBody())) {
      return Optional.empty();
    }
    List<HeaderEdit> edits = new ArrayList<>(before.edits());
    edits.addAll(next.get().edits());
    Routed routed = route(next.get().head(sent), before.info(), edits, dice, now);
    if (!(routed instanceof Routed.Upstream upstream)) {
      return routed instanceof Routed.Through ? Optional.empty() : Optional.of(routed);
    }
    List<String> followed = new ArrayList<>(before.followed());
    followed.add(InternalRedirects.step(before.route().name(), upstream.route().name()));
    return Optional.of(
        upstream.redirected(followed, before.sendsBody() && !next.get().dropsBody()));
  }

  /** The copies of a request that its route sends to other clusters that are known. */
  List<Routed.Upstream> mirrors(Routed.Upstream of) {
    if (!of.route().hasMirrors()) {
      return List.of();
    }
    RequestHead sent = EditedHead.of(of.head(), of.authority(), of.path(), of.edits());
    List<Routed.Upstream> copies = new ArrayList<>();
    for (RouteEntry.Mirror mirror : of.route().mirrors(sent, of.info(), of.routed())) {
      Target target = view.cluster(mirror.target().cluster());
      if (target != null
          && !(target.upstream().config().discovery() instanceof Discovery.OriginalDst)) {
        copies.add(of.mirrored(mirror, target));
      }
    }
    return copies;
  }

  /** How a request's route is found, step by step, for people. */
  public List<String> explain(RequestHead request, long random, Optional<Boolean> trusted) {
    RequestHead seen = seen(request, handedOn(request));
    Arrival arrival = chain.manager().accept(seen, trusted);
    if (!(arrival instanceof Arrival.Accepted accepted)) {
      return List.of("the connection manager does not let it in");
    }
    RequestHead head = accepted.head(seen);
    List<String> steps = new ArrayList<>();
    if (!head.path().equals(seen.path())) {
      steps.add("the connection manager makes its path " + head.path());
    }
    if (!head.authority().equals(seen.authority())) {
      steps.add("the connection manager makes its authority " + head.authority());
    }
    if (!accepted.internal()) {
      steps.add("its caller is not trusted: headers that steer the router are taken off");
    }
    steps.addAll(chain.table().explain(head, info(random, accepted.internal())));
    return steps;
  }

  private Routed upstream(
      RequestHead head,
      StreamInfo info,
      RouteEntry route,
      RouteTarget routed,
      Target target,
      List<HeaderEdit> before,
      long now) {
    boolean steered = EnvoyHeaders.any(head);
    if (steered) {
      Optional<Routed> refusal =
          StrictHeaders.refusal(chain.manager().config().router(), route, routed, head, info);
      if (refusal.isPresent()) {
        return refusal.get();
      }
    }
    Optional<RetryRules> own = context.retryRules();
    Optional<RetryRules> configured = own.isPresent() ? own : route.retryRules();
    Settled settled = settled(route, head, configured, steered);
    CallTimeouts timeouts = settled.timeouts();
    Bounds bounds = timeouts.bounds();
    long deadline = bounds.deadlineNanos(now);
    if (context.isEarlier(deadline)) {
      bounds = Bounds.INBOUND;
      deadline = context.deadlineNanos();
    }
    boolean envoyHeaders = chain.envoyHeaders();
    Optional<RetryRules> rules = configured;
    RouteEntry.Rewritten rewritten = null;
    List<HeaderEdit> changed; // as the router's filter leaves them before it takes off its own
    List<HeaderEdit> all;
    if (!steered && bounds.kind() != Bounds.Kind.INBOUND && !route.changesRequests(routed)) {
      changed = settled.told(); // as a rule
      all = joined(before, changed);
    } else {
      HeaderEdits edits = HeaderEdits.of(head);
      if (steered) {
        EnvoyHeaders.consumeBefore(
            edits, chain.manager().config().router().respectExpectedRqTimeout());
      }
      HeaderEdit expected = envoyHeaders ? expected(timeouts, bounds, deadline - now) : null;
      Settled.told(route, timeouts, expected).forEach(edits::add);
      rewritten = route.finalizeRequest(head, info, routed, edits, envoyHeaders);
      changed = edits.list();
      if (steered || EnvoyHeaders.anyReadAfter(edits)) {
        timeouts = timeouts.readAfter(edits::first);
        rules = RetryRules.effective(configured, edits::first);
        EnvoyHeaders.consumeAfter(edits);
      }
      all = edits.after(before);
    }
    return new Routed.Upstream(
        head,
        info,
        route,
        routed,
        target,
        timeouts,
        bounds,
        deadline,
        rules.isPresent() && retries(rules.get(), head, rewritten, changed)
            ? rules
            : Optional.empty(),
        rewritten,
        all,
        List.of(),
        true,
        envoyHeaders,
        InjectedFault.NONE);
  }

  /** Whether a request is retried at all, by what the route makes of its head. */
  private static boolean retries(
      RetryRules rules,
      RequestHead head,
      RouteEntry.@Nullable Rewritten rewritten,
      List<HeaderEdit> edits) {
    if (rules.policy().retryOn().isEmpty()) {
      return false;
    }
    return rules.takesAll()
        || rules.appliesTo(
            rewritten == null
                ? EditedHead.of(head, head.authority(), head.path(), edits)
                : EditedHead.of(head, rewritten.authority(), rewritten.path(), edits));
  }

  private static List<HeaderEdit> joined(List<HeaderEdit> first, List<HeaderEdit> then) {
    if (first.isEmpty()) {
      return then;
    }
    List<HeaderEdit> all = new ArrayList<>(first);
    all.addAll(then);
    return all;
  }

  private Settled settled(
      RouteEntry route, RequestHead head, Optional<RetryRules> rules, boolean steered) {
    RouteTimeouts ofRoute = ((Forward) route.action()).timeouts();
    boolean grpc =
        (ofRoute.maxStreamDuration().isPresent() || ofRoute.maxGrpcTimeout().isPresent())
            && LocalReplies.isGrpc(head);
    boolean asks = grpc || asksForTime(ofRoute, head);
    if (!steered && !asks && context.retryRules().isEmpty()) {
      return chain.settled(route);
    }
    UnaryOperator<@Nullable String> header = steered || asks ? head::header : name -> null;
    return Settled.of(chain, route, rules, grpc, header);
  }

  /** Whether {@code grpc-timeout} counts, which it does for any request, of gRPC or not. */
  private static boolean asksForTime(RouteTimeouts route, RequestHead head) {
    return route.maxStreamDuration().isPresent()
        && route.maxStreamDuration().get().grpcTimeoutHeaderMax().isPresent()
        && head.header(EnvoyHeaders.GRPC_TIMEOUT) != null;
  }

  /** What the next hop is told: never more than the caller's own deadline leaves. */
  private @Nullable HeaderEdit expected(CallTimeouts timeouts, Bounds bounds, long leftNanos) {
    if (bounds.kind() != Bounds.Kind.INBOUND) {
      return timeouts.expectedEdit();
    }
    Duration expected = timeouts.expected();
    Duration left = Duration.ofNanos(Math.max(1, leftNanos));
    return CallTimeouts.expectedEdit(
        expected.isZero() || left.compareTo(expected) < 0 ? left : expected);
  }

  private StreamInfo info(long random, boolean internal) {
    return new StreamInfo(random, internal, around);
  }

  /** At least one, and never less than is meant. */
  static String wholeMillis(Duration duration) {
    return Long.toString(Math.max(1, duration.plusNanos(999_999).toMillis()));
  }
}
