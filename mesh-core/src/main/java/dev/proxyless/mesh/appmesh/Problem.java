package dev.proxyless.mesh.appmesh;

import dev.proxyless.mesh.document.DocumentException;
import java.nio.file.Path;

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

  /** What made a file unusable; the exception's message begins with the file, and often a line. */
  static Problem of(Path file, DocumentException unusable) {
    String text = String.valueOf(unusable.getMessage());
    int colon =
        text.startsWith(file.toString()) ? text.indexOf(": ", file.toString().length()) : -1;
    return colon < 0
        ? error(file.toString(), text)
        : error(text.substring(0, colon), text.substring(colon + 2));
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
