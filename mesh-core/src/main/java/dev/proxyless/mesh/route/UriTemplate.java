package dev.proxyless.mesh.route;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A URI template of {@code envoy.path.match.uri_template}, compiled. Immutable.
 *
 * <p>Between slashes stand literals, {@code *} (one segment), {@code **} (any number of segments,
 * the last operator), and variables: {@code {name}}, {@code {name=*}}, {@code {name=literal/**}}. A
 * variable may have a literal before and after it; an operator may have one after it where it is
 * the last segment. Source: Envoy's {@code uri_template_lib} as Envoy 1.40 behaves, which
 * translates a template to RE2 and leaves a {@code *} within a literal as it is, so that it repeats
 * the character before it.
 */
final class UriTemplate {

  /** What a path segment may consist of. Source: {@code pchar} of RFC 3986, appendix A. */
  private static final String SEGMENT_CHARS = "\\w\\-.~%!$&'()+,;:@=*";

  private static final String ONE_SEGMENT = "[" + SEGMENT_CHARS + "]+";
  private static final String ANY_SEGMENTS = "[" + SEGMENT_CHARS + "/]*";
  private static final Pattern LITERAL = Pattern.compile(ONE_SEGMENT);
  private static final Pattern VARIABLE_NAME = Pattern.compile("[a-zA-Z][a-zA-Z0-9_]*");

  private static final int MAX_CHARS = 256;
  private static final int MAX_VARIABLES = 5;
  private static final int MAX_NAME_CHARS = 16;

  private final @Nullable Pattern pattern;
  private final List<String> variables;
  private final String literalPrefix;

  private UriTemplate(@Nullable Pattern pattern, List<String> variables, String literalPrefix) {
    this.pattern = pattern;
    this.variables = variables;
    this.literalPrefix = literalPrefix;
  }

  /**
   * Compiles a template.
   *
   * @param path the field's path, for errors
   * @throws InvalidRouteException if Envoy would refuse it
   */
  static UriTemplate compile(String text, String path) {
    return new Parser(text, path).parse();
  }

  /** Whether a path, without its query, matches as a whole. */
  boolean matches(String path) {
    return pattern != null && pattern.matcher(path).matches();
  }

  /** The values of the variables in a path that matches, by name; empty for one that does not. */
  Map<String, String> captures(String path) {
    Matcher matcher = pattern == null ? null : pattern.matcher(path);
    if (matcher == null || !matcher.matches()) {
      return Map.of();
    }
    Map<String, String> captures = new HashMap<>();
    for (String variable : variables) {
      String value = matcher.group(variable);
      captures.put(variable, value == null ? "" : value);
    }
    return captures;
  }

  /** The names of the variables, in order. */
  List<String> variables() {
    return variables;
  }

  /** What every path that matches begins with. */
  String literalPrefix() {
    return literalPrefix;
  }

  /** Reads a template from left to right. */
  private static final class Parser {
    private final String text;
    private final String path;
    private final StringBuilder regex = new StringBuilder("/");
    private final List<String> variables = new ArrayList<>();
    private int at = 1;
    private boolean anySegmentsSeen;
    private int literalEnd = -1;

    Parser(String text, String path) {
      this.text = text;
      this.path = path;
    }

    UriTemplate parse() {
      if (text.length() > MAX_CHARS) {
        throw refused("has " + text.length() + " characters; at most " + MAX_CHARS + " are taken");
      }
      boolean printable = text.chars().allMatch(c -> c > ' ' && c <= '~');
      if (!text.startsWith("/") || !printable) {
        throw refused("must be a slash and then printable ASCII characters");
      }
      while (at < text.length()) {
        segment();
        if (at < text.length()) {
          at++; // the slash
          regex.append('/');
          if (at == text.length()) {
            break;
          }
        }
      }
      String prefix = literalPrefix();
      return new UriTemplate(pattern(), List.copyOf(variables), prefix);
    }

    /** One segment, up to its slash or the end. */
    private void segment() {
      char first = text.charAt(at);
      int end = segmentEnd(at);
      boolean mixed =
          first == '{'
              || (text.indexOf('{', at) < end
                  && text.indexOf('{', at) >= 0
                  && text.indexOf('}', at) < end
                  && text.indexOf('}', at) >= 0);
      if (first == '*') {
        operator();
        suffix(true);
      } else if (mixed) {
        int brace = text.indexOf('{', at);
        if (brace > at) {
          literal(text.substring(at, brace));
        }
        at = brace;
        variable();
        suffix(false);
      } else {
        literal(text.substring(at, end));
        at = end;
      }
    }

    private int segmentEnd(int from) {
      int slash = text.indexOf('/', from);
      return slash < 0 ? text.length() : slash;
    }

    /** A literal right after an operator or a variable. */
    private void suffix(boolean lastOnly) {
      int end = segmentEnd(at);
      if (at == end) {
        return;
      }
      String suffix = text.substring(at, end);
      literal(suffix);
      at = end;
      if (lastOnly && end < text.length()) {
        throw refused("has \"" + suffix + "\" after an operator, which must then be the end");
      }
    }

    private void variable() {
      int end = text.indexOf('}', at);
      if (end < 0) {
        throw refused("has a \"{\" without its \"}\"");
      }
      int equals = text.indexOf('=', at);
      boolean hasPattern = equals >= 0 && equals < end;
      String name = text.substring(at + 1, hasPattern ? equals : end);
      name(name);
      endOfLiterals();
      regex.append("(?P<").append(name).append('>');
      if (hasPattern) {
        variablePattern(text.substring(equals + 1, end));
      } else {
        operator(false);
      }
      regex.append(')');
      at = end + 1;
    }

    private void name(String name) {
      if (!VARIABLE_NAME.matcher(name).matches() || name.length() > MAX_NAME_CHARS) {
        throw refused(
            "names a variable \""
                + name
                + "\"; right would be a letter and then letters, digits"
                + " or underscores, at most "
                + MAX_NAME_CHARS
                + " characters");
      }
      if (variables.contains(name)) {
        throw refused("names the variable \"" + name + "\" twice");
      }
      if (variables.size() == MAX_VARIABLES) {
        throw refused("has more than " + MAX_VARIABLES + " variables");
      }
      variables.add(name);
    }

    private void variablePattern(String parts) {
      String between = "";
      for (String part : parts.split("/", -1)) {
        regex.append(between);
        between = "/";
        if (part.equals("*") || part.equals("**")) {
          operator(part.length() == 2);
        } else if (part.startsWith("*")) {
          throw refused("has \"" + part + "\" in a variable; an operator must stand alone there");
        } else {
          literal(part);
        }
      }
    }

    private void operator() {
      endOfLiterals();
      boolean any = text.startsWith("**", at);
      operator(any);
      at += any ? 2 : 1;
    }

    private void operator(boolean anySegments) {
      endOfLiterals();
      if (anySegmentsSeen) {
        throw refused("has an operator after \"**\", which must be the last");
      }
      anySegmentsSeen = anySegments;
      regex.append(anySegments ? ANY_SEGMENTS : ONE_SEGMENT);
    }

    /** Only what RE2 would take for an operator is escaped, but for the star. */
    private void literal(String literal) {
      if (!LITERAL.matcher(literal).matches()) {
        throw refused(
            "has the literal \""
                + literal
                + "\"; right would be letters, digits and"
                + " -._~%!$&'()+,;:@=*");
      }
      if (literal.indexOf('*') >= 0) {
        endOfLiterals();
      }
      for (int i = 0; i < literal.length(); i++) {
        char c = literal.charAt(i);
        if ("$()+.".indexOf(c) >= 0) {
          regex.append('\\');
        }
        regex.append(c);
      }
    }

    private void endOfLiterals() {
      if (literalEnd < 0) {
        literalEnd = regex.length();
      }
    }

    private String literalPrefix() {
      String whole = literalEnd < 0 ? regex.toString() : regex.substring(0, literalEnd);
      return whole.replace("\\", "");
    }

    /**
     * Null where a star repeats what cannot be repeated: Envoy takes that, and it never matches.
     */
    private @Nullable Pattern pattern() {
      try {
        return Pattern.compile(regex.toString());
      } catch (PatternSyntaxException starAfterOperator) {
        return null;
      }
    }

    private InvalidRouteException refused(String reason) {
      return new InvalidRouteException(path, "is \"" + text + "\", which " + reason);
    }
  }
}
