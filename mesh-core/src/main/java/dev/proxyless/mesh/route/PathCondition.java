package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.RouteMatch;
import dev.proxyless.mesh.model.RouteMatch.PathMatch;
import org.jspecify.annotations.Nullable;

/**
 * A path specifier, compiled. It sees the path without query and fragment, not decoded. A request
 * without a path, as CONNECT is, passes none but {@code connect_matcher}.
 */
final class PathCondition implements Condition {

  private final PathMatch match;
  private final boolean ignoreCase;
  private final @Nullable Regex regex;
  private final @Nullable UriTemplate template;

  private PathCondition(
      PathMatch match, boolean ignoreCase, @Nullable Regex regex, @Nullable UriTemplate template) {
    this.match = match;
    this.ignoreCase = ignoreCase;
    this.regex = regex;
    this.template = template;
  }

  static PathCondition compile(RouteMatch match, String path) {
    boolean ignoreCase = !match.caseSensitive();
    if (match.path() instanceof PathMatch.SafeRegex pattern) {
      Regex regex = Regex.compile(pattern.value(), path + ".safe_regex.regex");
      return new PathCondition(pattern, ignoreCase, regex, null);
    }
    if (match.path() instanceof PathMatch.UriTemplate pattern) {
      String at = path + ".path_match_policy.typed_config.path_template";
      UriTemplate template = UriTemplate.compile(pattern.value(), at);
      return new PathCondition(pattern, ignoreCase, null, template);
    }
    return new PathCondition(match.path(), ignoreCase, null, null);
  }

  PathMatch match() {
    return match;
  }

  /** Whether letters are compared without their case; expressions and templates never are. */
  boolean ignoresCase() {
    return ignoreCase && regex == null && template == null;
  }

  /** What every path begins with that matches the expression or template. */
  String literalPrefix() {
    if (template == null) {
      return RegexPrefix.of(match.value());
    }
    String prefix = template.literalPrefix();
    int parameter = prefix.indexOf(';'); // the index may look at paths without parameters
    return parameter < 0 ? prefix : prefix.substring(0, parameter);
  }

  /** Whether a path that begins as it must also matches the expression or template, if any. */
  boolean testBeyondIndex(RequestView request) {
    if (regex != null) {
      return regex.matches(request.path());
    }
    return template == null || template.matches(request.wholePath());
  }

  /** The template of {@code path_match_policy}, or null. */
  @Nullable UriTemplate template() {
    return template;
  }

  @Override
  public boolean test(RequestView request) {
    if (match instanceof PathMatch.Connect) {
      return request.isConnect();
    }
    String target = request.target;
    if (!request.hasPath) {
      return false;
    }
    if (regex != null || template != null) {
      return testBeyondIndex(request);
    }
    int end = request.pathEnd;
    String value = match.value();
    int length = value.length();
    if (length > end || !Ascii.region(target, 0, value, ignoreCase)) {
      return false;
    }
    if (match instanceof PathMatch.Exact) {
      return length == end;
    }
    return match instanceof PathMatch.Prefix || length == end || target.charAt(length) == '/';
  }

  /**
   * How many characters of a path that matches a {@code prefix_rewrite} replaces: the prefix, or
   * the whole path without query where the specifier is no prefix.
   */
  int matchedLength(String pathWithoutQuery) {
    boolean prefix =
        match instanceof PathMatch.Prefix || match instanceof PathMatch.PathSeparatedPrefix;
    return prefix ? match.value().length() : pathWithoutQuery.length();
  }

  @Override
  public String describe() {
    if (match instanceof PathMatch.Connect) {
      return "method is CONNECT";
    }
    String verb;
    if (match instanceof PathMatch.Prefix) {
      verb = "begins with";
    } else if (match instanceof PathMatch.Exact) {
      verb = "is";
    } else if (match instanceof PathMatch.PathSeparatedPrefix) {
      verb = "is or is below";
    } else {
      verb = "matches";
    }
    return "path " + verb + " \"" + match.value() + "\"" + (ignoresCase() ? " (any case)" : "");
  }
}
