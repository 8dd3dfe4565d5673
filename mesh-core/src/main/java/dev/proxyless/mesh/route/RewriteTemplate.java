package dev.proxyless.mesh.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a URI template's match is rewritten to: literals and variables of the match, as in {@code
 * /{lang}/{country}}. Source: {@code envoy.extensions.path.rewrite.uri_template}. Immutable.
 */
final class RewriteTemplate {

  /** What a path's literals may consist of besides letters and digits: RFC 3986, appendix A. */
  private static final String LITERALS = "/-._~%!$&'()+,;:@=*";

  private static final int MAX_CHARS = 256;

  private record Part(String text, boolean variable) {}

  private final List<Part> parts = new ArrayList<>();

  private RewriteTemplate() {}

  /**
   * Compiles a template.
   *
   * @param variables those of the template that paths match
   */
  static RewriteTemplate compile(String text, List<String> variables, String path) {
    if (!text.startsWith("/") || text.contains("//") || text.length() > MAX_CHARS) {
      throw refused(
          path, text, "must begin with a slash, without \"//\", of at most 256 characters");
    }
    RewriteTemplate template = new RewriteTemplate();
    int at = 0;
    while (at < text.length()) {
      int end = at;
      if (text.charAt(at) == '{') {
        end = text.indexOf('}', at);
        String name = end < 0 ? "" : text.substring(at + 1, end);
        if (!variables.contains(name)) {
          throw refused(
              path, text, "has a variable that is none of the matched template's: " + variables);
        }
        template.parts.add(new Part(name, true));
        at = end + 1;
        continue;
      }
      while (end < text.length() && isLiteral(text.charAt(end))) {
        end++;
      }
      if (end == at) {
        throw refused(path, text, "has \"" + text.charAt(at) + "\", which no path has");
      }
      template.parts.add(new Part(text.substring(at, end), false));
      at = end;
    }
    return template;
  }

  private static boolean isLiteral(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || LITERALS.indexOf(c) >= 0;
  }

  private static InvalidRouteException refused(String path, String text, String reason) {
    return new InvalidRouteException(path, "is \"" + text + "\", which " + reason);
  }

  /** The path that values of variables give. */
  String apply(Map<String, String> values) {
    StringBuilder path = new StringBuilder();
    for (Part part : parts) {
      path.append(part.variable ? values.getOrDefault(part.text, "") : part.text);
    }
    return path.toString();
  }
}
