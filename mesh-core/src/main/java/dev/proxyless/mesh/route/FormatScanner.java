package dev.proxyless.mesh.route;

import java.util.OptionalInt;

/** Cuts a text with command operators into literals and commands. Used by one thread. */
final class FormatScanner {

  private final String text;
  private final String path;
  private int at;
  private String literal = "";
  private String name = "";
  private String arguments = "";
  private OptionalInt length = OptionalInt.empty();
  private boolean atCommand;

  FormatScanner(String text, String path) {
    this.text = text;
    this.path = path;
  }

  /** Goes on to the next literal with the command after it, if any; false at the end. */
  boolean next() {
    if (at >= text.length()) {
      return false;
    }
    StringBuilder plain = new StringBuilder();
    atCommand = false;
    while (at < text.length() && !atCommand) {
      char c = text.charAt(at);
      if (c != '%') {
        plain.append(c);
        at++;
      } else if (text.startsWith("%%", at)) {
        plain.append('%');
        at += 2;
      } else {
        command();
        atCommand = true;
      }
    }
    literal = plain.toString();
    return true;
  }

  private void command() {
    int end = at + 1;
    while (end < text.length() && isNameChar(text.charAt(end))) {
      end++;
    }
    name = text.substring(at + 1, end);
    arguments = "";
    if (!name.isEmpty() && end < text.length() && text.charAt(end) == '(') {
      int close = text.indexOf(')', end);
      while (close >= 0 && !ends(close + 1)) {
        close = text.indexOf(')', close + 1);
      }
      if (close < 0) {
        throw broken();
      }
      arguments = text.substring(end + 1, close);
      end = close + 1;
    }
    if (name.isEmpty() || !ends(end) || arguments.indexOf('\n') >= 0) {
      throw broken();
    }
    int close = text.indexOf('%', end);
    length = close == end ? OptionalInt.empty() : OptionalInt.of(number(end + 1, close));
    at = close + 1;
  }

  /** Whether an optional length and the closing percent sign stand here. */
  private boolean ends(int index) {
    int i = index;
    if (i < text.length() && text.charAt(i) == ':') {
      int digits = ++i;
      while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
        i++;
      }
      if (i == digits) {
        return false;
      }
    }
    return i < text.length() && text.charAt(i) == '%';
  }

  private int number(int start, int end) {
    String digits = text.substring(start, end);
    return digits.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(digits);
  }

  private static boolean isNameChar(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }

  private InvalidRouteException broken() {
    return new InvalidRouteException(
        path,
        "is \""
            + text
            + "\", in which no command operator such as %REQ(name)% begins at offset "
            + at
            + "; a percent sign itself is written %%");
  }

  String literal() {
    return literal;
  }

  /** Whether a command follows the literal. */
  boolean atCommand() {
    return atCommand;
  }

  String name() {
    return name;
  }

  /** What stands between the command's parentheses; empty where it has none. */
  String arguments() {
    return arguments;
  }

  OptionalInt length() {
    return length;
  }
}
