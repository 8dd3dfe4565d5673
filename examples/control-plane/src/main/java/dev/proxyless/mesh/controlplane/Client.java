package dev.proxyless.mesh.controlplane;

import dev.proxyless.mesh.xds.NodeIdentity;

/** What kind of client asks, and so which view of the mesh it gets. */
enum Client {
  /** This library, which takes App Mesh's own listeners. */
  LIBRARY("the library"),
  /** Envoy, and whatever else speaks xDS: loopback listeners. */
  ENVOY("Envoy");

  private final String words;

  Client(String words) {
    this.words = words;
  }

  static Client of(String userAgent) {
    return userAgent.equals(NodeIdentity.USER_AGENT) ? LIBRARY : ENVOY;
  }

  @Override
  public String toString() {
    return words;
  }
}
