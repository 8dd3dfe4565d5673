package dev.proxyless.mesh.route;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Paths as Envoy's connection manager normalises them. Source: {@code Http::PathUtil} and the
 * library that it canonicalises with, asked path by path: dot segments go, a backslash is a slash,
 * escapes of RFC 3986's unreserved characters are undone, other escapes stay as they are written.
 */
final class PathNormalizer {

  /** Characters that are escaped where they stand as they are. */
  private static final String ESCAPED = "\"<>^`{|}";

  private static final String HEX = "0123456789ABCDEF";

  /** Stands for a percent sign that began no escape; no path has it. */
  private static final char LONE_PERCENT = '\uFFFF';

  private PathNormalizer() {}

  /**
   * The path with all escaped slashes and backslashes undone; the same object if there are none.
   */
  static String unescapeSlashes(String path) {
    int end = RequestView.withoutQuery(path).length();
    StringBuilder out = null;
    int copied = 0;
    for (int i = path.indexOf('%'); i >= 0 && i + 2 < end; i = path.indexOf('%', i + 1)) {
      int value = escape(path, i);
      if (value == '/' || value == '\\') {
        out = out == null ? new StringBuilder(path.length()) : out;
        out.append(path, copied, i).append((char) value);
        copied = i + 3;
      }
    }
    return out == null ? path : out.append(path, copied, path.length()).toString();
  }

  /** The path in normal form, query untouched; the same object if it is; null if it has none. */
  static @Nullable String normalize(String path) {
    int end = RequestView.withoutQuery(path).length();
    if (isNormal(path, end)) {
      return path;
    }
    if (end == 0 || path.charAt(0) != '/') {
      return null;
    }
    List<String> segments = new ArrayList<>();
    int start = 1;
    for (int i = 1; i <= end; i++) {
      boolean last = i == end;
      if (!last && path.charAt(i) != '/' && path.charAt(i) != '\\') {
        continue;
      }
      String segment = segment(path.substring(start, i));
      if (segment == null) {
        return null;
      }
      start = i + 1;
      boolean up = segment.equals("..");
      if (!up && !segment.equals(".")) {
        segments.add(segment);
        continue;
      }
      if (up && !segments.isEmpty()) {
        segments.remove(segments.size() - 1);
      }
      if (last) {
        segments.add("");
      }
    }
    return withPercents("/" + String.join("/", segments)) + path.substring(end);
  }

  /** Whether there is nothing to do; true for nearly all paths. */
  private static boolean isNormal(String path, int end) {
    for (int i = 0; i < end; i++) {
      char c = path.charAt(i);
      boolean dot = c == '.' && i > 0 && isSlash(path.charAt(i - 1));
      if (c == '%' || c == '\\' || dot || ESCAPED.indexOf(c) >= 0) {
        return false;
      }
    }
    return end > 0 && path.charAt(0) == '/';
  }

  private static boolean isSlash(char c) {
    return c == '/' || c == '\\';
  }

  /** A segment with its escapes; null if it holds a zero. */
  private static @Nullable String segment(String raw) {
    if (raw.startsWith("..;") || raw.startsWith(".;")) {
      return raw.substring(0, raw.indexOf(';'));
    }
    StringBuilder out = new StringBuilder(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '%') {
        int value = escape(raw, i);
        if (value == 0) {
          return null;
        }
        if (value < 0) {
          out.append(LONE_PERCENT);
        } else if (isUnreserved(value)) {
          out.append((char) value);
          i += 2;
        } else {
          out.append(raw, i, i + 3);
          i += 2;
        }
      } else if (ESCAPED.indexOf(c) >= 0) {
        out.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** A lone percent sign is escaped where it would begin an escape now that others are undone. */
  private static String withPercents(String path) {
    if (path.indexOf(LONE_PERCENT) < 0) {
      return path;
    }
    StringBuilder out = new StringBuilder(path.length() + 2);
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      boolean lone = c == LONE_PERCENT;
      out.append(lone ? '%' : c);
      if (lone && i + 2 < path.length() && isHex(path.charAt(i + 1)) && isHex(path.charAt(i + 2))) {
        out.append("25");
      }
    }
    return out.toString();
  }

  /** The path without empty segments but a last one; the same object if it has none. */
  static String mergeSlashes(String path) {
    String withoutQuery = RequestView.withoutQuery(path);
    int end = withoutQuery.length();
    if (!withoutQuery.contains("//")) {
      return path;
    }
    StringBuilder out = new StringBuilder(path.length()).append('/');
    for (int i = 0; i < end; i++) {
      char c = path.charAt(i);
      if (c != '/') {
        boolean first = i > 0 && path.charAt(i - 1) == '/' && out.length() > 1;
        out.append(first ? "/" : "").append(c);
      }
    }
    return out.append(withoutQuery.endsWith("/") ? "/" : "")
        .append(path, end, path.length())
        .toString();
  }

  /** The value of the escape that begins here, or -1. */
  private static int escape(String text, int percent) {
    if (percent + 2 >= text.length()
        || !isHex(text.charAt(percent + 1))
        || !isHex(text.charAt(percent + 2))) {
      return -1;
    }
    return Character.digit(text.charAt(percent + 1), 16) * 16
        + Character.digit(text.charAt(percent + 2), 16);
  }

  private static boolean isHex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }

  private static boolean isUnreserved(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '.'
        || c == '_'
        || c == '~';
  }
}
