package dev.proxyless.mesh.quickstart;

import dev.proxyless.mesh.telemetry.MeshListener;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Remembers when things happened to the caller's mesh. Times are on {@link System#nanoTime}'s
 * clock.
 */
final class Events implements MeshListener {

  private final AtomicLong generation = new AtomicLong();
  private volatile long ejectedAt;
  private volatile long returnedAt;
  private volatile String ejected = "";
  private volatile boolean connected;

  @Override
  public void configurationApplied(long newGeneration) {
    generation.set(newGeneration);
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

  long generation() {
    return generation.get();
  }

  String ejected() {
    return ejected;
  }

  boolean hasReturned() {
    return returnedAt != 0;
  }

  boolean isConnected() {
    return connected;
  }

  /** From a moment to the ejection. */
  Duration ejectedAfter(long startNanos) {
    return Duration.ofNanos(ejectedAt - startNanos);
  }

  /** From the ejection to the return. */
  Duration outFor() {
    return Duration.ofNanos(returnedAt - ejectedAt);
  }
}
