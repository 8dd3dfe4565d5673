package dev.proxyless.mesh.route;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Values as Envoy's formatters write them: compact JSON with sorted keys. */
final class JsonText {

  /** Whole numbers up to here are exact in a double. */
  private static final double MAX_WHOLE = 9_007_199_254_740_992.0;

  private JsonText() {}

  /** A value within a text: text without quotes, all else as JSON. */
  static String plain(Object value) {
    return value instanceof String text ? text : of(value);
  }

  static String of(@Nullable Object value) {
    StringBuilder json = new StringBuilder();
    write(value, json);
    return json.toString();
  }

  private static void write(@Nullable Object value, StringBuilder json) {
    if (value instanceof String text) {
      quote(text, json);
    } else if (value instanceof Double number) {
      json.append(number(number));
    } else if (value instanceof Map<?, ?> map) {
      writeMap(map, json);
    } else if (value instanceof List<?> list) {
      json.append('[');
      for (int i = 0; i < list.size(); i++) {
        json.append(i == 0 ? "" : ",");
        write(list.get(i), json);
      }
      json.append(']');
    } else {
      json.append(value);
    }
  }

  private static void writeMap(Map<?, ?> map, StringBuilder json) {
    TreeMap<String, @Nullable Object> sorted = new TreeMap<>();
    map.forEach((key, value) -> sorted.put(String.valueOf(key), value));
    json.append('{');
    String separator = "";
    for (Map.Entry<String, @Nullable Object> entry : sorted.entrySet()) {
      json.append(separator);
      quote(entry.getKey(), json);
      json.append(':');
      write(entry.getValue(), json);
      separator = ",";
    }
    json.append('}');
  }

  private static String number(double number) {
    boolean whole = number == Math.rint(number) && Math.abs(number) < MAX_WHOLE;
    return whole ? Long.toString((long) number) : Double.toString(number);
  }

  private static void quote(String text, StringBuilder json) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> json.append("\\\"");
        case '\\' -> json.append("\\\\");
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        case '\b' -> json.append("\\b");
        case '\f' -> json.append("\\f");
        default -> {
          if (c < ' ') {
            json.append("\\u00").append(Character.forDigit(c >> 4, 16));
            json.append(Character.forDigit(c & 15, 16));
          } else {
            json.append(c);
          }
        }
      }
    }
    json.append('"');
  }
}
