package dev.proxyless.mesh.spring;

import org.jspecify.annotations.Nullable;

/** The application cannot start with a mesh as it is configured. */
final class MeshConfigurationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String action;

  /**
   * Tells what is wrong and what to do.
   *
   * @param description what is wrong
   * @param action what would be right
   * @param cause what was thrown, if anything was
   */
  MeshConfigurationException(String description, String action, @Nullable Throwable cause) {
    super(description, cause);
    this.action = action;
  }

  String action() {
    return action;
  }
}
