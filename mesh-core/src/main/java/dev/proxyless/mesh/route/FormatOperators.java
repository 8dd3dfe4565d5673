package dev.proxyless.mesh.route;

import dev.proxyless.mesh.document.DocumentException;
import dev.proxyless.mesh.document.Documents;
import dev.proxyless.mesh.route.Format.Operator;
import dev.proxyless.mesh.route.FormatTable.Entry;
import dev.proxyless.mesh.route.FormatTable.Parameters;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Compiles command operators by name, with Envoy's checks of their parentheses and lengths. */
final class FormatOperators {

  /** Arguments of an operator, and what to say where they make no sense. */
  record Arguments(String name, String text, OptionalInt length, String path) {
    /** The text as a JSON value: text, numbers, lists and maps; null where it is none. */
    @Nullable Object json() {
      try {
        return Documents.parseJsonLine(name, 1, text).plain();
      } catch (DocumentException noJson) {
        return null;
      }
    }

    InvalidRouteException refused(String reason) {
      return new InvalidRouteException(path, "has %" + name + "(" + text + ")%, " + reason);
    }

    /** One of some words; empty is the first. */
    String oneOf(String word, String... known) {
      if (word.isEmpty()) {
        return known[0];
      }
      for (String each : known) {
        if (each.equals(word)) {
          return word;
        }
      }
      throw refused("whose argument must be one of " + String.join(", ", known));
    }
  }

  private FormatOperators() {}

  static Operator compile(String name, String arguments, OptionalInt length, String path) {
    Entry entry = FormatTable.ENTRIES.get(name);
    if (entry == null) {
      String nearest = Nearest.of(name, new TreeSet<>(FormatTable.ENTRIES.keySet()));
      throw new InvalidRouteException(
          path,
          "has the command operator \""
              + name
              + "\", which is not known"
              + (nearest.isEmpty() ? "" : "; the nearest is \"" + nearest + "\""));
    }
    if (entry.parameters() == Parameters.REQUIRED && arguments.isEmpty()) {
      throw new InvalidRouteException(
          path, "has %" + name + "% without arguments; write %" + name + "(...)%");
    }
    if (entry.parameters() == Parameters.NONE && !arguments.isEmpty()) {
      throw new InvalidRouteException(
          path, "has %" + name + "(" + arguments + ")%, which takes no arguments");
    }
    if (!entry.lengthAllowed() && length.isPresent()) {
      throw new InvalidRouteException(
          path, "has %" + name + ":" + length.getAsInt() + "%, which takes no length");
    }
    return compile(entry, new Arguments(name, arguments, length, path));
  }

  private static Operator compile(Entry entry, Arguments arguments) {
    Operator operator = entry.compiler().compile(arguments);
    if (arguments.length().isEmpty()) {
      return operator;
    }
    int length = arguments.length().getAsInt();
    return context -> cut(operator.value(context), length);
  }

  static @Nullable Object cut(@Nullable Object value, int length) {
    if (value == null) {
      return null;
    }
    String text = JsonText.plain(value);
    return text.length() <= length ? text : text.substring(0, length);
  }
}
