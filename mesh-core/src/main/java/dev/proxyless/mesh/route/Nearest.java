package dev.proxyless.mesh.route;

import java.util.Collection;

/** Finds the name that a mistyped one was probably meant to be. */
final class Nearest {

  private Nearest() {}

  /** No host name is longer (RFC 1035, 2.3.4); what is longer was not mistyped. */
  private static final int MAX_CHARS = 255;

  /** The nearest of some names by edit distance, or {@code ""} where none is near. */
  static String of(String name, Collection<String> known) {
    if (name.length() > MAX_CHARS) {
      return "";
    }
    String nearest = "";
    int best = Math.max(3, name.length() / 2) + 1;
    for (String candidate : known) {
      if (Math.abs(candidate.length() - name.length()) < best) {
        int distance = distance(name, candidate);
        if (distance < best) {
          best = distance;
          nearest = candidate;
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
