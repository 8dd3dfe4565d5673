package dev.proxyless.mesh.document;

/** Numbers as YAML and JSON write them. */
final class Numbers {

  private Numbers() {}

  /**
   * A {@link Long} or {@link Double}; the text itself where it is neither, such as the dates and
   * sexagesimal numbers of YAML 1.1, which no document of ours means.
   */
  static Object parse(String text) {
    try {
      if (text.startsWith("0x")) {
        return Long.parseLong(text.substring(2), 16);
      }
      return Long.parseLong(text.startsWith("+") ? text.substring(1) : text);
    } catch (NumberFormatException notLong) {
      try {
        return Double.parseDouble(text);
      } catch (NumberFormatException neither) {
        return text;
      }
    }
  }
}
