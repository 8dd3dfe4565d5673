package dev.proxyless.mesh.quickstart;

import dev.proxyless.mesh.telemetry.MeshListener;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * Remembers when things happened to the caller's mesh. Times are on {@link System#nanoTime}'s
 * clock.
 */
final class Events implements MeshListener {

  /** A refusal of a moment is of a pair of files of which one was new. */
  private static final long STANDS_NANOS = TimeUnit.SECONDS.toNanos(2);

  private volatile long generation;
  private volatile boolean connected;
  private volatile String ejected = "";
  private volatile long ejectedAt;
  private volatile long returnedAt;
  private volatile String refusal = "";
  private volatile long refusedAt;

  @Override
  public void configurationApplied(long newGeneration) {
    generation = newGeneration;
  }

  @Override
  public void endpointEjected(String cluster, String endpoint, String reason) {
    ejectedAt = System.nanoTime();
    ejected = endpoint;
  }

  @Override
  public void endpointReturned(String cluster, String endpoint) {
    if (endpoint.equals(ejected)) {
      returnedAt = System.nanoTime();
    }
  }

  @Override
  public void controlPlane(String server, boolean isConnected) {
    connected = isConnected;
  }

  @Override
  public void certificateLoaded(String source, String serialNumber, Instant notAfter) {
    refusal = "";
  }

  @Override
  public void certificateRejected(String source, String reason) {
    refusedAt = System.nanoTime();
    refusal = reason;
  }

  /** Which configuration is in force. */
  long generation() {
    return generation;
  }

  boolean isConnected() {
    return connected;
  }

  /** The address of the endpoint that was ejected last; empty for none. */
  String ejected() {
    return ejected;
  }

  boolean hasReturned() {
    return returnedAt - ejectedAt > 0;
  }

  /** From a moment to the ejection. */
  Duration ejectedAfter(long startNanos) {
    return Duration.ofNanos(ejectedAt - startNanos);
  }

  /** From the ejection to the return. */
  Duration outFor() {
    return Duration.ofNanos(returnedAt - ejectedAt);
  }

  /** Why a new certificate cannot be used; empty where all can. */
  String certificateRefusal() {
    return !refusal.isEmpty() && System.nanoTime() - refusedAt > STANDS_NANOS ? refusal : "";
  }
}
