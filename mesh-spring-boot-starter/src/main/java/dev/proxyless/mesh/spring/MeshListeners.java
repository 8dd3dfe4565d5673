package dev.proxyless.mesh.spring;

import dev.proxyless.mesh.telemetry.MeshListener;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells several listeners; one that throws does not keep it from the others. */
final class MeshListeners implements MeshListener {

  private static final Logger log = LoggerFactory.getLogger(MeshListeners.class);

  private final List<MeshListener> listeners;

  MeshListeners(List<MeshListener> listeners) {
    this.listeners = List.copyOf(listeners);
  }

  private void tell(Consumer<MeshListener> what) {
    for (MeshListener listener : listeners) {
      try {
        what.accept(listener);
      } catch (RuntimeException failure) {
        log.warn("{} threw", listener, failure);
      }
    }
  }

  @Override
  public void controlPlane(String server, boolean connected) {
    tell(each -> each.controlPlane(server, connected));
  }

  @Override
  public void configurationApplied(long generation) {
    tell(each -> each.configurationApplied(generation));
  }

  @Override
  public void configurationRejected(String type, String name, String reason) {
    tell(each -> each.configurationRejected(type, name, reason));
  }

  @Override
  public void endpointEjected(String cluster, String endpoint, String reason) {
    tell(each -> each.endpointEjected(cluster, endpoint, reason));
  }

  @Override
  public void endpointReturned(String cluster, String endpoint) {
    tell(each -> each.endpointReturned(cluster, endpoint));
  }

  @Override
  public void certificateLoaded(String source, String serialNumber, Instant notAfter) {
    tell(each -> each.certificateLoaded(source, serialNumber, notAfter));
  }

  @Override
  public void certificateRejected(String source, String reason) {
    tell(each -> each.certificateRejected(source, reason));
  }
}
