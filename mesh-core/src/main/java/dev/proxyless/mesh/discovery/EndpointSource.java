package dev.proxyless.mesh.discovery;

/** Looks for endpoints until it is closed. */
public interface EndpointSource extends AutoCloseable {
  @Override
  void close();
}
