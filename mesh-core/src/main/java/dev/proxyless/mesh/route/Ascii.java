package dev.proxyless.mesh.route;

/** Comparisons that know ASCII's cases and no others. */
final class Ascii {

  private Ascii() {}

  /** Whether {@code part} stands in {@code text} at an offset; false where it does not fit. */
  static boolean region(String text, int offset, String part, boolean ignoreCase) {
    if (!ignoreCase) {
      return text.startsWith(part, offset);
    }
    if (offset < 0 || text.length() - offset < part.length()) {
      return false;
    }
    for (int i = 0; i < part.length(); i++) {
      if (lower(text.charAt(offset + i)) != lower(part.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** The text with A to Z in lower case; the same object where there is none. */
  static String lower(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        char[] chars = text.toCharArray();
        for (int j = i; j < chars.length; j++) {
          chars[j] = lower(chars[j]);
        }
        return new String(chars);
      }
    }
    return text;
  }

  /** The text without the white space of C's {@code isspace} around it. */
  static String strip(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && isSpace(text.charAt(start))) {
      start++;
    }
    while (end > start && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  /** A to Z in lower case; other characters as they are. */
  static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
  }
}
