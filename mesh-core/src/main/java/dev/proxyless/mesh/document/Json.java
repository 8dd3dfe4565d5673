package dev.proxyless.mesh.document;

import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes plain Java values (maps, collections, strings, numbers, booleans, null) as JSON. */
public final class Json {

  private final StringBuilder out = new StringBuilder();
  private final boolean pretty;

  private Json(boolean pretty) {
    this.pretty = pretty;
  }

  /** JSON over several lines, indented by two spaces. */
  public static String pretty(@Nullable Object value) {
    return write(value, true);
  }

  /** JSON on one line. */
  public static String line(@Nullable Object value) {
    return write(value, false);
  }

  private static String write(@Nullable Object value, boolean pretty) {
    Json json = new Json(pretty);
    json.value(value, 0);
    return json.out.toString();
  }

  private void value(@Nullable Object value, int depth) {
    if (value instanceof Map<?, ?> map) {
      items(map.entrySet(), '{', '}', depth);
    } else if (value instanceof Collection<?> list) {
      items(list, '[', ']', depth);
    } else if (value instanceof Map.Entry<?, ?> entry) {
      text(String.valueOf(entry.getKey()));
      out.append(pretty ? ": " : ":");
      value(entry.getValue(), depth);
    } else if (value == null || value instanceof Boolean || finite(value)) {
      out.append(value);
    } else {
      text(value.toString());
    }
  }

  private static boolean finite(Object value) {
    return value instanceof Number number && Double.isFinite(number.doubleValue());
  }

  private void items(Collection<?> items, char open, char close, int depth) {
    out.append(open);
    Iterator<?> each = items.iterator();
    while (each.hasNext()) {
      newLine(depth + 1);
      value(each.next(), depth + 1);
      if (each.hasNext()) {
        out.append(',');
      }
    }
    if (!items.isEmpty()) {
      newLine(depth);
    }
    out.append(close);
  }

  private void newLine(int depth) {
    if (pretty) {
      out.append('\n').append("  ".repeat(depth));
    }
  }

  private void text(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20 || (c >= 0x7f && c < 0xa0)) {
            out.append("\\u00").append(Character.forDigit(c >> 4, 16));
            out.append(Character.forDigit(c & 0xf, 16));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
