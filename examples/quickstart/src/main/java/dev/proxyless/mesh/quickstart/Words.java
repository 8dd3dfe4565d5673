package dev.proxyless.mesh.quickstart;

import java.util.Locale;

/** Numbers and nouns as people read them, the same in every country. */
final class Words {

  private Words() {}

  static String say(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  /** A number and its noun, in the plural where it is not one. */
  static String count(long number, String noun) {
    return say("%,d %s", number, number == 1 ? noun : plural(noun));
  }

  private static String plural(String noun) {
    if (noun.endsWith("y")) {
      return noun.substring(0, noun.length() - 1) + "ies";
    }
    return noun.endsWith("sh") ? noun + "es" : noun + "s";
  }

  /** Such as {@code virtual node} for {@code virtualNode}. */
  static String spaced(String camelCase) {
    return camelCase.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
  }
}
