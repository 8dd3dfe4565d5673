package dev.proxyless.mesh.discovery;

import dev.proxyless.mesh.model.EndpointAssignment;

/**
 * Takes endpoints as they are found. Called on threads of discovery, only when they have changed.
 */
public interface EndpointSink {
  void endpoints(EndpointAssignment assignment);
}
