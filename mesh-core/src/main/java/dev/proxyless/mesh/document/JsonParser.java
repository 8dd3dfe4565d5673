package dev.proxyless.mesh.document;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON (RFC 8259) and nothing else: what is not quite JSON is refused by those who get the
 * same file from us.
 */
final class JsonParser {

  /** Stands for the end; a NUL in the text is as wrong. */
  private static final char END = '\0';

  private final String file;
  private final String text;
  private int position;
  private int line;

  JsonParser(String file, int firstLine, String text) {
    this.file = file;
    this.text = text;
    line = firstLine;
  }

  Node parse() {
    char first = next();
    if (first == END) {
      throw new DocumentException(file + ": the document is empty");
    }
    Node root = node("", 0);
    if (next() != END) {
      throw expected("the end of the document");
    }
    return root;
  }

  private Node node(String path, int depth) {
    char first = next();
    if (depth > Documents.MAX_DEPTH) {
      throw wrong("nested deeper than " + Documents.MAX_DEPTH);
    }
    int start = line;
    Object value =
        switch (first) {
          case '{' -> map(path, depth);
          case '[' -> list(path, depth);
          case '"' -> string();
          default -> literal();
        };
    return new Node(file, start, path, value);
  }

  private Map<String, Node> map(String path, int depth) {
    Map<String, Node> fields = new LinkedHashMap<>();
    position++;
    if (next() == '}') {
      position++;
      return fields;
    }
    while (true) {
      if (next() != '"') {
        throw expected("a key in quotes");
      }
      String key = string();
      take(':');
      Node value = node(path.isEmpty() ? key : path + "." + key, depth + 1);
      if (fields.put(key, value) != null) {
        throw value.error("stands twice", "one value");
      }
      if (!goesOn('}')) {
        return fields;
      }
    }
  }

  private List<Node> list(String path, int depth) {
    List<Node> items = new ArrayList<>();
    position++;
    if (next() == ']') {
      position++;
      return items;
    }
    do {
      items.add(node(path + "[" + items.size() + "]", depth + 1));
    } while (goesOn(']'));
    return items;
  }

  private boolean goesOn(char close) {
    char found = next();
    if (found != ',' && found != close) {
      throw expected("a comma or " + close);
    }
    position++;
    return found == ',';
  }

  private void take(char wanted) {
    if (next() != wanted) {
      throw expected("a " + wanted);
    }
    position++;
  }

  private String string() {
    StringBuilder value = new StringBuilder();
    for (position++; position < text.length(); position++) {
      char c = text.charAt(position);
      if (c == '"') {
        position++;
        return value.toString();
      }
      if (c < ' ') {
        throw wrong("a control character stands in a text; right would be an escape such as \\n");
      }
      value.append(c == '\\' ? escaped() : c);
    }
    throw wrong("a text does not end");
  }

  private char escaped() {
    position++;
    char c = position < text.length() ? text.charAt(position) : END;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicode();
      default -> throw wrong("\\" + (c == END ? "" : c) + " is no escape of JSON");
    };
  }

  private char unicode() {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      position++;
      int digit = position < text.length() ? Character.digit(text.charAt(position), 16) : -1;
      if (digit < 0) {
        throw wrong("\\u needs four hexadecimal digits");
      }
      value = value * 16 + digit;
    }
    return (char) value;
  }

  private @Nullable Object literal() {
    int start = position;
    while (position < text.length() && isLiteral(text.charAt(position))) {
      position++;
    }
    String word = text.substring(start, position);
    Object value =
        switch (word) {
          case "true" -> true;
          case "false" -> false;
          case "null" -> null;
          default -> Numbers.ofJson(word);
        };
    if (value == null && !word.equals("null")) {
      position = start;
      throw expected("a value");
    }
    if (value instanceof Double number && number.isInfinite()) {
      position = start;
      throw expected("a number below 1.8e308");
    }
    return value;
  }

  private static boolean isLiteral(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '+'
        || c == '-'
        || c == '.';
  }

  /** The next character that is no white space, which stays; {@link #END} at the end. */
  private char next() {
    for (; position < text.length(); position++) {
      char c = text.charAt(position);
      if (c == '\n') {
        line++;
      } else if (c != ' ' && c != '\t' && c != '\r') {
        return c;
      }
    }
    return END;
  }

  private DocumentException expected(String what) {
    int end = Math.min(position + 1, text.length());
    while (end < Math.min(text.length(), position + 20) && isLiteral(text.charAt(end))) {
      end++;
    }
    String found = position == text.length() ? "the end" : text.substring(position, end);
    return wrong(what + " was expected, " + found + " found");
  }

  private DocumentException wrong(String what) {
    return new DocumentException(file + ":" + line + ": " + what);
  }
}
