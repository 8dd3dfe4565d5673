package dev.proxyless.mesh.telemetry;

import java.time.Instant;

/**
 * Told of what happens to a mesh, outside of single calls. Methods run on threads of the mesh, one
 * at a time, and must not block; what they throw is logged.
 */
public interface MeshListener {

  /** Does nothing. */
  MeshListener NONE = new MeshListener() {};

  /** The stream to the control plane is open, or has ended. */
  default void controlPlane(String server, boolean connected) {}

  /** A new snapshot is in force. */
  default void configurationApplied(long generation) {}

  /** A resource was refused; what was in force for it stays in force. */
  default void configurationRejected(String type, String name, String reason) {}

  /** An endpoint was set aside. */
  default void endpointEjected(String cluster, String endpoint, String reason) {}

  /** An endpoint that was set aside takes traffic again. */
  default void endpointReturned(String cluster, String endpoint) {}

  /** A certificate was read, at first or because its files changed. */
  default void certificateLoaded(String source, String serialNumber, Instant notAfter) {}

  /** A certificate's files changed and could not be used; the one before stays in use. */
  default void certificateRejected(String source, String reason) {}
}
