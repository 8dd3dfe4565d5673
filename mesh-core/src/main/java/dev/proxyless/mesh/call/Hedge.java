package dev.proxyless.mesh.call;

import dev.proxyless.mesh.cluster.BackupRequests;
import dev.proxyless.mesh.cluster.Endpoint;
import dev.proxyless.mesh.cluster.Upstream;
import dev.proxyless.mesh.route.RequestHead;
import dev.proxyless.mesh.time.MeshTime;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When another try of a call is made beside one that takes long: by the route's {@code
 * hedge_policy} after the per-try timeout, as a retry; or as a backup request after what most
 * requests to the cluster take, once, where the method is safe to send twice.
 */
final class Hedge {

  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");
  private static final int PICKS = 3;

  private final Duration after;
  private final boolean byPolicy;
  private final @Nullable BackupRequests backups;
  private boolean backedUp;

  private Hedge(Duration after, boolean byPolicy, @Nullable BackupRequests backups) {
    this.after = after;
    this.byPolicy = byPolicy;
    this.backups = backups;
  }

  private static final Hedge NEVER = new Hedge(Duration.ZERO, false, null);

  /**
   * The hedge of one call.
   *
   * @param retriable whether it has a retry policy that applies and can be sent again
   */
  static Hedge of(
      CallTimeouts timeouts,
      boolean retriable,
      boolean replayable,
      RequestHead head,
      Upstream upstream) {
    if (timeouts.hedged()) {
      return retriable ? new Hedge(timeouts.perTry(), true, null) : NEVER;
    }
    BackupRequests backups = upstream.backups();
    if (backups == null) {
      return NEVER;
    }
    boolean safe = replayable && SAFE.contains(head.method());
    return new Hedge(safe ? backups.delay() : Duration.ZERO, false, backups);
  }

  /** After how long another try is made; zero is never. */
  Duration after() {
    return after;
  }

  /** Whether it is no retry, and has a budget of its own. */
  boolean isBackup() {
    return !byPolicy;
  }

  /** Takes the call's one backup request from the budget; false where there is none. */
  boolean takeBackup() {
    if (backups == null || backedUp || !backups.tryTake()) {
      return false;
    }
    backedUp = true;
    return true;
  }

  /** An endpoint for a try of a call without retries: another than the last, if there is one. */
  static @Nullable Endpoint pick(Upstream upstream, @Nullable Attempt last) {
    return last == null
        ? upstream.pick()
        : upstream.pick(endpoint -> endpoint == last.endpoint(), PICKS, Set.of());
  }

  /** A try that began then was answered now. */
  void answered(MeshTime time, long startNanos) {
    if (backups != null) {
      backups.answered(time.nanoTime() - startNanos);
    }
  }
}
