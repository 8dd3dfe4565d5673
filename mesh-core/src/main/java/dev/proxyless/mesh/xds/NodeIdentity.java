package dev.proxyless.mesh.xds;

import java.util.Map;

/**
 * Who asks a control plane ({@code envoy.config.core.v3.Node}).
 *
 * @param id such as {@code mesh/apps/virtualNode/serviceA}
 * @param cluster the service that the process belongs to; may be empty
 * @param metadata plain values for the control plane
 */
public record NodeIdentity(String id, String cluster, Map<String, Object> metadata) {

  /** What this library calls itself in {@code user_agent_name}. */
  public static final String USER_AGENT = "proxyless-mesh";
}
