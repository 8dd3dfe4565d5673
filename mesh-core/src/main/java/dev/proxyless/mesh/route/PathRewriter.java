package dev.proxyless.mesh.route;

import dev.proxyless.mesh.model.RouteAction.PathRewrite;
import dev.proxyless.mesh.model.RouteMatch.PathMatch;
import org.jspecify.annotations.Nullable;

/** A path's rewrite, compiled. Immutable. */
abstract class PathRewriter {

  /** Nothing is rewritten. */
  static final PathRewriter NONE =
      new PathRewriter() {
        @Override
        @Nullable String rewrite(String path, FormatContext context) {
          return null;
        }
      };

  /** The new path with its query; null where it stays. */
  abstract @Nullable String rewrite(String path, FormatContext context);

  /**
   * Compiles a rewrite.
   *
   * @param match the path specifier whose match {@code prefix_rewrite} replaces
   * @param at the field that holds it
   */
  static PathRewriter compile(PathRewrite rewrite, PathMatch match, String at) {
    if (rewrite instanceof PathRewrite.Prefix prefix) {
      return prefix.replacement().isEmpty() ? NONE : prefix(prefix.replacement(), match);
    }
    if (rewrite instanceof PathRewrite.Regex regex) {
      return regex(Substitution.compile(regex.rewrite(), at + ".regex_rewrite"));
    }
    if (rewrite instanceof PathRewrite.Format format) {
      return format(Format.compile(format.format(), at + ".path_rewrite"));
    }
    if (rewrite instanceof PathRewrite.UriTemplate template) {
      return template(
          UriTemplate.compile(match.value(), at),
          RewriteTemplate.compile(
              template.template(),
              UriTemplate.compile(match.value(), at).variables(),
              at + ".path_rewrite_policy.path_template_rewrite"));
    }
    return NONE;
  }

  private static PathRewriter template(UriTemplate template, RewriteTemplate rewrite) {
    return new PathRewriter() {
      @Override
      String rewrite(String path, FormatContext context) {
        String withoutQuery = RequestView.withoutQuery(path);
        return rewrite.apply(template.captures(withoutQuery))
            + path.substring(withoutQuery.length());
      }
    };
  }

  private static PathRewriter prefix(String replacement, PathMatch match) {
    return new PathRewriter() {
      @Override
      @Nullable String rewrite(String path, FormatContext context) {
        int length = matchedLength(match, path);
        int kept = length - replacement.length();
        if (kept >= 0 && path.startsWith(replacement, kept)) {
          return path.substring(kept); // as where /api/ becomes /: the rest is there already
        }
        return length < 0 ? null : replacement + path.substring(length);
      }
    };
  }

  /**
   * How many characters of a path {@code prefix_rewrite} replaces: those of the specifier, or the
   * path without query where it is an expression. Negative where the path does not begin as the
   * specifier says, since parameters that matching ignored stand between; it stays as it is then.
   */
  static int matchedLength(PathMatch match, String path) {
    boolean literal =
        match instanceof PathMatch.Prefix
            || match instanceof PathMatch.PathSeparatedPrefix
            || match instanceof PathMatch.Exact;
    if (!literal) {
      return RequestView.withoutQuery(path).length();
    }
    int length = match.value().length();
    return path.regionMatches(true, 0, match.value(), 0, length) ? length : -1;
  }

  private static PathRewriter regex(Substitution substitution) {
    return new PathRewriter() {
      @Override
      @Nullable String rewrite(String path, FormatContext context) {
        String withoutQuery = RequestView.withoutQuery(path);
        String replaced = substitution.replaceAll(withoutQuery);
        return replaced.isEmpty() ? null : replaced + path.substring(withoutQuery.length());
      }
    };
  }

  private static PathRewriter format(Format format) {
    return new PathRewriter() {
      @Override
      @Nullable String rewrite(String path, FormatContext context) {
        String text = format.evaluate(context);
        int query = path.indexOf('?');
        return text.isEmpty() ? null : query < 0 ? text : text + path.substring(query);
      }
    };
  }
}
