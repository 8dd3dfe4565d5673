package dev.proxyless.mesh.appmesh;

import dev.proxyless.mesh.document.DocumentException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

  private static final Pattern LINE_AND_REASON = Pattern.compile("(:\\d+)?: (.*)", Pattern.DOTALL);

  static Problem error(String where, String message) {
    return new Problem(Severity.ERROR, where, message);
  }

  /** A document that cannot be used; the exception's message begins with the file and line. */
  static Problem error(Path file, DocumentException unusable) {
    String message = String.valueOf(unusable.getMessage());
    if (message.startsWith(file.toString())) {
      Matcher rest = LINE_AND_REASON.matcher(message.substring(file.toString().length()));
      if (rest.matches()) {
        String line = rest.group(1) == null ? "" : rest.group(1);
        return error(file + line, rest.group(2));
      }
    }
    return error(file.toString(), message);
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
