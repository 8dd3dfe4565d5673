package dev.proxyless.mesh.call;

import dev.proxyless.mesh.Internal;
import dev.proxyless.mesh.call.MeshView.OutboundChain;
import dev.proxyless.mesh.model.InternalRedirectPolicy;
import dev.proxyless.mesh.route.RequestHead;
import dev.proxyless.mesh.route.ResponseHeaders;
import dev.proxyless.mesh.route.StreamInfo;
import dev.proxyless.mesh.telemetry.CallInfo;
import dev.proxyless.mesh.telemetry.ResponseFlags;
import dev.proxyless.mesh.telemetry.Telemetry;
import dev.proxyless.mesh.time.MeshExecutor;
import dev.proxyless.mesh.time.MeshTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where transports bring requests. Reads one view of the mesh per request and takes no lock. Safe
 * for use by several threads.
 */
public final class Calls {

  /** How many tasks run in the background at a time. */
  public static final int MAX_IN_BACKGROUND = 128;

  private static final Duration CLOSE_STEP = Duration.ofMillis(5);

  private final MeshView.Source views;
  private final MeshTime time;
  private final LongSupplier dice;
  private final Telemetry telemetry;
  private final Duration readyTimeout;
  private final LongAdder active = new LongAdder();
  private final StreamInfo.Around around;
  private final MeshExecutor background;
  private final Semaphore backgroundPlaces = new Semaphore(MAX_IN_BACKGROUND);
  private volatile boolean closed;
  private volatile boolean over;

  @Internal
  public Calls(MeshView.Source views, MeshTime time, Telemetry telemetry, Duration readyTimeout) {
    this.views = views;
    this.time = time;
    dice = time::random;
    this.telemetry = telemetry;
    this.readyTimeout = readyTimeout;
    background = time.pool("call");
    around = StreamInfo.Around.of(new ProcessSurroundings(time));
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
        return new Decision.Respond(
            RouteReplies.notReady(head, wait, views.awaited()), Duration.ZERO);
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
      return new Decision.PassThrough(
          new CallInfo("", "", "", "", 0, ResponseFlags.NONE, "pass_through", ""));
    }
    long now = time.nanoTime();
    Routing routing = new Routing(view, chain, context, around);
    Routed routed =
        context.listener() instanceof SteeredCall steered
            ? routing.decide(
                head, steered.random().orElseGet(time::random), steered.trusted(), dice, now)
            : routing.decide(head, time.random(), Optional.empty(), dice, now);
    if (routed instanceof Routed.Answered answered) {
      return respond(answered);
    }
    if (routed instanceof Routed.Through through) {
      return new Decision.PassThrough(through.info());
    }
    Routed.Upstream upstream = (Routed.Upstream) routed;
    MeshCall call = begin(routing, upstream, replayable, now);
    return call.mirroredBy(mirrors(routing, upstream, now));
  }

  private Decision.Respond respond(Routed.Answered answered) {
    InjectedFault fault = answered.fault();
    if (fault.isDelayed()) {
      time.schedule(fault.delay(), fault.end());
    } else {
      fault.end().run();
    }
    return new Decision.Respond(answered.reply(), fault.delay());
  }

  private List<MeshCall> mirrors(Routing routing, Routed.Upstream upstream, long now) {
    List<Routed.Upstream> copies = routing.mirrors(upstream);
    if (copies.isEmpty()) {
      return List.of();
    }
    Routing untold = routing.untold();
    List<MeshCall> mirrors = new ArrayList<>(copies.size());
    try {
      for (Routed.Upstream copy : copies) {
        mirrors.add(begin(untold, copy, false, now));
      }
    } catch (MeshClosedException closing) {
      return mirrors; // the call itself has begun and goes on; its copies do not matter
    }
    return mirrors;
  }

  /**
   * Runs what no caller waits for, on a thread of the mesh. Returns whether it will: beyond {@link
   * #MAX_IN_BACKGROUND} at a time nothing is taken.
   */
  public boolean inBackground(Runnable task) {
    if (closed || !backgroundPlaces.tryAcquire()) {
      return false;
    }
    background.execute(
        () -> {
          try {
            task.run();
          } finally {
            backgroundPlaces.release();
          }
        });
    return true;
  }

  /**
   * Runs a try of a call that {@link MeshCall#mayHedge}, on a thread of the mesh. Nothing runs once
   * the mesh {@link #isClosed}.
   */
  public void beside(Runnable task) {
    background.execute(task);
  }

  /** Whether the mesh is closed, and calls that were in flight have been given up. */
  public boolean isClosed() {
    return over;
  }

  private MeshCall begin(Routing routing, Routed.Upstream routed, boolean replayable, long now)
      throws MeshClosedException {
    active.increment();
    if (closed) { // close() looks at the calls in flight after it has closed the door
      active.decrement();
      throw new MeshClosedException();
    }
    CallRecord record = CallRecord.begin(time, telemetry.tracing(), routed, routing.context(), now);
    return new MeshCall(this, routing, routed, replayable, record);
  }

  /** The call that a redirect of an upstream leads to; empty where it is not followed. */
  Optional<Verdict> follow(
      Routing routing,
      Routed.Upstream redirected,
      InternalRedirectPolicy policy,
      boolean replayable,
      int status,
      ResponseHeaders header) {
    long now = time.nanoTime();
    Optional<Routed> routed =
        routing.follow(redirected, policy, replayable, status, header, dice, now);
    if (routed.isEmpty()) {
      return Optional.empty();
    }
    if (routed.get() instanceof Routed.Upstream next) {
      try {
        return Optional.of(
            new Verdict.Follow(begin(routing, next, replayable, now), next.fault().delay()));
      } catch (MeshClosedException closing) {
        return Optional.empty(); // the caller gets the redirect itself
      }
    }
    Decision.Respond respond = respond((Routed.Answered) routed.get());
    return Optional.of(new Verdict.GiveUp(respond.reply(), respond.delay()));
  }

  MeshTime time() {
    return time;
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
    background.close();
    over = true;
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
