package dev.proxyless.mesh.telemetry;

import java.util.List;
import java.util.Locale;

/**
 * Takes credentials out of paths before they are logged: the values of query and path parameters
 * whose names look like a credential's, such as {@code access_token}, {@code X-Amz-Signature} or
 * {@code jsessionid}. A name that is itself percent-encoded counts as one.
 */
final class Redaction {

  private static final String REDACTED = "REDACTED";

  /** Parts of names, without {@code -} and {@code _}. */
  private static final List<String> PARTS =
      List.of(
          "token",
          "secret",
          "passw",
          "signature",
          "credential",
          "apikey",
          "accesskey",
          "authorization",
          "session",
          "jwt");

  /** Whole names. */
  private static final List<String> NAMES =
      List.of("auth", "code", "key", "otp", "pin", "pwd", "sid", "sig");

  private Redaction() {}

  /** The path with its query, without credentials; the same object where it has no parameters. */
  static String path(String path) {
    if (path.indexOf('=') < 0) {
      return path;
    }
    StringBuilder out = new StringBuilder(path.length());
    boolean query = false;
    int at = 0;
    while (at < path.length()) {
      int end = end(path, at, query);
      appendParameter(out, path.substring(at, end));
      if (end < path.length()) {
        query |= path.charAt(end) == '?';
        out.append(path.charAt(end));
      }
      at = end + 1;
    }
    return out.toString();
  }

  /** Where a part ends: in the path at a slash or semicolon, in the query at an ampersand alone. */
  private static int end(String path, int from, boolean query) {
    for (int i = from; i < path.length(); i++) {
      char c = path.charAt(i);
      if (query ? c == '&' : c == '/' || c == ';' || c == '?') {
        return i;
      }
    }
    return path.length();
  }

  private static void appendParameter(StringBuilder out, String part) {
    int equals = part.indexOf('=');
    if (equals >= 0 && isCredential(part.substring(0, equals))) {
      out.append(part, 0, equals + 1).append(REDACTED);
    } else {
      out.append(part);
    }
  }

  private static boolean isCredential(String name) {
    String plain = name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    return plain.indexOf('%') >= 0
        || NAMES.contains(plain)
        || PARTS.stream().anyMatch(plain::contains);
  }
}
