package dev.proxyless.mesh.model;

import java.util.Map;

/**
 * {@code envoy.config.core.v3.Metadata}: by namespace, what {@code google.protobuf.Struct} can
 * hold: text, {@link Double}, {@link Boolean}, null, lists and maps of these.
 *
 * @param filterMetadata by namespace
 */
public record Metadata(Map<String, Map<String, Object>> filterMetadata) {

  /** Says nothing. */
  public static final Metadata EMPTY = new Metadata(Map.of());

  /** The namespace whose values choose among the endpoints of a cluster. */
  public static final String LB = "envoy.lb";
}
