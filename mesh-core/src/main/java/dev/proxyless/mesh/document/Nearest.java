package dev.proxyless.mesh.document;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds the field or name that a mistyped one was probably meant to be: few letters apart, whatever
 * their case. Host names have rules of their own and are compared elsewhere.
 */
public final class Nearest {

  private static final int MAX_CHARS = 255;

  private Nearest() {}

  /** A part of a message, with the nearest of some names; empty where none is near. */
  public static String hint(String name, Collection<String> known) {
    return find(name, known).map(each -> "; the nearest is \"" + each + "\"").orElse("");
  }

  /** The nearest of some names; of two that are as near, the first. */
  static Optional<String> find(String name, Collection<String> known) {
    if (name.length() > MAX_CHARS) {
      return Optional.empty(); // what is so long was not mistyped
    }
    Optional<String> nearest = Optional.empty();
    int best = Math.max(2, name.length() / 3) + 1;
    String lower = name.toLowerCase(Locale.ROOT);
    for (String candidate : known) {
      if (Math.abs(candidate.length() - name.length()) < best) {
        int distance = distance(lower, candidate.toLowerCase(Locale.ROOT));
        if (distance < best) {
          best = distance;
          nearest = Optional.of(candidate);
        }
      }
    }
    return nearest;
  }

  /** Levenshtein's distance, in one row. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
