package dev.proxyless.mesh.route;

import dev.proxyless.mesh.route.Format.Operator;
import dev.proxyless.mesh.route.FormatOperators.Arguments;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Command operators that read the head of a request or response. */
final class HeaderOperators {

  private HeaderOperators() {}

  /** A header and another that stands in for it where it is missing. */
  private record Names(String name, String other) {
    static Names parse(Arguments arguments) {
      String text = arguments.text();
      int mark = text.indexOf('?');
      if (mark >= 0 && text.indexOf('?', mark + 1) >= 0) {
        throw arguments.refused("which names more than one header in another's place");
      }
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c <= ' ' || c >= 0x7f || "\"(),/;<=>@[\\]{}".indexOf(c) >= 0) {
          throw arguments.refused("which is no header's name");
        }
      }
      String lower = Ascii.lower(text);
      return mark < 0
          ? new Names(lower, "")
          : new Names(lower.substring(0, mark), lower.substring(mark + 1));
    }
  }

  static Operator ofRequest(Arguments arguments) {
    Names names = Names.parse(arguments);
    return context -> {
      String value = context.requestHeader(names.name);
      return value != null || names.other.isEmpty() ? value : context.requestHeader(names.other);
    };
  }

  static Operator ofResponse(Arguments arguments) {
    Names names = Names.parse(arguments);
    return context -> {
      String value = context.responseHeader(names.name);
      return value != null || names.other.isEmpty() ? value : context.responseHeader(names.other);
    };
  }

  /** Trailers come after the headers that are written here. */
  static Operator ofTrailers(Arguments arguments) {
    Names.parse(arguments);
    return context -> null;
  }

  /** {@code PATH(WQ|NQ:ORIG|PATH|ORIG_OR_PATH)}. */
  static Operator path(Arguments arguments) {
    String[] words = arguments.text().split(":", -1);
    boolean query = !arguments.oneOf(words[0], "WQ", "NQ").equals("NQ");
    String which =
        arguments.oneOf(words.length > 1 ? words[1] : "", "ORIG_OR_PATH", "ORIG", "PATH");
    return context -> {
      String path = which.equals("PATH") ? null : context.requestHeader("x-envoy-original-path");
      if ((path == null || path.isEmpty()) && !which.equals("ORIG")) {
        path = context.requestHeader(":path");
      }
      return path == null || query ? path : RequestView.withoutQuery(path);
    };
  }

  /** {@code QUERY_PARAM(NAME)}: the first value, percent-decoded. */
  static Operator queryParameter(Arguments arguments) {
    String name = arguments.text();
    return context -> {
      String value = new RequestView(context.head, context.info).queryParameter(name);
      return value == null ? null : decoded(value);
    };
  }

  /** {@code QUERY_PARAMS(ORIG|DECODED)}: all of them. */
  static Operator queryParameters(Arguments arguments) {
    boolean decode = arguments.oneOf(arguments.text(), "ORIG", "DECODED").equals("DECODED");
    return context -> {
      String query = query(context.head.path());
      return query == null || !decode ? query : decoded(query);
    };
  }

  private static @Nullable String query(String path) {
    int start = path.indexOf('?');
    return start < 0 ? null : path.substring(start + 1);
  }

  /** Escapes of two hexadecimal digits are undone; what is none stays. */
  static String decoded(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    byte[] raw = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < raw.length; i++) {
      int value = raw[i] == '%' && i + 2 < raw.length ? hex(raw[i + 1], raw[i + 2]) : -1;
      bytes.write(value < 0 ? raw[i] : value);
      i += value < 0 ? 0 : 2;
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static int hex(byte high, byte low) {
    int h = Character.digit(high, 16);
    int l = Character.digit(low, 16);
    return h < 0 || l < 0 ? -1 : h * 16 + l;
  }
}
