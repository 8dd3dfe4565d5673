package dev.proxyless.mesh.document;

import java.util.Collection;
import java.util.Optional;

/** Finds the field that a mistyped one was probably meant to be. */
public final class Spelling {

  /** Field names are shorter; what is longer was not mistyped. */
  private static final int MAX_CHARS = 64;

  private Spelling() {}

  /** The nearest of some names; empty where none is so near that it may have been meant. */
  public static Optional<String> nearest(String name, Collection<String> known) {
    String nearest = "";
    int best = Math.max(2, (name.length() + 1) / 3) + 1;
    for (String candidate : known) {
      if (name.length() <= MAX_CHARS && candidate.length() <= MAX_CHARS) {
        int distance = distance(name, candidate);
        if (distance < best) {
          best = distance;
          nearest = candidate;
        }
      }
    }
    return nearest.isEmpty() ? Optional.empty() : Optional.of(nearest);
  }

  /**
   * Letters to put in, take out, replace or swap with their neighbour (optimal string alignment).
   */
  private static int distance(String a, String b) {
    int[][] rows = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          rows[i][j] = i + j;
          continue;
        }
        int replaced = rows[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        rows[i][j] = Math.min(replaced, 1 + Math.min(rows[i - 1][j], rows[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
        }
      }
    }
    return rows[a.length()][b.length()];
  }
}
