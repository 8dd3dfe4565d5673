package dev.proxyless.mesh.route;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Headers that are about one connection, and a {@code referer} that is none. */
final class HopByHop {

  private static final int MAX_PORT = 65_535;

  private HopByHop() {}

  /** The protocol that a request asks to go on with, in lower case, or null: RFC 9110, 7.8. */
  static @Nullable String upgrade(RequestHead head) {
    String connection = head.header("connection");
    if (connection == null || !hasToken(connection, "upgrade")) {
      return null;
    }
    String upgrade = head.header("upgrade");
    return upgrade == null ? null : Ascii.lower(upgrade);
  }

  /** What becomes of a header; {@code connection} and {@code upgrade} stay for an upgrade alone. */
  static void edit(RequestHead head, String name, int index, List<HeaderEdit> edits) {
    if (name.equalsIgnoreCase("connection")) {
      removeNamed(head, head.headerValue(index), edits);
      if (upgrade(head) == null) {
        edits.add(HeaderEdit.remove(name));
      }
    } else if (name.equalsIgnoreCase("upgrade")) {
      if (upgrade(head) == null) {
        edits.add(HeaderEdit.remove(name));
      }
    } else if (name.equalsIgnoreCase("te")) {
      te(name, head.headerValue(index), edits);
    } else if (name.equalsIgnoreCase("referer") && !isReferer(head.headerValue(index))) {
      edits.add(HeaderEdit.remove(name));
    }
  }

  private static void te(String name, String value, List<HeaderEdit> edits) {
    if (!hasToken(value, "trailers")) {
      edits.add(HeaderEdit.remove(name));
    } else if (!value.equals("trailers")) {
      edits.add(HeaderEdit.set(name, "trailers"));
    }
  }

  /** Headers that {@code connection} names go with it; those that tell of the caller stay. */
  private static void removeNamed(RequestHead head, String value, List<HeaderEdit> edits) {
    for (String token : value.split(",", -1)) {
      String name = Ascii.lower(token.strip());
      boolean stays =
          name.isEmpty()
              || name.equals("te")
              || name.equals("upgrade")
              || name.startsWith("x-forwarded-")
              || head.header(name) == null;
      if (!stays && !name.equals("connection")) {
        edits.add(HeaderEdit.remove(name));
      }
    }
  }

  private static boolean hasToken(String list, String token) {
    for (String each : list.split(",", -1)) {
      if (each.strip().equalsIgnoreCase(token)) {
        return true;
      }
    }
    return false;
  }

  /** A relative reference, or a URL with a host; without fragment and user. */
  private static boolean isReferer(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean badEscape =
          c == '%'
              && (i + 2 >= value.length()
                  || Character.digit(value.charAt(i + 1), 16) < 0
                  || Character.digit(value.charAt(i + 2), 16) < 0);
      if (c <= ' ' || badEscape || "#\\\"<>^`{|}".indexOf(c) >= 0) {
        return false;
      }
    }
    int colon = value.indexOf(':');
    int slash = value.indexOf('/');
    if (colon < 0 || (slash >= 0 && slash < colon)) {
      return true;
    }
    if (colon == 0 || !value.startsWith("://", colon)) {
      return false;
    }
    int end = colon + 3;
    while (end < value.length() && "/?".indexOf(value.charAt(end)) < 0) {
      end++;
    }
    String authority = value.substring(colon + 3, end);
    return !authority.isEmpty() && authority.indexOf('@') < 0 && isPort(authority);
  }

  private static boolean isPort(String authority) {
    int colon = Hosts.portStart(authority);
    if (colon < 0) {
      return true;
    }
    String port = authority.substring(colon + 1);
    try {
      return Integer.parseInt(port) <= MAX_PORT;
    } catch (NumberFormatException noNumber) {
      return port.isEmpty();
    }
  }
}
