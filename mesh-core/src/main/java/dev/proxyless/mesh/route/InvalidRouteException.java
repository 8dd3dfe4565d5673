package dev.proxyless.mesh.route;

/** A route configuration that cannot be compiled; the message begins with the path of the field. */
public final class InvalidRouteException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String path;
  private final String reason;

  InvalidRouteException(String path, String reason) {
    super(path + ": " + reason);
    this.path = path;
    this.reason = reason;
  }

  /** The field's path in the route configuration. */
  public String path() {
    return path;
  }

  /** What is wrong with it. */
  public String reason() {
    return reason;
  }
}
