package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.RouteMatch;
import dev.proxyless.mesh.model.RouteMatch.PathMatch;

/** A path specifier, compiled. It sees the path without query and fragment, not decoded. */
final class PathCondition implements Condition {

  private final PathMatch match;
  private final boolean ignoreCase;
  private final Regex regex;

  private static final Regex NO_REGEX = Regex.compile("", "");

  private PathCondition(PathMatch match, boolean ignoreCase, Regex regex) {
    this.match = match;
    this.ignoreCase = ignoreCase;
    this.regex = regex;
  }

  static PathCondition compile(RouteMatch match, String path) {
    Regex regex =
        match.path() instanceof PathMatch.SafeRegex pattern
            ? Regex.compile(pattern.value(), path + ".safe_regex.regex")
            : NO_REGEX;
    return new PathCondition(match.path(), !match.caseSensitive(), regex);
  }

  @Override
  public boolean test(RequestView request) {
    String path = request.path;
    String value = match.value();
    if (match instanceof PathMatch.Prefix) {
      return Ascii.region(path, 0, value, ignoreCase);
    }
    if (match instanceof PathMatch.Exact) {
      return path.length() == value.length() && Ascii.region(path, 0, value, ignoreCase);
    }
    if (match instanceof PathMatch.PathSeparatedPrefix) {
      return Ascii.region(path, 0, value, ignoreCase)
          && (path.length() == value.length() || path.charAt(value.length()) == '/');
    }
    return regex.matches(path);
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
    return "path " + verb + " \"" + match.value() + "\"" + (ignoreCase ? " (any case)" : "");
  }
}
