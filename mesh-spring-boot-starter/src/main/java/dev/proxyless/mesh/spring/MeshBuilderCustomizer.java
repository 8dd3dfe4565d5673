package dev.proxyless.mesh.spring;

import dev.proxyless.mesh.Mesh;

/**
 * A bean of this type has a say in the auto-configured {@link Mesh}. Customizers run in their
 * order, after the mesh was given its settings.
 */
@FunctionalInterface
public interface MeshBuilderCustomizer {

  /** Changes what the mesh is built of. */
  void customize(Mesh.Builder builder);
}
