package dev.proxyless.mesh.route;

/**
 * What every text begins with that a regular expression matches as a whole, as far as that can be
 * read off its text: {@code /api/v} of {@code /api/v[0-9]+/.*}. Where in doubt, less.
 */
final class RegexPrefix {

  private static final String META = "\\.+*?()|[]{}^$";

  private RegexPrefix() {}

  /** The literal prefix of an expression that RE2 takes. */
  static String of(String expression) {
    if (hasAlternatives(expression)) {
      return "";
    }
    StringBuilder prefix = new StringBuilder();
    int at = expression.startsWith("^") ? 1 : 0;
    while (at < expression.length()) {
      char c = expression.charAt(at);
      int next = at + 1;
      if (c == '\\' && next < expression.length() && isPunctuation(expression.charAt(next))) {
        c = expression.charAt(next);
        next++;
      } else if (META.indexOf(c) >= 0 || c > '~') {
        break;
      }
      char after = next < expression.length() ? expression.charAt(next) : ' ';
      boolean repeated = after == '+';
      if (after == '*' || after == '?' || after == '{' || isHidden(expression, next, repeated)) {
        break;
      }
      prefix.append(c);
      if (repeated) {
        break;
      }
      at = next;
    }
    return prefix.toString();
  }

  /**
   * Whether what follows may be nothing, so that a repetition behind it is of what stands before:
   * the {@code a} of {@code a(?i)*} and of {@code a\Q\E?} is optional.
   */
  private static boolean isHidden(String expression, int at, boolean repeated) {
    int next = repeated ? at + 1 : at;
    next += repeated && expression.startsWith("?", next) ? 1 : 0;
    return expression.startsWith("(?", next) || expression.startsWith("\\Q", next);
  }

  /** After a backslash these stand for themselves; letters and digits mean something else. */
  private static boolean isPunctuation(char c) {
    return c > ' ' && c <= '~' && !Character.isLetterOrDigit(c);
  }

  /** Whether there is a {@code |} outside of all groups. */
  private static boolean hasAlternatives(String expression) {
    int depth = 0;
    int at = 0;
    while (at < expression.length()) {
      char c = expression.charAt(at);
      if (c == '|' && depth == 0) {
        return true;
      }
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      at = after(expression, at);
    }
    return false;
  }

  /** Where the next token begins: escapes, quotations and classes are passed over whole. */
  private static int after(String expression, int at) {
    if (expression.startsWith("\\Q", at)) {
      int end = expression.indexOf("\\E", at);
      return end < 0 ? expression.length() : end + 2;
    }
    return switch (expression.charAt(at)) {
      case '\\' -> at + 2;
      case '[' -> afterClass(expression, at);
      default -> at + 1;
    };
  }

  /** A class may have a closing bracket first, and named classes within. */
  private static int afterClass(String expression, int open) {
    int at = open + 1;
    if (expression.startsWith("^", at)) {
      at++;
    }
    if (expression.startsWith("]", at)) {
      at++;
    }
    while (at < expression.length() && expression.charAt(at) != ']') {
      int named = expression.startsWith("[:", at) ? expression.indexOf(":]", at + 2) : -1;
      if (named >= 0) {
        at = named + 2;
      } else {
        at += expression.charAt(at) == '\\' ? 2 : 1;
      }
    }
    return at + 1;
  }
}
