package dev.proxyless.mesh.telemetry;

import dev.proxyless.mesh.Internal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that is told of what a mesh does.
 *
 * @param meters counts
 * @param tracing spans
 * @param listener the application's own ear; it is called through {@link #tell} alone
 */
@Internal
public record Telemetry(MeshMeters meters, MeshTracing tracing, MeshListener listener) {

  /** Tells nobody. */
  public static final Telemetry NONE =
      new Telemetry(MeshMeters.NONE, MeshTracing.NONE, MeshListener.NONE);

  private static final Logger log = LoggerFactory.getLogger(Telemetry.class);

  /** An event for a listener. */
  public interface Event {
    void tell(MeshListener listener);
  }

  /** Tells the application's listener; what it throws is logged and goes no further. */
  public void tell(Event event) {
    try {
      event.tell(listener);
    } catch (RuntimeException failure) {
      log.warn("the mesh's listener {} failed", listener.getClass().getName(), failure);
    }
  }
}
