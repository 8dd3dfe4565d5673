package dev.proxyless.mesh.call;

import dev.proxyless.mesh.cluster.Endpoint;
import dev.proxyless.mesh.model.Cluster.Connections;
import dev.proxyless.mesh.model.Cluster.Protocol;
import dev.proxyless.mesh.route.HeaderEdit;
import dev.proxyless.mesh.telemetry.MeshMeters.AttemptReason;
import dev.proxyless.mesh.telemetry.MeshTracing.AttemptSpan;
import dev.proxyless.mesh.tls.ClientTls;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One try of a call: where it goes, what is sent and how long it may take. Belongs to the thread
 * that makes the call.
 */
public final class Attempt implements Step.Try {

  private static final int COUNTED = 1;
  private static final int CLOSED = 2;

  private static final AtomicIntegerFieldUpdater<Attempt> TOLD =
      AtomicIntegerFieldUpdater.newUpdater(Attempt.class, "told");

  private final int number;
  private final Endpoint endpoint;
  private final Routed.Upstream routed;
  private final String authority;
  private final List<HeaderEdit> edits;
  private final AttemptTimes times;
  private final AttemptSpan span;
  private final long startNanos;
  private boolean slow;

  /** What has been told already, since two threads may tell of the end. */
  private volatile int told;

  Attempt(
      int number,
      Endpoint endpoint,
      Routed.Upstream routed,
      String authority,
      List<HeaderEdit> edits,
      AttemptTimes times,
      AttemptSpan span,
      long startNanos) {
    this.number = number;
    this.endpoint = endpoint;
    this.routed = routed;
    this.authority = authority;
    this.edits = edits;
    this.times = times.orStream(routed.target().upstream().config().maxStreamDuration());
    this.span = span;
    this.startNanos = startNanos;
  }

  @Override
  public Attempt attempt() {
    return this;
  }

  /** 1 for the first try. */
  public int number() {
    return number;
  }

  /** Where to send it. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** How the endpoint is spoken to; null for plaintext. */
  public @Nullable ClientTls tls() {
    return routed.target().tls();
  }

  /** What the endpoint speaks. */
  public Protocol protocol() {
    return routed.target().upstream().config().protocol();
  }

  /** The method to send: the caller's, or GET after a redirect that asks for it. */
  public String method() {
    return routed.head().method();
  }

  /** Whether the caller's body is sent. */
  public boolean sendsBody() {
    return routed.sendsBody();
  }

  /** The authority to send. */
  public String authority() {
    return authority;
  }

  /** The path with its query to send. */
  public String path() {
    return routed.path();
  }

  /** Changes to the caller's headers, in order. */
  public List<HeaderEdit> headerEdits() {
    return edits;
  }

  /** The bound on connecting, TLS included. */
  public Duration connectTimeout() {
    return connections().connectTimeout();
  }

  /** How long its connection may be kept while no request uses it; zero is no bound. */
  public Duration connectionIdleTimeout() {
    return connections().idleTimeout();
  }

  /** The age at which its connection takes no more requests; zero is no bound. */
  public Duration maxConnectionAge() {
    return connections().maxDuration();
  }

  /**
   * How many requests its connection takes; zero is no bound. Where several are open at once, it
   * may take some more.
   */
  public long maxConnectionRequests() {
    return connections().maxRequests();
  }

  private Connections connections() {
    return routed.target().upstream().config().connections();
  }

  /**
   * The bound on the response's head, from when the try has its connection and has sent its
   * request; zero is none.
   */
  public Duration perTryTimeout() {
    return times.perTry();
  }

  /**
   * After this long, counted as {@link #perTryTimeout} is, {@link MeshCall#tookLong} is to be told
   * while the try goes on; zero is never.
   */
  public Duration hedgeAfter() {
    return times.hedgeAfter();
  }

  /** The bound on time without a sign of life, to the end of the body; zero is none. */
  public Duration idleTimeout() {
    return times.idle();
  }

  /** How a try ends that {@link #idleTimeout} cuts. */
  public Failure idleFailure() {
    return times.idleFailure();
  }

  /** The bound on this try and its response's body; zero is none. */
  public Duration timeLeft() {
    return Duration.ofNanos(timeLeftNanos());
  }

  /** {@link #timeLeft} in nanoseconds. */
  public long timeLeftNanos() {
    long left = leftNanos();
    return times.isBoundByStream(left) ? times.stream().toNanos() : left;
  }

  /** Of the call, when this try began; 0 is no bound. */
  private long leftNanos() {
    return routed.bounds().isUnbounded() ? 0 : routed.leftNanos(startNanos);
  }

  /** How a try ends that {@link #timeLeft} cuts, its body included. */
  public Failure timeLeftFailure() {
    return times.isBoundByStream(leftNanos()) ? Failure.STREAM_DURATION : Failure.CALL_TIMEOUT;
  }

  AttemptReason reason() {
    return number == 1 ? AttemptReason.FIRST : AttemptReason.RETRY;
  }

  /** Gives back its place among the cluster's requests. */
  void releaseRequest() {
    routed.target().upstream().releaseRequest(routed.priority());
  }

  /** When it began, on the mesh's clock. */
  long startNanos() {
    return startNanos;
  }

  /** It took long, and the next was made beside it. */
  void becomeSlow() {
    slow = true;
  }

  boolean isSlow() {
    return slow;
  }

  AttemptSpan span() {
    return span;
  }

  /** Whether this is the first time that the try is counted. */
  boolean count() {
    return isFirst(COUNTED);
  }

  /** Whether this is the first time that the end of the try is told. */
  boolean close() {
    return isFirst(CLOSED);
  }

  /** Whether it has ended. */
  boolean isClosed() {
    return (told & CLOSED) != 0;
  }

  private boolean isFirst(int what) {
    return (TOLD.getAndAccumulate(this, what, (before, bit) -> before | bit) & what) == 0;
  }

  @Override
  public String toString() {
    return "try " + number + " at " + endpoint;
  }
}
