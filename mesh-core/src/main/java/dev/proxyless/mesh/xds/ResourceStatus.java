package dev.proxyless.mesh.xds;

import java.util.List;

/**
 * What is known of one resource, in the terms of CSDS ({@code ClientResourceStatus}).
 *
 * @param type its type
 * @param name its name
 * @param version the version that is in force; empty where none is
 * @param state how it stands
 * @param error why the newest version was refused; empty where it was not
 * @param unsupported the fields that it sets and that do not act
 */
public record ResourceStatus(
    ResourceType type,
    String name,
    String version,
    State state,
    String error,
    List<String> unsupported) {

  /** How a resource stands. */
  public enum State {
    /** Asked for, and nothing came yet. */
    REQUESTED,
    /** The newest version is in force. */
    ACKED,
    /** The newest version was refused; the one before, if any, is in force. */
    NACKED
  }
}
