package dev.proxyless.mesh.discovery;

import java.util.List;
import java.util.Map;

/** Asks Cloud Map for the instances of a service. Blocks; may be used by several threads. */
interface InstanceQuery extends AutoCloseable {

  /**
   * The instances whose attributes equal the given ones. Throws a RuntimeException that says why
   * not.
   */
  List<Instance> discover(String namespace, String service, Map<String, String> attributes);

  @Override
  void close();
}
