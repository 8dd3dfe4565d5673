package dev.proxyless.mesh.route;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the small JSON texts that are arguments of command operators. Used by one thread. */
final class JsonParser {

  /** What stands for a text that is no JSON. */
  private static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Broken() {
      super(null, null, false, false);
    }
  }

  private static final int MAX_DEPTH = 32;

  private final String text;
  private int at;
  private int depth;

  private JsonParser(String text) {
    this.text = text;
  }

  /** Text, {@link Double}, {@link Boolean}, a list or a map; null where the text is no JSON. */
  static @Nullable Object parse(String text) {
    JsonParser parser = new JsonParser(text);
    try {
      Object value = parser.value();
      parser.skipSpace();
      return parser.at == text.length() ? value : null;
    } catch (Broken | NumberFormatException noJson) {
      return null;
    }
  }

  private @Nullable Object value() {
    if (++depth > MAX_DEPTH) {
      throw new Broken();
    }
    skipSpace();
    char c = peek();
    Object value =
        switch (c) {
          case '{' -> map();
          case '[' -> list();
          case '"' -> string();
          default -> word();
        };
    depth--;
    return value;
  }

  private Map<String, @Nullable Object> map() {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    at++;
    skipSpace();
    while (peek() != '}') {
      String key = string();
      skipSpace();
      expect(':');
      map.put(key, value());
      comma('}');
    }
    at++;
    return map;
  }

  private List<@Nullable Object> list() {
    List<@Nullable Object> list = new ArrayList<>();
    at++;
    skipSpace();
    while (peek() != ']') {
      list.add(value());
      comma(']');
    }
    at++;
    return list;
  }

  private void comma(char end) {
    skipSpace();
    if (peek() != end) {
      expect(',');
      skipSpace();
      if (peek() == end) {
        throw new Broken();
      }
    }
  }

  private String string() {
    expect('"');
    StringBuilder value = new StringBuilder();
    while (peek() != '"') {
      char c = text.charAt(at++);
      if (c == '\\') {
        c = escape();
      }
      value.append(c);
    }
    at++;
    return value.toString();
  }

  private char escape() {
    char c = peek();
    at++;
    if (c == 'u' && at + 4 <= text.length()) {
      int code = Integer.parseInt(text, at, at + 4, 16);
      at += 4;
      return (char) code;
    }
    int known = "\"\\/bfnrt".indexOf(c);
    if (known < 0) {
      throw new Broken();
    }
    return "\"\\/\b\f\n\r\t".charAt(known);
  }

  private @Nullable Object word() {
    int start = at;
    while (at < text.length() && ",]} \t\r\n".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    String word = text.substring(start, at);
    return switch (word) {
      case "true" -> true;
      case "false" -> false;
      case "null" -> null;
      default -> Double.valueOf(word);
    };
  }

  private void expect(char c) {
    if (peek() != c) {
      throw new Broken();
    }
    at++;
  }

  private char peek() {
    if (at >= text.length()) {
      throw new Broken();
    }
    return text.charAt(at);
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }
}
