package dev.proxyless.mesh.route;

import com.google.re2j.Matcher;
import dev.proxyless.mesh.model.RegexRewrite;

/**
 * A {@link RegexRewrite}, compiled: every match is replaced, as {@code RE2::GlobalReplace} does it.
 *
 * <p>An empty match right behind another one does not count. A substitution that names a group
 * which the pattern does not have replaces nothing; one with a broken escape is cut there. Envoy
 * takes both when it loads a configuration, so they are taken here. Immutable.
 */
final class Substitution {

  private final Regex regex;
  private final String substitution;
  private final boolean possible;

  private Substitution(Regex regex, String substitution) {
    this.regex = regex;
    this.substitution = substitution;
    possible = maxGroup(substitution) <= regex.matcher("").groupCount();
  }

  /** Compiles; {@code path} is the field that holds the message. */
  static Substitution compile(RegexRewrite rewrite, String path) {
    return new Substitution(
        Regex.compile(rewrite.pattern(), path + ".pattern.regex"), rewrite.substitution());
  }

  private static int maxGroup(String substitution) {
    int max = 0;
    for (int i = 0; i + 1 < substitution.length(); i++) {
      if (substitution.charAt(i) == '\\') {
        int digit = substitution.charAt(++i) - '0';
        if (digit >= 0 && digit <= 9) {
          max = Math.max(max, digit);
        }
      }
    }
    return max;
  }

  /** The text with all matches replaced. */
  String replaceAll(String text) {
    if (!possible) {
      return text;
    }
    Matcher matcher = regex.matcher(text);
    StringBuilder replaced = null;
    int copied = 0;
    int from = 0;
    int lastEnd = -1;
    while (from <= text.length() && matcher.find(from)) {
      if (matcher.start() == matcher.end() && matcher.start() == lastEnd) {
        from = matcher.end() + 1;
        lastEnd = -1;
        continue;
      }
      if (replaced == null) {
        replaced = new StringBuilder(text.length() + substitution.length());
      }
      replaced.append(text, copied, matcher.start());
      append(matcher, replaced);
      copied = matcher.end();
      from = copied;
      lastEnd = copied;
    }
    return replaced == null ? text : replaced.append(text, copied, text.length()).toString();
  }

  private void append(Matcher matcher, StringBuilder replaced) {
    for (int i = 0; i < substitution.length(); i++) {
      char c = substitution.charAt(i);
      if (c != '\\') {
        replaced.append(c);
        continue;
      }
      char next = ++i < substitution.length() ? substitution.charAt(i) : ' ';
      if (next == '\\') {
        replaced.append('\\');
      } else if (next >= '0' && next <= '9') {
        String group = matcher.group(next - '0');
        replaced.append(group == null ? "" : group);
      } else {
        return;
      }
    }
  }
}
