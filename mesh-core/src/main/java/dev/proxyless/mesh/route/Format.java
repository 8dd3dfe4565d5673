package dev.proxyless.mesh.route;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A text with command operators such as {@code %REQ(:path):20%}, compiled. Source: Envoy's {@code
 * SubstitutionFormatParser}: {@code %NAME(ARGUMENTS):LENGTH%}, where arguments end at the first
 * parenthesis that the rest can follow; {@code %%} is a percent sign. Immutable.
 */
final class Format {

  /** One operator, compiled. */
  interface Operator {
    /** Text, {@link Long}, {@link Double}, {@link Boolean}, a list or map of these, or null. */
    @Nullable Object value(FormatContext context);
  }

  /** A piece of text, or an operator. */
  private record Part(String text, @Nullable Operator operator) {}

  private final @Nullable String constant;
  private final Part[] parts;

  private Format(@Nullable String constant, Part[] parts) {
    this.constant = constant;
    this.parts = parts;
  }

  /**
   * Compiles a text.
   *
   * @param path of the field that holds it
   * @throws InvalidRouteException if an operator is not known or its arguments make no sense
   */
  static Format compile(String text, String path) {
    if (text.indexOf('%') < 0) {
      return new Format(text, new Part[0]);
    }
    FormatScanner scanner = new FormatScanner(text, path);
    List<Part> parts = new ArrayList<>();
    while (scanner.next()) {
      String literal = scanner.literal();
      if (!literal.isEmpty()) {
        parts.add(new Part(literal, null));
      }
      if (scanner.atCommand()) {
        parts.add(
            new Part(
                "",
                FormatOperators.compile(
                    scanner.name(), scanner.arguments(), scanner.length(), path)));
      }
    }
    if (parts.isEmpty()) {
      return new Format("", new Part[0]);
    }
    boolean literal = parts.size() == 1 && parts.get(0).operator == null;
    return new Format(literal ? parts.get(0).text : null, parts.toArray(Part[]::new));
  }

  /** The whole text where no operator is in it, or null. */
  @Nullable String constant() {
    return constant;
  }

  /** The text of a request; what has no value leaves nothing. */
  String evaluate(FormatContext context) {
    return evaluate(context, "");
  }

  /** The text of a request; {@code missing} stands for what has no value. */
  String evaluate(FormatContext context, String missing) {
    if (constant != null) {
      return constant;
    }
    if (parts.length == 1) {
      return text(parts[0], context, missing);
    }
    StringBuilder text = new StringBuilder();
    for (Part part : parts) {
      text.append(text(part, context, missing));
    }
    return text.toString();
  }

  private static String text(Part part, FormatContext context, String missing) {
    if (part.operator == null) {
      return part.text;
    }
    Object value = part.operator.value(context);
    return value == null ? missing : JsonText.plain(value);
  }

  /** The value, which keeps its type where the text is one operator alone; may be null. */
  @Nullable Object value(FormatContext context, String missing) {
    if (parts.length == 1 && parts[0].operator != null) {
      return parts[0].operator.value(context);
    }
    return evaluate(context, missing);
  }
}
