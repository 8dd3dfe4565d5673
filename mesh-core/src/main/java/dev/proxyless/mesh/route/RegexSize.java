package dev.proxyless.mesh.route;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Estimates how many steps a regular expression compiles to, without compiling it: {@code
 * ((x{1000}){1000}){1000}} is 23 characters that RE2/J would unfold until memory ends.
 *
 * <p>The estimate is for size alone and may be too high by a small factor; what is no expression at
 * all is left to the compiler to refuse.
 */
final class RegexSize {

  private static final long CAP = Long.MAX_VALUE >> 16;
  private static final int MAX_COUNT = 10_000;

  private final String text;
  private final Deque<long[]> outer = new ArrayDeque<>();
  private int at;

  /** Steps of the group that is being read, without its last atom. */
  private long sum;

  /** Steps of the last atom, which a repetition multiplies. */
  private long last;

  private RegexSize(String text) {
    this.text = text;
  }

  static long of(String text) {
    return new RegexSize(text).estimate();
  }

  private long estimate() {
    while (at < text.length()) {
      char c = text.charAt(at++);
      switch (c) {
        case '\\' -> escape();
        case '[' -> characterClass();
        case '(' -> open();
        case ')' -> close();
        case '*', '+', '?' -> last = capped(last + 1);
        case '{' -> repetition();
        default -> atom(1);
      }
    }
    while (!outer.isEmpty()) {
      close();
    }
    return capped(sum + last);
  }

  private void atom(long steps) {
    sum = capped(sum + last);
    last = steps;
  }

  private void escape() {
    char c = at < text.length() ? text.charAt(at++) : ' ';
    if (c == 'Q') {
      int end = text.indexOf("\\E", at);
      int stop = end < 0 ? text.length() : end;
      atom(stop - at);
      at = end < 0 ? stop : end + 2;
      return;
    }
    if ((c == 'p' || c == 'P' || c == 'x') && at < text.length() && text.charAt(at) == '{') {
      at = after('}');
    }
    atom(1);
  }

  private void characterClass() {
    if (at < text.length() && text.charAt(at) == '^') {
      at++;
    }
    boolean first = true;
    while (at < text.length() && (first || text.charAt(at) != ']')) {
      first = false;
      if (text.startsWith("[:", at)) {
        int end = text.indexOf(":]", at);
        at = end < 0 ? text.length() : end + 2;
      } else {
        at += text.charAt(at) == '\\' ? 2 : 1;
      }
    }
    at++;
    atom(1);
  }

  private void open() {
    outer.push(new long[] {sum, last});
    sum = 0;
    last = 0;
    if (at < text.length() && text.charAt(at) == '?') {
      while (at < text.length() && ":>)".indexOf(text.charAt(at)) < 0) {
        at++;
      }
      if (at < text.length() && text.charAt(at) != ')') {
        at++;
      }
    }
  }

  private void close() {
    long group = capped(sum + last + 2);
    long[] before = outer.poll();
    sum = before == null ? 0 : before[0];
    last = before == null ? 0 : before[1];
    atom(group);
  }

  /** {@code {n}}, <code>{n,}</code> or <code>{n,m}</code>; any other brace is a character. */
  private void repetition() {
    int end = text.indexOf('}', at);
    String[] counts = end < 0 ? new String[0] : text.substring(at, end).split(",", -1);
    boolean counted = counts.length > 0 && counts.length <= 2 && isNumber(counts[0]);
    if (!counted || (counts.length == 2 && !counts[1].isEmpty() && !isNumber(counts[1]))) {
      atom(1);
      return;
    }
    at = end + 1;
    long count = number(counts[0]);
    if (counts.length == 2) {
      count = counts[1].isEmpty() ? count + 1 : Math.max(count, number(counts[1]));
    }
    last = capped(Math.max(1, count) * (last + 1));
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static long number(String digits) {
    return digits.length() > 4 ? MAX_COUNT : Long.parseLong(digits);
  }

  private int after(char c) {
    int found = text.indexOf(c, at);
    return found < 0 ? text.length() : found + 1;
  }

  private static long capped(long steps) {
    return Math.min(steps, CAP);
  }
}
