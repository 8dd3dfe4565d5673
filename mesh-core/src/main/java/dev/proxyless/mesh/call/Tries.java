package dev.proxyless.mesh.call;

import dev.proxyless.mesh.cluster.Endpoint;
import dev.proxyless.mesh.cluster.Upstream;
import dev.proxyless.mesh.telemetry.MeshMeters.AttemptResult;
import dev.proxyless.mesh.telemetry.MeshTracing.AttemptSpan;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The tries of one call: the latest, and, where tries are made beside each other, those before it.
 * One thread begins tries; any may look at them and end them.
 */
final class Tries {

  private final Routed.Upstream routed;
  private final CallRecord record;
  private volatile @Nullable Attempt latest;
  private volatile @Nullable Queue<Attempt> before;
  private int made;
  private int begun;

  Tries(Routed.Upstream routed, CallRecord record) {
    this.routed = routed;
    this.record = record;
  }

  /** Where they are told of. */
  CallRecord record() {
    return record;
  }

  /** How many there were. */
  int made() {
    return made;
  }

  /** How many were begun, those that found no endpoint included: Envoy's attempt count. */
  int begun() {
    return begun;
  }

  /** One more is begun, whether or not it will find an endpoint. */
  void count() {
    begun++;
  }

  /**
   * A try that was counted goes to an endpoint.
   *
   * @param times that bound it
   * @param afterTimeout whether the try before took too long
   */
  Attempt begin(Endpoint endpoint, AttemptTimes times, long now, boolean afterTimeout) {
    made++;
    endpoint.begin();
    Upstream upstream = routed.target().upstream();
    AttemptSpan span =
        record.attemptSpan(made, routed.head().method(), upstream.name(), endpoint.name());
    UpstreamHead.Sent sent =
        new UpstreamHead(routed).sent(begun, endpoint.hostname(), span, now, afterTimeout);
    Attempt next = new Attempt(made, endpoint, routed, sent, times, span, now);
    Attempt last = latest;
    if (last != null && !last.isClosed()) {
      besides().add(last);
    }
    latest = next;
    return next;
  }

  private Queue<Attempt> besides() {
    Queue<Attempt> beside = before;
    if (beside == null) {
      beside = new ConcurrentLinkedQueue<>();
      before = beside;
    }
    return beside;
  }

  /** The response of a try has come, or it has ended: counts it, once. */
  void count(Attempt answered, AttemptResult result, int status) {
    record.count(answered, result, status);
  }

  /** Gives back what a try holds, once; a try whose response was accepted is counted already. */
  void end(Attempt ended, AttemptResult result, int status, String error) {
    if (ended.close()) {
      count(ended, result, status);
      ended.span().end(status, error);
      ended.endpoint().end();
      routed.target().upstream().releaseRequest(routed.priority());
    }
  }

  /** Ends all that have not ended. */
  void endAll(AttemptResult result, int status, String error) {
    forEachBeside(null, each -> end(each, result, status, error));
  }

  /** The caller gets the response of this try: those beside it are given up. */
  void settleOn(Attempt winner) {
    Attempt last = latest;
    Queue<Attempt> beside = before;
    if (last != winner && last != null && beside != null) {
      beside.add(last);
      latest = winner;
    }
    if (beside != null) {
      forEachBeside(winner, this::supersede);
    }
  }

  private void supersede(Attempt loser) {
    record.attempt(loser, 0, "", "given up, since another try was answered first");
    end(loser, AttemptResult.CANCELLED, 0, "");
  }

  /** The latest, or the one whose response was accepted; null before the first. */
  @Nullable Attempt latest() {
    return latest;
  }

  /** Whether another try than this one has not ended. */
  boolean anyBeside(Attempt attempt) {
    Attempt last = latest;
    if (last != null && last != attempt && !last.isClosed()) {
      return true;
    }
    Queue<Attempt> beside = before;
    return beside != null && beside.stream().anyMatch(each -> each != attempt && !each.isClosed());
  }

  /** All that have not ended, but for one. */
  private void forEachBeside(@Nullable Attempt except, Consumer<Attempt> action) {
    Attempt last = latest;
    if (last != null && last != except && !last.isClosed()) {
      action.accept(last);
    }
    Queue<Attempt> beside = before;
    if (beside != null) {
      for (Attempt each : beside) {
        if (each != except && !each.isClosed()) {
          action.accept(each);
        }
      }
    }
  }
}
