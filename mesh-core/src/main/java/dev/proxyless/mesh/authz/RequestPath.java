package dev.proxyless.mesh.authz;

import java.util.Locale;

/**
 * Tells paths that a policy can be bypassed with: those that two readers may take for different
 * ones. What a container makes of a path before it routes differs between containers and from what
 * the application's framework makes of it then; a rule on paths holds only where all agree.
 */
public final class RequestPath {

  private static final String[] ESCAPES = {"%2f", "%5c", "%00"};

  private RequestPath() {}

  /**
   * Whether a path can be read in more than one way: an escaped slash, backslash or NUL, path
   * parameters, empty or dot segments.
   *
   * @param raw the path as sent, without query
   * @param decoded what the container made of it
   */
  public static boolean isAmbiguous(String raw, String decoded) {
    String lower = raw.toLowerCase(Locale.ROOT);
    for (String escape : ESCAPES) {
      if (lower.contains(escape)) {
        return true;
      }
    }
    return lower.indexOf(';') >= 0
        || lower.indexOf('\\') >= 0
        || hasOddSegment(lower.replace("%2e", "."))
        || hasOddSegment(decoded);
  }

  private static boolean hasOddSegment(String path) {
    return path.contains("//")
        || path.contains("/./")
        || path.contains("/../")
        || path.endsWith("/.")
        || path.endsWith("/..");
  }
}
