package dev.proxyless.mesh.appmesh;

/**
 * Something about the documents that their owner should know.
 *
 * @param severity whether a resource was refused for it
 * @param where file and line
 * @param message the field's path, what is wrong and what would be right
 */
public record Problem(Severity severity, String where, String message) {

  /** How bad it is. */
  public enum Severity {
    /** The resource is refused; an earlier version of it stays in force. */
    ERROR,
    /** The resource is used; the field named does not act. */
    NOTE
  }

  static Problem error(String where, String message) {
    return new Problem(Severity.ERROR, where, message);
  }

  static Problem note(String where, String message) {
    return new Problem(Severity.NOTE, where, message);
  }

  public boolean isError() {
    return severity == Severity.ERROR;
  }

  @Override
  public String toString() {
    return where + ": " + (isError() ? "error: " : "note: ") + message;
  }
}
