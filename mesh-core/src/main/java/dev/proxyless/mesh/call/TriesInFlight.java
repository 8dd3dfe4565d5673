package dev.proxyless.mesh.call;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The tries of one call that have begun: the latest, and, where tries are made beside each other,
 * those before it. One thread begins tries; any may look at them.
 */
final class TriesInFlight {

  private volatile @Nullable Attempt latest;
  private volatile @Nullable Queue<Attempt> before;

  /** A try begins. */
  void begin(Attempt next) {
    Attempt last = latest;
    if (last != null && !last.isClosed()) {
      Queue<Attempt> beside = before;
      if (beside == null) {
        beside = new ConcurrentLinkedQueue<>();
        before = beside;
      }
      beside.add(last);
    }
    latest = next;
  }

  /** The try whose response the caller gets. */
  void settleOn(Attempt winner) {
    Attempt last = latest;
    Queue<Attempt> beside = before;
    if (last != winner && last != null && beside != null) {
      beside.add(last);
      latest = winner;
    }
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
  void forEachBeside(@Nullable Attempt except, Consumer<Attempt> action) {
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
