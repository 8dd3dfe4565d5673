package dev.proxyless.mesh.xds;

import dev.proxyless.mesh.proto.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Names and values of headers as configurations write them. The rules are those that Envoy's API
 * gives its fields: no line break and no NUL anywhere, and bounds on some lengths.
 */
final class Texts {

  private Texts() {}

  /** The name of a header, in lower case; empty where it is unset. */
  static String headerName(Message message, String field) {
    return checked(message, field, message.string(field)).toLowerCase(Locale.ROOT);
  }

  /** The name of a header that must be there, in lower case. */
  static String requiredHeaderName(Message message, String field) {
    return checked(message, field, message.requiredString(field)).toLowerCase(Locale.ROOT);
  }

  /** Names of headers, in lower case. */
  static List<String> headerNames(Message message, String field) {
    List<String> names = new ArrayList<>();
    for (String name : message.strings(field)) {
      String at = field + "[" + names.size() + "]";
      names.add(checked(message, at, name).toLowerCase(Locale.ROOT));
    }
    return List.copyOf(names);
  }

  /** A text that can stand in a header; empty where it is unset or empty. */
  static Optional<String> headerValue(Message message, String field) {
    return notEmpty(message, field).map(text -> checked(message, field, text));
  }

  /** A text; empty where it is unset or empty. */
  static Optional<String> notEmpty(Message message, String field) {
    return message.ifString(field).filter(text -> !text.isEmpty());
  }

  /** A text without line break and NUL. */
  static String checked(Message message, String field, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n' || c == '\r' || c == 0) {
        throw message.invalid(
            field,
            "has %s at character %d; right would be a text without one"
                .formatted(c == 0 ? "a NUL" : "a line break", i + 1));
      }
    }
    return text;
  }

  /** A text of at most so many bytes of UTF-8. */
  static String bounded(Message message, String field, String text, int maxBytes) {
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > maxBytes) {
      throw message.invalid(
          field, "has " + bytes + " bytes; right would be at most " + maxBytes + " bytes");
    }
    return text;
  }
}
