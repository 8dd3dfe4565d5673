package dev.proxyless.mesh.document;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One value of a document: a map, a list, a text, a number, a truth value or nothing. It knows the
 * file and line where it stands and its path from the root, such as {@code
 * spec.listeners[0].portMapping.port}; every complaint about it names all three, the value found
 * and what would be right.
 *
 * <p>Immutable.
 */
public final class Node {

  private static final int SHOWN_CHARS = 80;

  /** Beyond this, a double is not the whole number that was written. */
  private static final double MAX_EXACT = 0x1p53;

  private final String file;
  private final int line;
  private final String path;
  private final @Nullable Object value;

  Node(String file, int line, String path, @Nullable Object value) {
    this.file = file;
    this.line = line;
    this.path = path;
    this.value = value;
  }

  /** The file's name as it was given to the reader. */
  public String file() {
    return file;
  }

  /** The line of the value, from 1. */
  public int line() {
    return line;
  }

  /** The path from the document's root; empty at the root. */
  public String path() {
    return path;
  }

  /** File and line, as compilers write them. */
  public String where() {
    return file + ":" + line;
  }

  public boolean isNull() {
    return value == null;
  }

  public boolean isMap() {
    return value instanceof Map;
  }

  public boolean isList() {
    return value instanceof List;
  }

  public boolean isText() {
    return value instanceof String;
  }

  /** The fields of a map, in the order of the document. */
  @SuppressWarnings("unchecked") // the reader puts nothing else into a map
  public Map<String, Node> fields() {
    if (value instanceof Map) {
      return (Map<String, Node>) value;
    }
    throw error("is " + shown(), "a map of fields");
  }

  /** The items of a list. */
  @SuppressWarnings("unchecked") // the reader puts nothing else into a list
  public List<Node> items() {
    if (value instanceof List) {
      return (List<Node>) value;
    }
    throw error("is " + shown(), "a list");
  }

  /** A field of this map; empty where it is missing or null. */
  public Optional<Node> find(String field) {
    Node found = fields().get(field);
    return found == null || found.isNull() ? Optional.empty() : Optional.of(found);
  }

  /** A field of this map that must be there. */
  public Node required(String field) {
    return find(field)
        .orElseThrow(
            () ->
                new DocumentException(
                    where()
                        + ": "
                        + child(field)
                        + ": is missing; it is required here"
                        + meant(field)));
  }

  /** Asks about a field that is there and looks like a missing one. */
  private String meant(String missing) {
    return Nearest.find(missing, fields().keySet())
        .filter(each -> Math.abs(each.length() - missing.length()) <= 1)
        .map(each -> " (is \"" + each + "\" a misspelling of it?)")
        .orElse("");
  }

  /** The items of a list that may be missing. */
  public List<Node> list(String field) {
    return find(field).map(Node::items).orElse(List.of());
  }

  /**
   * A text. A number or truth value does not pass for one: YAML reads an unquoted {@code on} as
   * true.
   */
  public String text() {
    if (value instanceof String text) {
      return text;
    }
    throw error(
        "is " + shown(), "a text" + (isMap() || isList() ? "" : ", in quotes if it is meant"));
  }

  /** A text that is not empty. */
  public String name() {
    String text = text();
    if (text.isEmpty()) {
      throw error("is empty", "a name");
    }
    return text;
  }

  /** A whole number within bounds, both inclusive. Digits in quotes count, as in proto3 JSON. */
  public long integer(long min, long max) {
    String right = "a whole number from " + min + " to " + max;
    long number;
    if (value instanceof Long found) {
      number = found;
    } else if (value instanceof String text) {
      try {
        number = Long.parseLong(text);
      } catch (NumberFormatException notANumber) {
        throw error("is " + shown(), right);
      }
    } else if (value instanceof Double found
        && found == Math.rint(found)
        && Math.abs(found) < MAX_EXACT) {
      number = found.longValue();
    } else {
      throw error("is " + shown(), right);
    }
    if (number < min || number > max) {
      throw error("is " + number, right);
    }
    return number;
  }

  /**
   * A whole number of 64 bits without sign, as the bits of a long. Digits in quotes count, as in
   * proto3 JSON.
   */
  public long unsigned() {
    String digits =
        value instanceof Long || value instanceof BigInteger || value instanceof String
            ? value.toString()
            : "";
    try {
      if (!digits.isEmpty() && Character.isDigit(digits.charAt(0))) {
        return Long.parseUnsignedLong(digits);
      }
    } catch (NumberFormatException beyond) {
      // told below
    }
    throw error("is " + shown(), "a whole number from 0 to 18446744073709551615");
  }

  /** A number. */
  public double number() {
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw error("is " + shown(), "a number");
  }

  /** A truth value. */
  public boolean bool() {
    if (value instanceof Boolean bool) {
      return bool;
    }
    throw error("is " + shown(), "true or false");
  }

  /**
   * Plain Java values: maps, lists, strings, longs, doubles, booleans and null; a {@link
   * BigInteger} for a whole number of 64 bits that is no long.
   */
  public @Nullable Object plain() {
    if (isMap()) {
      Map<String, @Nullable Object> map = new LinkedHashMap<>();
      fields().forEach((key, field) -> map.put(key, field.plain()));
      return map;
    }
    if (isList()) {
      return items().stream().map(Node::plain).toList();
    }
    return value;
  }

  /** An exception that says where this value stands, what it is and what would be right. */
  public DocumentException error(String what, String right) {
    String subject = path.isEmpty() ? "" : path + ": ";
    return new DocumentException(where() + ": " + subject + what + "; right would be " + right);
  }

  private String child(String field) {
    return path.isEmpty() ? field : path + "." + field;
  }

  private String shown() {
    if (value == null) {
      return "empty";
    }
    if (isMap()) {
      return "a map";
    }
    if (isList()) {
      return "a list";
    }
    String text = value.toString();
    String cut = text.length() > SHOWN_CHARS ? text.substring(0, SHOWN_CHARS) + "…" : text;
    return value instanceof String ? "\"" + cut + "\"" : cut;
  }

  @Override
  public String toString() {
    return where() + " " + path;
  }
}
