package dev.proxyless.mesh.controlplane;

/** Takes events as they happen, on the control thread. */
interface EventSink {
  void tell(Event event);
}
