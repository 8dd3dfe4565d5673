package dev.proxyless.mesh.telemetry;

import dev.proxyless.mesh.Internal;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything that is told of what a mesh does. Safe for use by several threads. */
@Internal
public final class Telemetry {

  /** Tells nobody. */
  public static final Telemetry NONE =
      new Telemetry(MeshMeters.NONE, MeshTracing.NONE, MeshListener.NONE);

  private static final Logger log = LoggerFactory.getLogger(Telemetry.class);

  private final MeshMeters meters;
  private final MeshTracing tracing;
  private final MeshListener listener;
  private final ReentrantLock telling = new ReentrantLock();

  public Telemetry(MeshMeters meters, MeshTracing tracing, MeshListener listener) {
    this.meters = meters;
    this.tracing = tracing;
    this.listener = listener;
  }

  /** Counts. */
  public MeshMeters meters() {
    return meters;
  }

  /** Spans. */
  public MeshTracing tracing() {
    return tracing;
  }

  /** An event for a listener. */
  public interface Event {
    void tell(MeshListener listener);
  }

  /**
   * Tells the application's listener, one event at a time; what it throws is logged and goes no
   * further. Not for the request path.
   */
  @SuppressWarnings("CatchingUnchecked") // a listener in another language throws what it likes
  public void tell(Event event) {
    if (listener == MeshListener.NONE) {
      return;
    }
    telling.lock();
    try {
      event.tell(listener);
    } catch (Exception | LinkageError | AssertionError failure) {
      log.warn("the mesh's listener {} failed", listener.getClass().getName(), failure);
    } finally {
      telling.unlock();
    }
  }
}
